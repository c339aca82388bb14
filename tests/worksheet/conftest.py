from __future__ import annotations

import pytest

from exprlearn.arithmetic.divisions import ExactOnlyPolicy
from exprlearn.dataset import Answering
from exprlearn.sampling import ExpressionSpace
from exprlearn.worksheet import ProblemSource, Sheet, draw_problems


@pytest.fixture(scope="session")
def mixed() -> ProblemSource:
    """Expressions with + - * / and brackets whose answers are whole."""
    return ProblemSource(ExpressionSpace.from_file("mixed"), Answering(ExactOnlyPolicy()))


@pytest.fixture(scope="session")
def sheet(mixed: ProblemSource) -> Sheet:
    """Two pages of 20 problems, as a class gets them."""
    command = "exprlearn worksheet mixed sheet.html --seed tuesday --pages 2"
    return Sheet("mixed", "tuesday", command, draw_problems([mixed], "tuesday", 40))
