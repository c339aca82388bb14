"""Expressions to examples: what a division policy answers, what constraints keep, and how long answers may be."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic import Operation, Values, block_values, compile_skeletons, evaluate
from exprlearn.arithmetic.bounds import Extent, join_extents, largest_extent, rules_extent, value_extent
from exprlearn.arithmetic.divisions import INTEGERS
from exprlearn.errors import DataError, EvaluationError, ExpressionSyntaxError, ExpressionTooLarge
from exprlearn.plugin import Bounds, BoundsLength, BoundsValues, Constraint, Division
from exprlearn.sampling import ExpressionSpace, Stratum
from exprlearn.sampling.writing.block import TABLE_ROWS

if TYPE_CHECKING:
    from exprlearn.dataset.held_out_lines import HeldOutLines
    from exprlearn.sampling.writing.block import Block


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
    """A division policy and constraints, ready to judge blocks and single expressions.

    Args:
        division: computes and writes answers.
        constraints: all of them must hold.
        lines: of a training example's working, none of which may be held out; None where none is written.
    """

    def __init__(
        self, division: Division, constraints: Sequence[Constraint] = (), *, lines: HeldOutLines | None = None
    ) -> None:
        self.division = division
        self.constraints = tuple(constraints)
        self.lines = lines

    def answer_block(self, block: Block) -> Answered:
        """Answer and judge every expression of a block."""
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
            value = evaluate(expression, operation=self.division.operation)
            written = self.division.answer(value, expression)
        except (ExpressionSyntaxError, ExpressionTooLarge):
            raise
        except EvaluationError:
            return None
        return written if all(constraint.holds(expression, value) for constraint in self.constraints) else None


def keep_rows(constraint: Constraint, block: Block, values: Values) -> NDArray[np.bool_]:
    """Apply a constraint to a block, one by one to the rows that int64 cannot hold; undefined rows pass; bool [n]."""
    kept: NDArray[np.bool_] = constraint.keep(block, values) | ~values.defined
    for row, value in values.exact.items():
        kept[row] = value is None or constraint.holds(str(values.expressions[row]), value)
    return kept


def named(component: object) -> str:
    """Name a component as a message shows it."""
    return type(component).__name__ if type(component).__str__ is object.__str__ else str(component)


def longest_answer(space: ExpressionSpace, division: Division, constraints: Sequence[Constraint]) -> int:
    """Return a number of characters that no answer exceeds, from bounds on values or from the constraints.

    Raises:
        DataError: neither bounds it.

    >>> from exprlearn.arithmetic.divisions import ExactOnlyPolicy
    >>> longest_answer(ExpressionSpace.from_file("addition"), ExactOnlyPolicy(), [])
    4
    """
    extent = join_extents([_extent(stratum, division.operation) for stratum in space.strata])
    for constraint in constraints:
        if isinstance(constraint, BoundsValues):
            extent = _bounded(extent, constraint.bounds())
    longest = _longest(extent, division)
    if math.isinf(longest):
        raise DataError(
            "the answers of this space can be of any length: "
            "keep the short ones with --set 'data.constraints=[{name=\"answer-length\", maximum=6}]'"
        )
    return int(longest)


def _longest(extent: Extent, division: Division) -> float:
    if isinstance(division, BoundsLength):
        return division.longest(extent)
    return extent.sign + extent.whole_digits if set(division.characters) <= set(INTEGERS) else math.inf


def _bounded(extent: Extent, bounds: Bounds) -> Extent:
    low, high = max(extent.low, bounds.low), min(extent.high, bounds.high)
    return replace(extent, low=low, high=high, digits=min(extent.digits, bounds.digits))


def _extent(stratum: Stratum, operation: Operation) -> Extent:
    """Bound the values of a stratum: skeleton by skeleton while these fit a table, else rule by rule."""
    if stratum.skeleton_count > TABLE_ROWS:
        extent = rules_extent(stratum, operation)
        return extent or largest_extent(len(stratum.slots), max(language.highest for language in stratum.slots))
    table = stratum.block(np.arange(0)).skeletons
    lowest = np.array([language.lowest for language in stratum.slots], np.float64)
    highest = np.array([language.highest for language in stratum.slots], np.float64)
    return value_extent(compile_skeletons(table), lowest[table.columns], highest[table.columns], operation)
