"""Constraints: rules that keep or drop expressions.

A constraint is a pure function of the expression and its value, so it never breaks a split or a resumed stream.
`keep` checks the rows of a block whose values fit int64, `holds` one expression; they always agree.
"""

from __future__ import annotations

from exprlearn.dataset.constraints.effort import (
    CarriesConstraint,
    CarriesOptions,
    DifficultyConstraint,
    DifficultyOptions,
)
from exprlearn.dataset.constraints.notation import MeaningfulBracketsConstraint, SignsConstraint, SignsOptions
from exprlearn.dataset.constraints.value_limits import (
    AnswerLengthConstraint,
    AnswerLengthOptions,
    IntegerConstraint,
    IntegerIntermediatesConstraint,
    NonNegativeConstraint,
    NontrivialDivisorsConstraint,
    ResultRangeConstraint,
    ResultRangeOptions,
)

__all__ = [
    "AnswerLengthConstraint",
    "AnswerLengthOptions",
    "CarriesConstraint",
    "CarriesOptions",
    "DifficultyConstraint",
    "DifficultyOptions",
    "IntegerConstraint",
    "IntegerIntermediatesConstraint",
    "MeaningfulBracketsConstraint",
    "NonNegativeConstraint",
    "NontrivialDivisorsConstraint",
    "ResultRangeConstraint",
    "ResultRangeOptions",
    "SignsConstraint",
    "SignsOptions",
]
