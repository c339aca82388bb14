"""Which expressions are examples of a split: key, split, answer, and what the rules keep, in this one place.

    block of expressions → canonical keys → those of the split → answers → those that all rules keep

The filter looks at nothing but the expressions, so that it does not matter in which blocks they come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset.answering import Answering
from exprlearn.dataset.canonical import Level, canonical_keys
from exprlearn.dataset.difficulty import block_scores
from exprlearn.dataset.drawing.rows import Examples, Rows, block_calculations
from exprlearn.dataset.drawing.split import SPLITS, Split, split_codes
from exprlearn.errors import DataError
from exprlearn.sampling import Block, ExpressionSpace

#: The rule that leaves training examples out whose workings show a test.
SHOWN = "a working that shows held-out expressions"
#: A search is given up when fewer than one expression in RAREST is an example …
RAREST = 10_000
#: … after so many tries.
PATIENCE = 1_000_000


@dataclass(frozen=True, eq=False)
class FilteredRows:
    """The m examples among the n expressions of a block.

    Attributes:
        rows: intp [m], which rows of the block they are, rising.
        block: their expressions alone.
        answers: '<U' [m].
        keys: uint64 [m], canonical keys; None where the split did not depend on them.
        eligible: how many of the n belong to the split.
        rejected: how many of the eligible ones each rule rejects, taken alone.
        left_out: intp [k], which rows would be examples, were it not for held-out lines in their workings.
    """

    rows: NDArray[np.intp]
    block: Block
    answers: NDArray[np.str_]
    keys: NDArray[np.uint64] | None
    eligible: int
    rejected: Mapping[str, int]
    left_out: NDArray[np.intp] = field(default_factory=lambda: np.empty(0, np.intp))

    @property
    def examples(self) -> Examples:
        """Expressions and answers."""
        return Examples(self.block.expressions, self.answers)


class RowFilter:
    """Keeps the examples of one split.

    Args:
        space: what blocks are drawn from.
        answering: the rules that decide which expressions are examples.
        split: the split.
        level: what expressions of different splits must not have in common.
        salt: another number, another division into splits.
        by_content: whether the content of an expression decides on its split; else all that comes belongs to it.
    """

    def __init__(
        self,
        space: ExpressionSpace,
        answering: Answering,
        split: Split,
        *,
        level: Level = "commutative",
        salt: int = 0,
        by_content: bool = True,
    ) -> None:
        self.space, self.answering, self.split = space, answering, split
        self.level, self.salt, self.by_content = level, salt, by_content
        self._starts = (0, *accumulate(stratum.size for stratum in space.strata))
        self._sizes = tuple(stratum.sizes for stratum in space.strata)

    def keep(self, block: Block) -> FilteredRows:
        """Answer the expressions of a block that belong to the split, and keep those that are examples."""
        own, keys = np.arange(len(block)), None
        if self.by_content:
            keys = self._keys(block)
            own = np.flatnonzero(split_codes(keys, self.salt) == SPLITS.index(self.split))
            block = block.chosen(own) if len(own) < len(block) else block
        answered = self.answering.answer_block(block)
        kept, rejected = np.flatnonzero(answered.kept), answered.rejected
        free = self.shows_no_held_out(block.chosen(kept), answered.answers[kept])
        left_out, kept = own[kept[~free]], kept[free]
        if len(left_out):
            rejected = {**rejected, SHOWN: len(left_out)}
        rows = own[kept]
        return FilteredRows(
            rows,
            block.chosen(kept),
            answered.answers[kept],
            None if keys is None else keys[rows],
            len(own),
            rejected,
            left_out,
        )

    def shows_no_held_out(self, block: Block, answers: NDArray[np.str_]) -> NDArray[np.bool_]:
        """Tell for each of n examples of the split whether its working may be trained on; bool [n]."""
        lines = self.answering.lines
        if lines is None or self.split != "train":
            return np.ones(len(block), bool)
        return lines.free(block.expressions, answers)

    def describe(self, found: FilteredRows, stratum_index: int, items: NDArray[np.int64]) -> Rows:
        """Say of examples all that a file may say.

        Args:
            found: the m examples.
            stratum_index: of the stratum that they were drawn from.
            items: int64 [m], which items of the stream they are.
        """
        block, start = found.block, self._starts[stratum_index]
        programs = self.answering.programs(block.skeletons)
        return Rows(
            self.split,
            block.expressions,
            found.answers,
            np.array([start + index for index in block.indices], object),
            np.full(len(block), stratum_index, np.int64),
            block_calculations(block, programs),
            block_scores(block, programs),
            self._keys(block) if found.keys is None else found.keys,
            items,
            self._sizes,
        )

    def rows(self, stratum_index: int, block: Block, items: NDArray[np.int64]) -> Rows:
        """Keep the examples of a block with its items, int64 [n], and say all of them that a file may say."""
        found = self.keep(block)
        return self.describe(found, stratum_index, items[found.rows])

    def _keys(self, block: Block) -> NDArray[np.uint64]:
        return canonical_keys(block, self.answering.programs(block.skeletons), self.level)


class Search:
    """Counts what a search tried and found; one that would hardly ever end is stopped with the reason.

    Args:
        grammar: name of the grammar.
        split: the split that is searched for.
    """

    def __init__(self, grammar: str, split: Split) -> None:
        self.grammar, self.split = grammar, split
        self.tried = self.kept = self.eligible = 0
        self.rejected: Counter[str] = Counter()

    def note(self, kept: int, tried: int, eligible: int, rejected: Mapping[str, int]) -> None:
        """Count some tries.

        Args:
            kept: examples among them.
            tried: expressions looked at.
            eligible: those that belong to the split.
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
            f"only {self.kept} of {self.tried} expressions of {self.grammar} are {self.split} examples: "
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
