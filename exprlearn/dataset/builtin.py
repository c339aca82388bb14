"""The built-in constraints and ways to draw, offered through the same hook as any plugin's."""

from __future__ import annotations

from collections.abc import Iterable

from exprlearn.dataset.constraints import (
    AnswerLengthConstraint,
    AnswerLengthOptions,
    CarriesConstraint,
    CarriesOptions,
    DifficultyConstraint,
    DifficultyOptions,
    IntegerConstraint,
    IntegerIntermediatesConstraint,
    MeaningfulBracketsConstraint,
    NonNegativeConstraint,
    NontrivialDivisorsConstraint,
    ResultRangeConstraint,
    ResultRangeOptions,
    SignsConstraint,
    SignsOptions,
)
from exprlearn.dataset.drawing import ByContent, ByPosition
from exprlearn.plugin import ConstraintSpec, DrawingSpec, hookimpl


@hookimpl
def exprlearn_constraints() -> Iterable[ConstraintSpec]:
    """Yield the built-in constraints."""
    yield from _of_values()
    yield from _of_texts()


@hookimpl
def exprlearn_drawings() -> Iterable[DrawingSpec]:
    """Yield the built-in ways to draw."""
    yield DrawingSpec(
        name="content",
        summary="Splits by a hash of what an expression says, every expression of a size equally often.",
        make=lambda options: ByContent,
    )
    yield DrawingSpec(
        name="position",
        summary="Splits of exactly the sizes asked for, by positions in an order of each size.",
        make=lambda options: ByPosition,
    )


def _of_values() -> Iterable[ConstraintSpec]:
    """Yield those that ask for values, the last or those on the way."""
    yield ConstraintSpec(
        name="integer",
        summary="The value is an integer.",
        make=lambda options: IntegerConstraint(),
    )
    yield ConstraintSpec(
        name="result-range",
        summary="The value lies between a low and a high bound.",
        options=ResultRangeOptions,
        make=ResultRangeConstraint,
    )
    yield ConstraintSpec(
        name="integer-intermediates",
        summary="Every division on the way comes out even.",
        make=lambda options: IntegerIntermediatesConstraint(),
    )
    yield ConstraintSpec(
        name="non-negative",
        summary="No number and no value on the way is negative.",
        make=lambda options: NonNegativeConstraint(),
    )
    yield ConstraintSpec(
        name="nontrivial-divisors",
        summary="Nothing is divided by 1 or by itself, nor is 0 divided.",
        make=lambda options: NontrivialDivisorsConstraint(),
    )
    yield ConstraintSpec(
        name="answer-length",
        summary="The answer has at most so many digits.",
        options=AnswerLengthOptions,
        make=AnswerLengthConstraint,
    )


def _of_texts() -> Iterable[ConstraintSpec]:
    """Yield those that ask how an expression is written, or how it is computed."""
    yield ConstraintSpec(
        name="meaningful-brackets",
        summary="No pair of brackets could be left out.",
        make=lambda options: MeaningfulBracketsConstraint(),
    )
    yield ConstraintSpec(
        name="carries",
        summary="Sums and differences need so many carries and borrows.",
        options=CarriesOptions,
        make=CarriesConstraint,
    )
    yield ConstraintSpec(
        name="signs",
        summary="Which signs occur: no others than these, all of these, one of these, so many different ones.",
        options=SignsOptions,
        make=SignsConstraint,
    )
    yield ConstraintSpec(
        name="difficulty",
        summary="The difficulty, in points, lies within bounds.",
        options=DifficultyOptions,
        make=DifficultyConstraint,
    )
