from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from exprlearn.arithmetic.divisions import ExactOnlyPolicy
from exprlearn.encoding import BOTH, NONE, Digits, Encoder, PerTerm, alphabet_of
from exprlearn.models.transducer import TransducerOptions, build
from exprlearn.plugin import Shape
from exprlearn.sampling import ExpressionSpace

IDS = Shape(source_length=7, target_length=5, vocabulary_size=15)


def columns_of(keras, shape, terms, rows):
    """Read what the LSTM reads, token by token: with ordinal inputs a feature is an id."""
    model = build(shape, TransducerOptions(terms=terms, units=2))
    read = keras.Model(model.inputs, model.get_layer("columns").output)
    return np.rint(np.asarray(read([np.asarray(rows, np.int32)])) * (shape.vocabulary_size - 1)).astype(int).tolist()


def ordinal(**sizes):
    return Shape(vocabulary_size=15, inputs="integer", **sizes)


def test_equal_parts_of_a_row_are_read_side_by_side(keras):
    shape = ordinal(source_length=7, target_length=4)
    assert columns_of(keras, shape, 2, [[3, 4, 5, 14, 6, 7, 8]]) == [[[3, 6], [4, 7], [5, 8], [14, 0]]]


def test_with_one_part_a_row_is_read_as_it_stands(keras):
    shape = ordinal(source_length=3, target_length=2)
    assert columns_of(keras, shape, 1, [[3, 4, 5]]) == [[[3], [4], [5]]]


def test_blanks_follow_where_the_answer_is_longer(keras):
    shape = ordinal(source_length=3, target_length=4)
    assert columns_of(keras, shape, 2, [[3, 14, 4]]) == [[[3, 4], [14, 0], [0, 0], [0, 0]]]


@pytest.mark.parametrize("terms", [2, 3, 5])
@pytest.mark.parametrize("reversal", [BOTH, NONE])
def test_digits_of_one_weight_are_read_together(keras, terms, reversal):
    chain = " ".join('"+" N' for _ in range(terms - 1))
    space = ExpressionSpace.from_text(f"start: N {chain}\nN: /0|[1-9][0-9]{{0,3}}/", ranges=(0, 9999))
    alphabet = alphabet_of(space, ExactOnlyPolicy(), 6)
    encoder = Encoder(alphabet, tokenizer=Digits(), padding=PerTerm(), reversal=reversal)
    rows = encoder.sources(["+".join(["1234"] * terms)])
    shape = ordinal(source_length=encoder.shape.source_length, target_length=5)
    ids = [encoder.vocabulary.ids[digit] for digit in ("4321" if reversal is BOTH else "1234")]
    read = columns_of(keras, shape, terms, rows)[0]
    assert read[:4] == [[each] * terms for each in ids]


def test_a_token_is_written_from_its_own_column_and_those_before(keras):
    model = build(IDS, TransducerOptions(units=8))
    rows = np.random.default_rng(1).integers(3, 15, (4, 7), dtype=np.int32)
    changed = rows.copy()
    changed[:, [2, 6]] = (changed[:, [2, 6]] + 1) % 15
    before, after = np.asarray(model([rows])), np.asarray(model([changed]))
    assert np.allclose(before[:, :2], after[:, :2], atol=1e-6)
    assert not np.allclose(before[:, 2:], after[:, 2:], atol=1e-6)


def test_in_both_directions_every_token_sees_every_column(keras):
    model = build(IDS, TransducerOptions(units=8, bidirectional=True))
    rows = np.random.default_rng(1).integers(3, 15, (4, 7), dtype=np.int32)
    changed = rows.copy()
    changed[:, [2, 6]] = (changed[:, [2, 6]] + 1) % 15
    assert not np.allclose(np.asarray(model([rows]))[:, 0], np.asarray(model([changed]))[:, 0], atol=1e-6)


def test_the_last_steps_write_an_answer_that_is_shorter_than_the_columns(keras):
    shape = Shape(source_length=12, target_length=2, vocabulary_size=15)
    model = build(shape, TransducerOptions(units=8, layers=2, dropout=0.1))
    assert model([np.ones((3, 12), np.int32)]).shape == (3, 2, 15)


def test_its_weights_do_not_depend_on_lengths(keras):
    wider = Shape(source_length=11, target_length=8, vocabulary_size=15)
    shapes = [[each.shape for each in build(shape, TransducerOptions()).variables] for shape in (IDS, wider)]
    assert shapes[0] == shapes[1]


def test_two_directions_need_two_units():
    with pytest.raises(ValidationError, match="set units to 2 or more"):
        TransducerOptions(units=1, bidirectional=True)
