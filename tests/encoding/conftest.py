from __future__ import annotations

import pytest
from hypothesis import settings

from exprlearn.encoding import Alphabet

# How long an example takes says more about the machine's other work than about the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def addition() -> Alphabet:
    """`a+b`, numbers 0–999."""
    return Alphabet(
        literals=("+",),
        numbers=(0, 999),
        widest_number=3,
        most_terms=2,
        most_literals=1,
        longest_skeleton=1,
        longest_expression=7,
        answer_characters="-0123456789",
        longest_answer=4,
    )


@pytest.fixture(scope="session")
def mixed() -> Alphabet:
    """`+ - * /` with at most two pairs of brackets, 2 to 4 terms, numbers 1–250."""
    return Alphabet(
        literals=("+", "-", "*", "/", "(", ")"),
        numbers=(1, 250),
        widest_number=3,
        most_terms=4,
        most_literals=7,
        longest_skeleton=7,
        longest_expression=19,
        answer_characters="-0123456789",
        longest_answer=6,
    )


@pytest.fixture(scope="session")
def words() -> Alphabet:
    """`a plus b`, `a times b` and the like, 2 or 3 terms, numbers 0–99."""
    return Alphabet(
        literals=("plus", "times", "**", "*"),
        numbers=(0, 99),
        widest_number=2,
        most_terms=3,
        most_literals=2,
        longest_skeleton=10,
        longest_expression=16,
        answer_characters="0123456789",
        longest_answer=7,
    )
