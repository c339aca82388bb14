"""Constraints: rules that keep or drop expressions, one a file.

A constraint is a pure function of the expression and its value, so it never breaks a split or a resumed stream.
`keep` judges the rows of a block whose values fit int64, `holds` one expression; they always agree.
"""

from __future__ import annotations

from exprlearn.dataset.constraints.answer_length import AnswerLengthConstraint, AnswerLengthOptions
from exprlearn.dataset.constraints.carries import CarriesConstraint, CarriesOptions
from exprlearn.dataset.constraints.difficulty import DifficultyConstraint, DifficultyOptions
from exprlearn.dataset.constraints.integer import IntegerConstraint
from exprlearn.dataset.constraints.integer_intermediates import IntegerIntermediatesConstraint
from exprlearn.dataset.constraints.meaningful_brackets import MeaningfulBracketsConstraint
from exprlearn.dataset.constraints.result_range import ResultRangeConstraint, ResultRangeOptions
from exprlearn.dataset.constraints.signs import SignsConstraint, SignsOptions

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
    "ResultRangeConstraint",
    "ResultRangeOptions",
    "SignsConstraint",
    "SignsOptions",
]
