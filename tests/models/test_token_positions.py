from __future__ import annotations

import numpy as np

from exprlearn.models import rewriter
from exprlearn.models.rewriter import RewriterOptions
from exprlearn.models.token_positions import places_of_digits, shares_segment, steps_of, turn_by, turned
from exprlearn.plugin import Shape

#: Padding, start and end, the digits from 3 on, and two signs.
DIGITS, PLUS = tuple(range(3, 13)), 13
SHAPE = Shape(source_length=8, target_length=8, vocabulary_size=15, digits=DIGITS)
SMALL = {"units": 16, "layers": 2, "feed_forward": 16, "head": 8}


def test_places_begin_anew_at_signs_and_where_a_segment_begins(keras):
    tokens = np.array([[4, 5, PLUS, 6, 7, 8, 9, 4], [PLUS, 4, 4, PLUS, PLUS, 5, 0, 0]], np.int32)
    segments = np.array([[1, 1, 1, 1, 1, 1, 2, 2], [1, 1, 1, 1, 1, 2, 0, 0]], np.int32)
    places = places_of_digits(tokens, segments, DIGITS)
    assert np.asarray(places).tolist() == [[1, 2, 0, 1, 2, 3, 1, 2], [0, 1, 2, 0, 0, 1, 0, 0]]
    assert not np.asarray(places_of_digits(tokens, segments, ())).any()


def test_turned_vectors_agree_by_how_far_they_are_apart(keras):
    random = np.random.default_rng(0)
    queries, keys = (np.repeat(random.normal(size=(1, 1, 1, 8)), 12, axis=1).astype(np.float32) for _ in range(2))
    turn = turn_by(steps_of(np.zeros((3, 12), np.int32)), 8)
    scores = np.einsum("bqhd,bkhd->qk", *(np.asarray(turned(each, turn)) for each in (queries, keys)))
    np.testing.assert_allclose(scores[:-1, :-1], scores[1:, 1:], atol=1e-5)
    assert np.abs(scores[0] - scores[0, 0])[1:].min() > 1e-3


def test_an_example_is_written_alike_alone_and_beside_others_in_a_row(keras):
    model = rewriter.build(SHAPE, RewriterOptions(**SMALL, window=3))
    random = np.random.default_rng(1)
    for variable in model.trainable_variables:
        variable.assign(np.asarray(variable) + 0.3 * random.normal(size=variable.shape))
    lines = [random.integers(3, 15, size, np.int32) for size in (5, 3, 6)]
    row = np.concatenate([*lines, [0, 0]])[None].astype(np.int32)
    segments = np.repeat([1, 2, 3, 0], [5, 3, 6, 2])[None].astype(np.int32)
    together = np.asarray(model([row, segments]))[0]
    alone = [np.asarray(model([line[None], np.ones((1, len(line)), np.int32)]))[0] for line in lines]
    np.testing.assert_allclose(together[:14], np.concatenate(alone), atol=1e-5)


def test_no_step_sees_another_segment(keras):
    seen = np.asarray(shares_segment(np.array([[1, 1, 2, 0]], np.int32)))[0]
    assert seen.astype(int).tolist() == [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
