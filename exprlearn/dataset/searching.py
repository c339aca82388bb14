"""A search for examples that would hardly ever end is stopped with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from exprlearn.errors import DataError

#: A search is given up when fewer than one expression in RAREST is an example …
RAREST = 10_000
#: … after so many tries.
PATIENCE = 1_000_000


class Search:
    """Counts what a search tried and found.

    Args:
        grammar: name of the grammar.
        part: the part of the data that is searched for.
    """

    def __init__(self, grammar: str, part: str) -> None:
        self.grammar, self.part = grammar, part
        self.tried = self.kept = self.eligible = 0
        self.rejected: Counter[str] = Counter()

    def note(self, kept: int, tried: int, eligible: int, rejected: Mapping[str, int]) -> None:
        """Count some tries.

        Args:
            kept: examples among them.
            tried: expressions looked at.
            eligible: those that belong to the part.
            rejected: how many of these each rule rejects, taken alone.

        Raises:
            DataError: too little came of too many tries.
        """
        self.kept += kept
        self.tried += tried
        self.eligible += eligible
        self.rejected.update(rejected)
        if self.tried >= PATIENCE and self.kept * RAREST < self.tried:
            raise DataError(self.complaint())

    def complaint(self) -> str:
        """Say how little was found, what rejects most, and what to change."""
        return (
            f"only {self.kept} of {self.tried} expressions of {self.grammar} are {self.part} examples: "
            f"{self.reason()}; loosen the constraints, choose another division policy, "
            "or widen the grammar's sizes and range"
        )

    def reason(self) -> str:
        """Name the rule that rejects most."""
        if not self.eligible:
            return "all of them belong to other parts of the data"
        if not self.rejected:
            return "nothing is rejected"
        rule, count = self.rejected.most_common(1)[0]
        return f"{rule} rejects {count / self.eligible:.2%} of those that belong there"
