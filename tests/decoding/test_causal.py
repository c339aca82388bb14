from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from exprlearn.decoding.forced import TIE
from exprlearn.decoding.framings import FRAMINGS
from exprlearn.encoding import Encoder
from exprlearn.plugin import Shape
from exprlearn.testing.task import ANSWERS, EXPRESSIONS, task_encoder

RULES = FRAMINGS["causal"]
SHAPE = Shape(source_length=4, target_length=5, vocabulary_size=7, digits=(4, 5, 6))


@pytest.fixture
def encoder() -> Encoder:
    return task_encoder()


def sequences(encoder: Encoder) -> list[tuple[list[int], list[int]]]:
    """List what is read and written of each example, in whatever row it stands."""
    arrays = RULES.arrays(encoder, np.array(EXPRESSIONS), np.array(ANSWERS), 1.0)
    rows = zip(arrays["source"], arrays["target"], arrays["segments"], strict=True)
    return [
        (read[of == number].tolist(), written[of == number].tolist())
        for read, written, of in rows
        for number in range(1, of.max() + 1)
    ]


def test_a_sequence_is_a_question_the_start_mark_and_its_answer(encoder: Encoder) -> None:
    shape, texts = encoder.shape, {}
    for read, written in sequences(encoder):
        mark = read.index(shape.start)
        assert shape.pad not in read
        assert written[:mark] == [shape.pad] * mark
        assert written[mark:] == [*read[mark + 1 :], shape.end]
        expression = encoder.expressions(np.array([read[:mark]], np.int32))[0]
        texts[expression] = encoder.answers(np.array([written[mark:]], np.int32))[0]
    assert texts == dict(zip(EXPRESSIONS, ANSWERS, strict=True))


def test_questions_stand_before_the_start_mark_whatever_the_padding(encoder: Encoder) -> None:
    rows = RULES.sources(encoder, EXPRESSIONS)
    taken = rows != encoder.shape.pad
    assert (np.sort(taken, axis=1) == taken).all()
    assert taken[:, -1].all()
    assert encoder.expressions(rows).tolist() == list(EXPRESSIONS)
    tokens, segments = (np.asarray(each) for each in RULES.inputs(encoder.shape, {"source": rows, "target": rows}))
    assert (tokens[:, rows.shape[1]] == encoder.shape.start).all()
    assert segments[:, : rows.shape[1]].tolist() == taken.astype(int).tolist()


@pytest.mark.parametrize("kind", ["causal", "causal by places", "causal without incremental"])
def test_one_pass_says_of_each_row_what_decoding_it_would(untrained: Any, kind: str) -> None:
    decoder = untrained(kind, 0, SHAPE)
    draw = np.random.default_rng([0, 9, 0])
    rows = draw.integers(3, SHAPE.vocabulary_size, (200, SHAPE.source_length), np.int32)
    rows[:100, :2] = SHAPE.pad
    decoded = decoder.decode(rows)
    whole = decoder.retrace(rows, decoded.ids)
    ended = np.cumsum(decoded.ids == SHAPE.end, axis=1) - (decoded.ids == SHAPE.end) > 0
    np.testing.assert_allclose(whole.probabilities[~ended], decoded.probabilities[~ended], atol=1e-4)
    changed = decoded.ids.copy()
    changed[::2, 0] = 3 + (changed[::2, 0] + 1) % 4
    margins = decoder.margins(rows, changed)
    is_sure = (np.abs(margins) > TIE) & ((decoded.ids != SHAPE.pad) | ended).all(axis=1)
    assert is_sure.sum() > 15
    assert (margins > 0)[is_sure].tolist() == (changed == decoded.ids).all(axis=1)[is_sure].tolist()
