from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from exprlearn.models.causal_network import BuiltFrom, CausalTransformerOptions, build, is_in_question, positions_of
from exprlearn.plugin import Shape
from exprlearn.testing.task import shake

#: Padding, start and end, the digits from 3 on, and two signs.
SHAPE = Shape(source_length=6, target_length=5, vocabulary_size=15, digits=tuple(range(3, 13)))
START, PLUS = SHAPE.start, 13
SMALL: dict[str, Any] = {"units": 16, "layers": 2, "feed_forward": 16, "head": 8}
#: 12+3 = 5, then 4+45 = 9 and padding.
ROW = np.array([[4, 5, PLUS, 6, START, 8, 7, PLUS, 7, 8, START, 12, 0]], np.int32)
SEGMENTS = np.array([[1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 0]], np.int32)


def logits(options: CausalTransformerOptions, *rows: np.ndarray) -> list[np.ndarray]:
    model = build(SHAPE, options)
    shake(model)
    return [np.asarray(model([row, SEGMENTS], training=False))[0] for row in rows]


def changed(step: int, token: int) -> np.ndarray:
    row = ROW.copy()
    row[0, step] = token
    return row


def test_a_question_ends_with_the_start_mark_of_its_segment(keras):
    found = np.asarray(is_in_question(ROW, SEGMENTS, SHAPE))[0]
    assert found.astype(int).tolist() == [1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0, 0]


def test_questions_are_seen_both_ways_and_answers_from_behind_alone(keras):
    plain, other_question, other_answer = logits(CausalTransformerOptions(**SMALL), ROW, changed(3, 9), changed(5, 9))
    assert (np.abs(plain - other_question)[:6].max(axis=1) > 1e-4).all()
    np.testing.assert_allclose(plain[6:12], other_question[6:12], atol=1e-5)
    np.testing.assert_allclose(np.delete(plain, 5, axis=0), np.delete(other_answer, 5, axis=0), atol=1e-5)


@pytest.mark.parametrize("positions", ["rotary", "learned"])
def test_steps_are_counted_in_each_segment_and_places_in_each_number(keras, positions):
    built = BuiltFrom(SHAPE, CausalTransformerOptions(**SMALL, positions=positions))
    position = positions_of(ROW, SEGMENTS, is_in_question(ROW, SEGMENTS, SHAPE), built)
    assert np.asarray(position.at)[0, :12].tolist() == [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5]
    assert np.asarray(position.told)[0].tolist() == [1, 2, 0, 1, 0, 1, 1, 0, 1, 2, 0, 1, 0]


def test_by_places_a_step_of_an_answer_stands_where_the_digit_that_it_writes_belongs(keras):
    built = BuiltFrom(SHAPE, CausalTransformerOptions(**SMALL, positions="places"))
    position = positions_of(ROW, SEGMENTS, is_in_question(ROW, SEGMENTS, SHAPE), built)
    assert np.asarray(position.at)[0, :12].tolist() == [1, 2, 0, 1, 1, 2, 1, 0, 1, 2, 1, 2]
    assert np.asarray(position.told)[0, :12].tolist() == [0, 0, 1, 1, 2, 2, 0, 1, 1, 1, 2, 2]


def test_beyond_the_window_nothing_is_seen(keras):
    options = CausalTransformerOptions(**{**SMALL, "layers": 1}, window=2)
    plain, other = logits(options, ROW, changed(0, 9))
    assert (np.abs(plain - other)[:3].max(axis=1) > 1e-4).all()
    np.testing.assert_allclose(plain[3:], other[3:], atol=1e-5)


@pytest.mark.parametrize("positions", ["rotary", "learned", "places"])
def test_no_weight_depends_on_how_long_rows_are(keras, positions):
    options = CausalTransformerOptions(**SMALL, positions=positions)
    longer = Shape(source_length=200, target_length=90, vocabulary_size=15, digits=SHAPE.digits)
    shapes = [[(each.path, tuple(each.shape)) for each in build(shape, options).weights] for shape in (SHAPE, longer)]
    assert shapes[0] == shapes[1]
