"""Constraints that are rules on values, so that tables of values count what they keep and nothing else."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset.answering import Answering
from exprlearn.dataset.balance.value_tables import ValueRules
from exprlearn.plugin import DividesEvenly, JudgesValues


def value_rules(answering: Answering) -> ValueRules:
    """Say which values count; constraints that look at more than values are left to whoever draws.

    >>> from exprlearn.arithmetic.divisions import FractionPolicy
    >>> from exprlearn.dataset.constraints import ResultRangeConstraint, ResultRangeOptions
    >>> within = ResultRangeConstraint(ResultRangeOptions(low=0, high=9))
    >>> value_rules(Answering(FractionPolicy(), [within])).keep(np.array([5, -5, 40]), np.array([2, 2, 1])).tolist()
    [True, False, False]
    """
    rules = [each for each in (answering.division, *answering.constraints) if isinstance(each, JudgesValues)]

    def keep(numerators: NDArray[np.int64], denominators: NDArray[np.int64]) -> NDArray[np.bool_]:
        kept = np.ones(len(numerators), bool)
        for rule in rules:
            kept &= rule.keep_values(numerators, denominators)
        return kept

    return ValueRules(
        division=answering.division.operation,
        divides_evenly=any(isinstance(each, DividesEvenly) and each.divides_evenly for each in answering.constraints),
        keep=keep,
    )
