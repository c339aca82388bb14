"""What earlier stages of a curriculum give already, so that a later one practises nothing but what is new in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exprlearn.config import Choice, Components, GrammarSection
from exprlearn.dataset.drawing.split import Answering
from exprlearn.dataset.splits import load_space
from exprlearn.grammar.languages import IntegerRange
from exprlearn.sampling import ExpressionSpace

if TYPE_CHECKING:
    from exprlearn.arithmetic import Values
    from exprlearn.sampling.writing.block import Block


class EarlierStage(NamedTuple):
    """A stage as plain text, so that other processes know it too.

    Attributes:
        grammar: the section of its grammar.
        text: the grammar itself.
        constraints: all of its constraints.
    """

    grammar: GrammarSection
    text: str
    constraints: tuple[Choice, ...]

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> EarlierStage:
        """Make it of what `plain` returns; a ValueError, TypeError or KeyError says that it is something else."""
        choices = tuple(map(Choice.model_validate, plain["constraints"]))
        return cls(GrammarSection.model_validate(plain["grammar"]), str(plain["text"]), choices)

    def plain(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        grammar = self.grammar.model_dump(mode="json")
        return {"grammar": grammar, "text": self.text, "constraints": [each.model_dump() for each in self.constraints]}

    def open(self, components: Components) -> tuple[ExpressionSpace, Answering]:
        """Return its expressions, and what tells which of them are examples; raises as `load_space` does."""
        space = load_space(self.grammar, components, text=self.text)
        made = [components.make_constraint(each.name, each.options) for each in self.constraints]
        return space, Answering(components.division, made, operators=space.calculated_by)


class BeyondEarlierStages:
    """A constraint that keeps what no earlier stage gives, by grammar, sizes, numbers and constraints of each.

    >>> from exprlearn.arithmetic.divisions import ExactOnlyPolicy
    >>> digits = ExpressionSpace.from_file("addition", ranges="0..9"), Answering(ExactOnlyPolicy())
    >>> beyond = BeyondEarlierStages([digits])
    >>> [beyond.holds(text, Fraction(0)) for text in ("3+5", "3+15", "3-5")]
    [False, True, True]
    """

    def __init__(self, earlier: Sequence[tuple[ExpressionSpace, Answering]]) -> None:
        self._earlier = [(Membership(space), answering) for space, answering in earlier]

    def __str__(self) -> str:
        return "new in this stage"

    def keep(self, block: Block, values: Values) -> NDArray[np.bool_]:
        """Tell for each row of a block whether no earlier stage gives it; bool [n]."""
        new = np.ones(len(block), bool)
        for membership, answering in self._earlier:
            rows = np.flatnonzero(new)
            rows = rows[membership.rows(block.chosen(rows))]
            if len(rows):
                new[rows] = ~answering.answer_block(block.chosen(rows)).kept
        return new

    def holds(self, expression: str, value: Fraction) -> bool:
        """Tell whether no earlier stage gives `expression`."""
        return not any(
            expression in membership.space and answering.answer(expression) is not None
            for membership, answering in self._earlier
        )


class Membership:
    """Tells which expressions of blocks, of whatever grammar, a space holds.

    Where the space has one range of numbers, the skeleton of an expression and its smallest and largest number say so.
    """

    def __init__(self, space: ExpressionSpace) -> None:
        self.space = space
        self._sizes = {(stratum.sizes["terms"], stratum.sizes["brackets"]) for stratum in space.strata}
        self._known: dict[str, bool] = {}

    def rows(self, block: Block) -> NDArray[np.bool_]:
        """Tell which rows of a block the space holds; bool [n]."""
        if not (len(block) and self._by_skeleton(block)):
            return np.array([text in self.space for text in block.expressions.tolist()], bool)
        skeletons, which = np.unique(block.rows, return_inverse=True)
        written = np.array([self._writes(block.skeletons.pattern(row)) for row in skeletons.tolist()], bool)
        low, high = self.space.number_range
        inside = (block.numbers >= low) & (block.numbers <= high)
        found: NDArray[np.bool_] = written[which] & inside.all(axis=1)
        return found

    def _by_skeleton(self, block: Block) -> bool:
        languages = self.space.specification.languages
        ranges = [each for each in (*languages, *block.stratum.slots) if isinstance(each, IntegerRange)]
        literals = "".join((*self.space.literals, *block.stratum.literals))
        return (
            len(languages) == 1
            and len(ranges) == 1 + len(block.stratum.slots)
            and min(each.lowest for each in ranges) >= 0
            and "characters" not in self.space.bounds
            and not any(sign.isdigit() or sign == "#" for sign in literals)
        )

    def _writes(self, pattern: str) -> bool:
        """Tell whether the grammar writes a pattern such as `#+#`, whatever its numbers are."""
        if (pattern.count("#"), pattern.count("(")) not in self._sizes or "##" in pattern:
            return False
        if pattern not in self._known:
            self._known[pattern] = pattern.replace("#", str(self.space.number_range[0])) in self.space
        return self._known[pattern]
