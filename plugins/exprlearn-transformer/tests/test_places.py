from __future__ import annotations

from dataclasses import replace

import numpy as np

from exprlearn.plugin import Shape
from exprlearn_transformer import TransformerOptions, build

# Padding, start and end, then the digits 0 to 9 and a sign.
SHAPE = Shape(source_length=7, target_length=5, vocabulary_size=14, digits=tuple(range(3, 13)))
SIGN = 13
SMALL = {"layers": 1, "width": 16, "heads": 2, "feed_forward": 16}


def test_digits_count_from_the_start_of_their_number() -> None:
    from exprlearn_transformer.places import Digits

    places, parts = Digits(SHAPE, is_written=False)(np.array([[5, 6, 0, SIGN, 7, 8, 9]], np.int32))
    assert np.asarray(places).tolist() == [[1, 2, 0, 0, 1, 2, 3]]
    assert np.asarray(parts).tolist() == [[0, 0, 0, 1, 1, 1, 1]]


def test_in_an_answer_a_step_has_the_place_of_the_digit_that_it_writes() -> None:
    from exprlearn_transformer.places import Digits

    places, _ = Digits(SHAPE, is_written=True)(np.array([[SHAPE.start, 5, 6, SIGN, 7]], np.int32))
    assert np.asarray(places).tolist() == [[1, 2, 3, 1, 2]]


def test_in_training_rows_are_moved_as_far_as_places_are_known_and_never_afterwards() -> None:
    import keras

    from exprlearn_transformer.places import Shift

    keras.utils.set_random_seed(1)
    shift, rows = Shift(3), np.zeros((200, 7), np.int32)
    assert np.unique(np.asarray(shift(rows, training=True))).tolist() == [0, 1, 2, 3]
    assert np.unique(np.asarray(shift(rows, training=False))).tolist() == [0]


def test_with_a_reach_no_weight_depends_on_how_long_rows_are() -> None:
    options = TransformerOptions(**SMALL, places="digits", reach=20)
    longer = replace(SHAPE, source_length=11, target_length=8)
    shapes = [[tuple(weight.shape) for weight in build(shape, options).weights] for shape in (SHAPE, longer)]
    assert shapes[0] == shapes[1]


def test_what_lies_beyond_the_reach_has_the_last_place() -> None:
    model = build(replace(SHAPE, source_length=40), TransformerOptions(**SMALL, places="digits", reach=8))
    source = np.full((1, 40), 5, np.int32)
    assert np.isfinite(np.asarray(model([source, np.full((1, 5), 1, np.int32)], training=False))).all()
