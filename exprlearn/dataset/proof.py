"""The proof that parts of the data do not overlap, from the texts alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from exprlearn.dataset.canonical import Level, canonical_key
from exprlearn.dataset.drawing.rows import Examples
from exprlearn.plugin.kinds.drawing import SplitBy


@dataclass(frozen=True, kw_only=True)
class Proof:
    """How many expressions and canonical forms the parts of a dataset have, and share.

    Attributes:
        level: which expressions count as one form.
        counts: examples of each part.
        forms: different forms of each part.
        shared_expressions: expressions that two parts have in common, by `train/test` and so on.
        shared_forms: forms that two parts have in common.
        by: what decides on the part of an expression; by position, forms may be shared.
    """

    level: Level
    counts: Mapping[str, int]
    forms: Mapping[str, int]
    shared_expressions: Mapping[str, int]
    shared_forms: Mapping[str, int]
    by: SplitBy = "content"

    @property
    def holds(self) -> bool:
        """Tell whether no two parts share what they must not: expressions, and by content forms too."""
        forms_may_be_shared = self.by == "position" or not any(self.shared_forms.values())
        return forms_may_be_shared and not any(self.shared_expressions.values())

    @property
    def shared(self) -> int:
        """Count the forms that any two parts have in common; 0 when the parts are apart."""
        return sum(self.shared_forms.values())

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return {
            "level": self.level,
            "counts": dict(self.counts),
            "forms": dict(self.forms),
            "shared_expressions": dict(self.shared_expressions),
            "shared_forms": dict(self.shared_forms),
            "by": self.by,
            "holds": self.holds,
        }

    def __str__(self) -> str:
        """Say it in one line a reader can check."""
        counts = ", ".join(f"{count} {part} ({self.forms[part]} forms)" for part, count in self.counts.items())
        shared = ", ".join(
            f"{pair} {count} expressions and {self.shared_forms[pair]} forms"
            for pair, count in self.shared_expressions.items()
        )
        leak = " (split by position: forms may be shared)" if self.by == "position" else ""
        return f"{counts}; shared: {shared}{leak}"


def prove(parts: Mapping[str, Examples], level: Level = "commutative", by: SplitBy = "content") -> Proof:
    """Compare the parts of a dataset, two by two, through the texts of their expressions.

    Args:
        parts: examples by the name of their part.
        level: which expressions count as one form.
        by: what decided on the parts.

    Raises:
        ExpressionSyntaxError: at the levels that read expressions, when one is none.

    >>> parts = {"train": Examples.of([("3+5", "8")]), "test": Examples.of([("5+3", "8"), ("5-3", "2")])}
    >>> print(prove(parts))
    1 train (1 forms), 2 test (2 forms); shared: train/test 0 expressions and 1 forms
    """
    texts = {part: set(examples.expressions.tolist()) for part, examples in parts.items()}
    forms = {part: {canonical_key(text, level) for text in found} for part, found in texts.items()}
    pairs = list(combinations(parts, 2))
    return Proof(
        level=level,
        counts={part: len(examples) for part, examples in parts.items()},
        forms={part: len(found) for part, found in forms.items()},
        shared_expressions={f"{one}/{other}": len(texts[one] & texts[other]) for one, other in pairs},
        shared_forms={f"{one}/{other}": len(forms[one] & forms[other]) for one, other in pairs},
        by=by,
    )
