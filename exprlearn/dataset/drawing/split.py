"""Which split an expression belongs to, and which expressions are its examples.

The canonical key of an expression is hashed once more and the result compared with fixed shares. So the same
expression, and every other that says the same, is in the same split whatever the grammar, the seed, the stage of
a curriculum or the machine; nothing is stored. The filter, the one place with keys and answers, does so for blocks:

    block of expressions → canonical keys → those of the split → answers → those that all rules keep

It looks at nothing but the expressions, so that it does not matter in which blocks they come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import blake2b
from itertools import accumulate
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic import Values, block_values, compile_skeletons, evaluate
from exprlearn.arithmetic.divisions import write_answer
from exprlearn.arithmetic.operators import Operators
from exprlearn.dataset.canonical import Level, canonical_key, canonical_keys
from exprlearn.dataset.difficulty import block_scores
from exprlearn.dataset.drawing.rows import Examples, Rows, block_calculations
from exprlearn.errors import EvaluationError, ExpressionSyntaxError, ExpressionTooLarge, OptionError
from exprlearn.plugin import Constraint, Division
from exprlearn.sampling import Block, ExpressionSpace
from exprlearn.sampling.ordering.hashing import mix, mix_array

if TYPE_CHECKING:
    from exprlearn.dataset.held_out_lines import HeldOutLines

Split = Literal["train", "validation", "test"]

#: In the order of their codes.
SPLITS: Final[tuple[Split, ...]] = ("train", "validation", "test")

#: A tenth of all forms each for validation and test. Fixed: another share would move forms between splits.
SHARE: Final = (1 << 64) // 10

#: The rule that leaves training examples out whose workings show a test.
SHOWN: Final = "a working that shows held-out expressions"

_SALT = int.from_bytes(blake2b(b"exprlearn split 1", digest_size=8).digest(), "little")


def split_of(expression: str, level: Level = "commutative", salt: int = 0, *, operators: Operators = ()) -> Split:
    """Tell which split an expression belongs to.

    Args:
        expression: any arithmetic expression.
        level: what expressions that must not be in different splits have in common.
        salt: another number, another division of all expressions.
        operators: those of plugins that it is read with.

    Raises:
        ExpressionSyntaxError: at the levels that read the expression, when it is none.

    >>> len({split_of(text) for text in ("1+2+3", "3+1+2", "(2+3)+1")})
    1
    """
    word = mix(canonical_key(expression, level, operators=operators) ^ _salted(salt))
    return SPLITS[2 if word < SHARE else 1 if word < 2 * SHARE else 0]


def split_codes(keys: NDArray[np.uint64], salt: int = 0) -> NDArray[np.int8]:
    """Tell the split of each canonical key, as an index into `SPLITS`; int8 [n]."""
    words = mix_array(keys ^ np.uint64(_salted(salt)))
    return (words < np.uint64(2 * SHARE)).astype(np.int8) + (words < np.uint64(SHARE)).astype(np.int8)


def _salted(salt: int) -> int:
    return mix(_SALT + salt)


@dataclass(frozen=True, eq=False)
class Answered:
    """A block of n expressions, answered.

    Attributes:
        answers: '<U' [n], empty where the policy has none.
        kept: bool [n], rows that are examples.
        rejected: how many rows each rule rejects, taken alone.
    """

    answers: NDArray[np.str_]
    kept: NDArray[np.bool_]
    rejected: Mapping[str, int]


class Answering:
    """A division policy and constraints, ready to check blocks and single expressions.

    Args:
        division: computes and writes answers.
        constraints: all of them must hold.
        lines: of a training example's working, none of which may be held out; None where none is written.
        operators: those of plugins that single expressions are read with; blocks bring theirs.
    """

    def __init__(
        self,
        division: Division,
        constraints: Sequence[Constraint] = (),
        *,
        lines: HeldOutLines | None = None,
        operators: Operators = (),
    ) -> None:
        self.division, self.operators = division, operators
        self.constraints = tuple(constraints)
        self.lines = lines

    def answer_block(self, block: Block) -> Answered:
        """Answer and check every expression of a block."""
        values = block_values(block, compile_skeletons(block.skeletons), self.division.operation)
        answers, answered = self.division.answers(values)
        rules = [("division by zero", values.defined), (named(self.division), answered | ~values.defined)]
        rules += [(named(constraint), keep_rows(constraint, block, values)) for constraint in self.constraints]
        rules += [("another derivation", block.canonical)] if block.stratum.is_ambiguous else []
        kept, rejected = np.ones(len(values), bool), Counter[str]()
        for rule, allowed in rules:
            kept &= allowed
            rejected[rule] += len(values) - int(allowed.sum())
        return Answered(answers, kept, +rejected)

    def answer(self, expression: str) -> str | None:
        """Answer one expression; None when it is no example under these rules.

        Raises:
            ExpressionSyntaxError: it is no arithmetic expression.
            ExpressionTooLarge: it is larger than evaluation allows.
        """
        try:
            value = evaluate(expression, operation=self.division.operation, operators=self.operators)
            written = write_answer(value, self.division, expression)
        except (ExpressionSyntaxError, ExpressionTooLarge):
            raise
        except EvaluationError:
            return None
        return written if all(constraint.holds(expression, value) for constraint in self.constraints) else None


def keep_rows(constraint: Constraint, block: Block, values: Values) -> NDArray[np.bool_]:
    """Apply a constraint to a block, one by one to the rows that int64 cannot hold; undefined rows pass; bool [n]."""
    kept: NDArray[np.bool_] = constraint.keep(block, values) | ~values.defined
    for row, value in values.exact.items():
        kept[row] = value is None or _holds(constraint, str(values.expressions[row]), value, block)
    return kept


def _holds(constraint: Constraint, expression: str, value: Fraction, block: Block) -> bool:
    try:
        return constraint.holds(expression, value)
    except EvaluationError as error:
        # The value is known, so it is the constraint that cannot read an operator of a plugin, or decimals.
        signs = ", ".join(repr(operator.sign) for operator in block.skeletons.operators) or "decimals"
        raise OptionError(
            f"data.constraints: {named(constraint)} is not for {signs}, it knows + - * / alone: leave it out"
        ) from error


def named(component: object) -> str:
    """Name a component as a message shows it."""
    return type(component).__name__ if type(component).__str__ is object.__str__ else str(component)


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
        kept, rejected, left_out = np.flatnonzero(answered.kept), answered.rejected, np.empty(0, np.intp)
        if self.answering.lines is not None:
            free = self.shows_no_held_out(block.chosen(kept), answered.answers[kept])
            left_out, kept = own[kept[~free]], kept[free]
            rejected = {**rejected, SHOWN: len(left_out)} if len(left_out) else rejected
        keys = None if keys is None else keys[own[kept]]
        answers = answered.answers[kept]
        return FilteredRows(own[kept], block.chosen(kept), answers, keys, len(own), rejected, left_out)

    def shows_no_held_out(self, block: Block, answers: NDArray[np.str_]) -> NDArray[np.bool_]:
        """Tell for each of n examples of the split whether its working may be trained on; bool [n]."""
        lines = self.answering.lines
        if lines is None or self.split != "train":
            return np.ones(len(block), bool)
        return lines.free(block.expressions, answers)

    def codes(self, block: Block) -> NDArray[np.int8]:
        """Tell the split of every expression of a block, as an index into `SPLITS`; int8 [n]."""
        if self.by_content:
            return split_codes(self._keys(block), self.salt)
        return np.full(len(block), SPLITS.index(self.split), np.int8)

    def describe(self, found: FilteredRows, stratum_index: int, items: NDArray[np.int64]) -> Rows:
        """Say of the m examples of one stratum, and their items in the stream, int64 [m], all that a file may say."""
        block, start = found.block, self._starts[stratum_index]
        return Rows(
            self.split,
            block.expressions,
            found.answers,
            np.array([start + index for index in block.indices], object),
            np.full(len(block), stratum_index, np.int64),
            block_calculations(block, compile_skeletons(block.skeletons)),
            block_scores(block),
            self._keys(block) if found.keys is None else found.keys,
            items,
            self._sizes,
        )

    def rows(self, stratum_index: int, block: Block, items: NDArray[np.int64]) -> Rows:
        """Keep the examples of a block with its items, int64 [n], and say all of them that a file may say."""
        found = self.keep(block)
        return self.describe(found, stratum_index, items[found.rows])

    def _keys(self, block: Block) -> NDArray[np.uint64]:
        return canonical_keys(block, compile_skeletons(block.skeletons), self.level)
