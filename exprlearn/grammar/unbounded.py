"""Everything that a grammar leaves without a bound, told at once with the settings that bound it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exprlearn.errors import SizeError

SUGGESTED: Mapping[str, str] = {
    "terms": "1..4",
    "brackets": "..2",
    "operators": "..4",
    "characters": "1..12",
    "range": "0..99",
}
"""A bound for each size, and for numbers."""


class Unbounded(SizeError):
    """Sizes or numbers without an end.

    Args:
        reasons: a sentence for each; they may hold a place in the grammar.
        missing: the names of what has to be bounded, each once.
    """

    def __init__(self, reasons: Sequence[str], missing: Sequence[str]) -> None:
        self.reasons, self.missing = tuple(reasons), tuple(dict.fromkeys(missing))
        settings = " ".join(f"--set grammar.{name}={SUGGESTED[name]}" for name in self.missing)
        super().__init__("\n".join([*self.reasons, f"this ends it: {settings}"]))

    def joined(self, other: Unbounded) -> Unbounded:
        """Tell both."""
        return Unbounded([*self.reasons, *other.reasons], [*self.missing, *other.missing])
