from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exprlearn.arithmetic import answer
from exprlearn.arithmetic.divisions import ExactOnlyPolicy, FractionPolicy
from exprlearn.dataset import split_of
from exprlearn.intervals import wilson
from exprlearn.scoring.breakdown import NUMBER, OPERATOR, depth
from exprlearn.scoring.cube import NO_EXAMPLES, Axes, Coordinates, Cube, examples_of, refuse_cell, score_cell, space_of

places = st.builds(
    Coordinates,
    st.integers(1, 5),
    st.integers(2, 5),
    st.integers(0, 3),
    st.sampled_from(["+", "-", "*", "/", "+ -", "+ - * /"]),
).filter(lambda place: place.is_possible)


@settings(max_examples=25, deadline=None)
@given(places)
def test_the_expressions_of_a_cell_are_what_the_cell_says(place: Coordinates) -> None:
    division = FractionPolicy()
    found = examples_of(place, division, count=10)
    assert len(set(found.expressions.tolist())) == len(found)
    for expression, truth in found:
        numbers, signs = NUMBER.findall(expression), set(OPERATOR.findall(expression))
        assert {len(number) for number in numbers} == {place.digits}
        assert (len(numbers), int(depth(expression))) == (place.terms, place.depth)
        assert signs <= set(place.signs)
        assert len(signs) >= min(2, len(place.signs))
        assert truth == answer(expression, division)
        assert split_of(expression) == "test"


@settings(max_examples=25, deadline=None)
@given(places)
def test_every_expression_of_a_cell_has_one_derivation(place: Coordinates) -> None:
    assert space_of(place).ambiguity().level == "proven"


def test_numbers_too_long_for_the_machine_are_drawn_one_by_one() -> None:
    found = examples_of(Coordinates(20, 2, 0, "+"), ExactOnlyPolicy(), count=5)
    assert [(len(text), split_of(text)) for text in found.expressions.tolist()] == [(41, "test")] * 5
    assert all(str(sum(map(int, text.split("+")))) == truth for text, truth in found)


def test_places_without_expressions_are_left_out() -> None:
    axes = Axes([1], [2, 3, 4], [0, 1, 2], ["+", "+ *"])
    assert [place[1:] for place in axes.coordinates()] == [
        (2, 0, "+"),
        (3, 0, "+"),
        (3, 0, "+ *"),
        (3, 1, "+"),
        (3, 1, "+ *"),
        *[(4, level, signs) for level in (0, 1, 2) for signs in ("+", "+ *")],
    ]


def test_the_frontier_counts_cells_that_reach_the_threshold_with_what_their_intervals_allow() -> None:
    places = [Coordinates(digits, 2, 0, "+") for digits in range(1, 6)]
    cells = [
        score_cell(places[0], "in", wilson(100, 100)),
        score_cell(places[1], "in", wilson(92, 100)),
        score_cell(places[2], "partly", wilson(88, 100)),
        refuse_cell(places[3], "out", "it has no symbol for *"),
        score_cell(places[4], "out", None),
    ]
    cube = Cube(Axes(range(1, 6), [2], [0], ["+"]), cells)
    assert vars(cube.frontier()) == {"value": 2, "low": 1, "high": 3, "of": 4}
    assert vars(cube.frontier("out")) == {"value": 0, "low": 0, "high": 0, "of": 1}
    document = cube.document()
    assert document["frontier"]["in"] == {"value": 2, "low": 1, "high": 2, "of": 2}
    assert document["cells"][3] == {
        **places[3]._asdict(),
        "distribution": "out",
        "exact_match": None,
        "reason": "cannot be asked: it has no symbol for *",
    }
    assert document["cells"][4]["reason"] == NO_EXAMPLES


@pytest.mark.parametrize("threshold", [0.5, 1.0])
def test_the_threshold_decides_what_is_mastered(threshold: float) -> None:
    cube = Cube(Axes([1], [2], [0], ["+"]), [score_cell(Coordinates(1, 2, 0, "+"), "in", wilson(60, 100))], threshold)
    assert cube.frontier().value == (threshold == 0.5)
