"""Every feature of a block is the one that is read off the text.

    pytest -n 0 -m slow tests/dataset/difficulty

compares 100 000 expressions; it takes half a minute.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exprlearn.arithmetic import Operation, block_values, compile_skeletons
from exprlearn.dataset.difficulty import FEATURES, block_features, features_of, scores
from exprlearn.sampling import ExpressionSpace

#: Signs, brackets, all four operators and numbers up to eleven digits.
SIGNED = """
start: sum
sum: product | sum "+" product | sum "-" product
product: signed | product "*" signed | product "/" signed
signed: atom | "-" atom
atom: NUMBER | "(" sum ")"
NUMBER: /0|[1-9][0-9]{0,11}/
"""


@lru_cache
def space_of(terms: int, high: int) -> ExpressionSpace:
    return ExpressionSpace.from_text(SIGNED, terms=terms, operators=(0, 4), brackets=(0, 2), ranges=f"0..{high}")


def compare(terms: int, high: int, operation: Operation, seed: int, rows: int) -> None:
    space, random = space_of(terms, high), np.random.default_rng([seed])
    stratum = space.strata[int(random.integers(len(space.strata)))]
    block = stratum.block(random.integers(0, min(stratum.size, 2**62), rows))
    measured = block_features(block, block_values(block, compile_skeletons(block.skeletons), operation))
    for row, text in zip(measured.tolist(), block.expressions.tolist(), strict=True):
        assert dict(zip(FEATURES, row, strict=True)) == features_of(text, operation), text


TERMS, HIGHS = st.integers(1, 4), st.sampled_from([2, 9, 999, 10**6, 10**11])


@settings(max_examples=40, deadline=None)
@given(TERMS, HIGHS, st.sampled_from(["exact", "floor"]), st.integers(0, 10**6))
def test_features_of_blocks_are_those_of_the_texts(terms: int, high: int, operation: Operation, seed: int) -> None:
    compare(terms, high, operation, seed, 40)


@pytest.mark.slow
@pytest.mark.parametrize("operation", ["exact", "floor"])
def test_features_of_a_hundred_thousand_expressions_are_those_of_the_texts(operation: Operation) -> None:
    for seed in range(50):
        compare(1 + seed % 4, (2, 9, 999, 10**6, 10**11)[seed % 5], operation, seed, 1000)


def test_an_empty_block_and_lone_numbers_are_measured() -> None:
    block = space_of(1, 9).strata[0].block(np.arange(0))
    assert block_features(block, block_values(block, compile_skeletons(block.skeletons))).shape == (0, len(FEATURES))
    assert {name: count for name, count in features_of("-(17)").items() if count} == {
        "terms": 1,
        "depth": 1,
        "digits": 2,
        "magnitude": 2,
        "intermediates": 2,
        "answer": 3,
    }


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("999+1", {"carries": 3, "borrows": 0, "cascade": 3}),
        ("1000-1", {"carries": 0, "borrows": 3, "cascade": 3}),
        ("909+101", {"carries": 2, "cascade": 1}),
        ("90999+10001", {"carries": 4, "cascade": 3}),
        ("1/2+99", {"carries": 0, "cascade": 0, "uneven": 1, "answer": 5}),
        ("6/3*4", {"divisions": 1, "uneven": 0, "multiplications": 1, "operators": 2}),
        ("1/0+1", {"terms": 0, "answer": 0}),
        ("((1+2))*((3))", {"depth": 2, "terms": 3}),
        ("7*8-56", {"intermediates": 2, "answer": 1}),
    ],
)
def test_features_are_counted_as_on_paper(expression: str, expected: dict[str, int]) -> None:
    found = features_of(expression)
    assert {name: found[name] for name in expected} == expected


def test_rounding_down_leaves_a_quotient_uneven() -> None:
    assert (features_of("7/2", "floor")["uneven"], features_of("7/2", "floor")["answer"]) == (1, 1)


def test_a_score_is_the_points_of_the_features() -> None:
    rows = np.array([list(features_of(text).values()) for text in ("1+2", "95*8")])
    weights = {name: place for place, name in enumerate(FEATURES)}
    assert scores(rows, weights).tolist() == [
        sum(weights[name] * count for name, count in features_of(text).items()) for text in ("1+2", "95*8")
    ]
