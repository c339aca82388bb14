"""What constraints and policies may tell of themselves counts whoever brings them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from exprlearn.arithmetic.divisions import ExactOnlyPolicy
from exprlearn.dataset import longest_answer
from exprlearn.errors import DataError
from exprlearn.plugin import Bounds
from exprlearn.sampling import ExpressionSpace

BUILT_IN = ("DivisionPolicy", "ExactOnlyPolicy", "Constraint", "FractionPolicy", "FloorPolicy", "DecimalPolicy")


class Below:
    """Keeps values below ten, as a plugin may."""

    def keep(self, block: Any, values: Any) -> NDArray[np.bool_]:
        return self.keep_values(values.numerators, values.denominators)

    def holds(self, expression: str, value: Fraction) -> bool:
        return 0 <= value < 10 and value.denominator == 1

    def keep_values(self, numerators: NDArray[np.int64], denominators: NDArray[np.int64]) -> NDArray[np.bool_]:
        return (denominators == 1) & (numerators >= 0) & (numerators < 10)

    def bounds(self) -> Bounds:
        return Bounds(low=0, high=9, digits=1)

    @property
    def divides_evenly(self) -> bool:
        return True


@pytest.fixture(scope="module")
def space() -> ExpressionSpace:
    return ExpressionSpace.from_file("division")


def test_a_constraint_that_bounds_values_bounds_the_longest_answer(space: ExpressionSpace) -> None:
    with pytest.raises(DataError, match="answer-length"):
        longest_answer(space, Endless(), [])
    assert longest_answer(space, ExactOnlyPolicy(), [Below()]) == 1


class Endless:
    """Writes answers of which nothing is known."""

    operation = "exact"
    characters = "0123456789."

    def answer(self, value: Fraction, expression: str = "") -> str:
        return str(value)

    def answers(self, values: Any) -> Any:
        raise NotImplementedError


def test_nothing_asks_whether_a_constraint_or_a_policy_is_a_built_in_one() -> None:
    project = Path(__file__).parents[2]
    lines = [line for file in (project / "exprlearn").rglob("*.py") for line in file.read_text().splitlines()]
    asked = [line for line in lines if "isinstance(" in line]
    assert [line for line in asked if any(f"{name})" in line.split("isinstance(", 1)[1] for name in BUILT_IN)] == []
