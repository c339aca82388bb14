"""Constraints that are rules on values, so that tables of values count what they keep and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic.divisions import ExactOnlyPolicy
from exprlearn.arithmetic.value_tables import ValueRules
from exprlearn.dataset.answering import Answering
from exprlearn.dataset.constraints import (
    AnswerLengthConstraint,
    IntegerConstraint,
    IntegerIntermediatesConstraint,
    ResultRangeConstraint,
)
from exprlearn.plugin import Constraint

_ON_VALUES = (AnswerLengthConstraint, IntegerConstraint, ResultRangeConstraint)


@dataclass(frozen=True, eq=False)
class _Columns:
    """Values that belong to no block."""

    numerators: NDArray[np.int64]
    denominators: NDArray[np.int64]


def value_rules(answering: Answering) -> ValueRules:
    """Say which values count; constraints that look at more than values are left to whoever draws.

    >>> from exprlearn.arithmetic.divisions import FractionPolicy
    >>> from exprlearn.dataset.constraints import ResultRangeOptions
    >>> within = ResultRangeConstraint(ResultRangeOptions(low=0, high=9))
    >>> value_rules(Answering(FractionPolicy(), [within])).keep(np.array([5, -5, 40]), np.array([2, 2, 1])).tolist()
    [True, False, False]
    """
    whole = isinstance(answering.division, ExactOnlyPolicy)
    constraints = [each for each in answering.constraints if isinstance(each, _ON_VALUES)]

    def keep(numerators: NDArray[np.int64], denominators: NDArray[np.int64]) -> NDArray[np.bool_]:
        return _kept(constraints, _Columns(numerators, denominators), whole)

    return ValueRules(
        division=answering.division.operation,
        divides_evenly=any(isinstance(each, IntegerIntermediatesConstraint) for each in answering.constraints),
        keep=keep,
    )


def _kept(constraints: Sequence[Constraint], values: Any, whole: bool) -> NDArray[np.bool_]:
    kept = np.ones(len(values.numerators), bool)
    if whole:
        kept &= values.denominators == 1
    for constraint in constraints:
        kept &= constraint.keep(None, values)
    return kept
