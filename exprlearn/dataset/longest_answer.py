"""How many characters the longest answer of a space has."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from exprlearn.arithmetic import compile_skeletons
from exprlearn.arithmetic.bounds import value_bounds
from exprlearn.errors import DataError
from exprlearn.plugin import Constraint, Division
from exprlearn.sampling import ExpressionSpace

INTEGERS = "-0123456789"


def longest_answer(space: ExpressionSpace, division: Division, constraints: Sequence[Constraint]) -> int:
    """Return a number of characters that no answer exceeds, from bounds on values or from the constraints.

    Raises:
        DataError: neither bounds it.

    >>> from exprlearn.arithmetic.divisions import ExactOnlyPolicy
    >>> longest_answer(ExpressionSpace.from_file("addition"), ExactOnlyPolicy(), [])
    4
    """
    low, high = _bounds(space)
    digits = max(_digits(low), _digits(high))
    capped = [constraint.options.maximum for constraint in constraints if _caps_digits(constraint)]
    is_whole = set(division.characters) <= set(INTEGERS)
    if not is_whole:
        # A fraction, a remainder or decimals write at most as many digits again behind their sign.
        digits = math.inf
    digits = min([digits, *capped])
    if math.isinf(digits):
        raise DataError(
            "the answers of this space can be of any length: "
            "keep the short ones with --set 'data.constraints=[{name=\"answer-length\", maximum=6}]'"
        )
    signs = (1 if low < 0 else 0) + len(set(division.characters) - set(INTEGERS))
    return int(digits) + signs


def _bounds(space: ExpressionSpace) -> tuple[float, float]:
    """Bound the values of every stratum."""
    lows, highs = [], []
    for stratum in space.strata:
        programs = compile_skeletons(stratum.block(np.arange(0)).skeletons)
        ends = [(float(language.lowest), float(language.highest)) for language in stratum.slots]
        # Slots of a skeleton may stand in another order than the stratum's columns, so all get the widest bounds.
        lowest = np.full(programs.slots, min(end[0] for end in ends))
        highest = np.full(programs.slots, max(end[1] for end in ends))
        low, high = value_bounds(programs, lowest, highest)
        lows.append(low)
        highs.append(high)
    return min(lows), max(highs)


def _digits(bound: float) -> float:
    return math.inf if math.isinf(bound) else len(str(math.floor(abs(bound))))


def _caps_digits(constraint: Constraint) -> bool:
    from exprlearn.dataset.constraints import AnswerLengthConstraint

    return isinstance(constraint, AnswerLengthConstraint)
