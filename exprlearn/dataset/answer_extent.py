"""How long the answers of a space may be, from bounds on its values and from constraints."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from exprlearn.arithmetic import Operation, block_values, compile_skeletons
from exprlearn.arithmetic.bounds import Extent, join_extents, largest_extent, rules_extent, value_extent
from exprlearn.arithmetic.divisions import INTEGERS
from exprlearn.arithmetic.evaluation import modulus_of
from exprlearn.errors import DataError
from exprlearn.plugin import Bounds, BoundsLength, BoundsValues, Constraint, Division
from exprlearn.sampling import ExpressionSpace, Stratum
from exprlearn.sampling.writing.block import TABLE_ROWS

#: Expressions with operators of plugins that are all computed to learn how long their answers get: a second or two.
_MOST_ASKED = 1 << 16


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
    """Bound the values of a stratum: skeleton by skeleton while these fit a table, else rule by rule.

    Nothing is known of decimals and of operators of plugins, so that few expressions with such are all computed.
    """
    modulus = modulus_of(operation)
    if modulus is not None:
        return Extent(low=0, high=modulus - 1, denominator=1, remainder_low=0, remainder_high=0)
    if stratum.skeleton_count > TABLE_ROWS:
        extent = rules_extent(stratum, operation)
        if extent is None and (stratum.calculated_by or any("." in literal for literal in stratum.literals)):
            return Extent()
        return extent or largest_extent(len(stratum.slots), max(language.highest for language in stratum.slots))
    table = stratum.block(np.arange(0)).skeletons
    programs = compile_skeletons(table)
    if stratum.size <= _MOST_ASKED and programs.by_text.any():
        return _extent_of_all(stratum, operation)
    lowest = np.array([language.lowest for language in stratum.slots], np.float64)
    highest = np.array([language.highest for language in stratum.slots], np.float64)
    return value_extent(programs, lowest[table.columns], highest[table.columns], operation)


def _extent_of_all(stratum: Stratum, operation: Operation) -> Extent:
    block = stratum.block(np.arange(stratum.size))
    values = block_values(block, compile_skeletons(block.skeletons), operation)
    found = [value for value in map(values.fraction, range(len(values))) if value is not None]
    if not found:
        return Extent(low=0, high=0, denominator=1, remainder_low=0, remainder_high=0)
    low, high, denominator = min(found), max(found), max(value.denominator for value in found)
    if max(abs(low), abs(high), Fraction(denominator)) >= 1 << 1000:
        return Extent()
    return Extent(low=float(math.floor(low)), high=float(math.ceil(high)), denominator=float(denominator))
