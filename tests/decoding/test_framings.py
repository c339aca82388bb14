from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from exprlearn.decoding.framings import FRAMINGS
from exprlearn.encoding import Encoder
from exprlearn.errors import EncodingError
from exprlearn.plugin.kinds.model import Framing
from exprlearn.testing.task import task_encoder


@pytest.fixture
def encoder() -> Encoder:
    return task_encoder()


def test_every_framing_has_its_rules() -> None:
    assert list(FRAMINGS) == list(get_args(Framing))


def test_numbers_and_lines_have_another_shape_than_the_rows_of_tokens(encoder: Encoder) -> None:
    assert [rules.shape(encoder) == encoder.shape for rules in FRAMINGS.values()] == [False, True, True, True, False]
    assert FRAMINGS["mapping"].shape(encoder) == encoder.number_shape


def test_a_teacher_forced_model_reads_the_answer_one_step_late(keras, encoder: Encoder) -> None:
    batch = {"source": encoder.sources(["12+3"]), "target": encoder.targets(["15"])}
    assert [len(rules.inputs(encoder.shape, batch)) for rules in FRAMINGS.values()] == [1, 1, 2, 2, 2]
    read = np.asarray(FRAMINGS["teacher-forced"].inputs(encoder.shape, batch)[1])
    assert read.tolist() == [[encoder.shape.start, *batch["target"][0, :-1].tolist()]]


def test_padding_counts_in_no_loss_of_tokens(keras, encoder: Encoder) -> None:
    rules, shape, target = FRAMINGS["sequence"], encoder.shape, encoder.targets(["7"])
    outputs = np.random.default_rng([5, 0, 0]).standard_normal((1, *rules.output_shape(shape))).astype(np.float32)
    logits = outputs - np.log(np.exp(outputs).sum(axis=-1, keepdims=True))
    expected = -np.mean([logits[0, step, token] for step, token in enumerate(target[0]) if token != shape.pad])
    assert float(rules.loss(shape, keras.ops.convert_to_tensor(outputs), {"target": target})) == pytest.approx(expected)


def test_a_mapping_learns_answers_in_units_of_the_largest(encoder: Encoder) -> None:
    rules, answers = FRAMINGS["mapping"], np.array(["-8", "4"])
    assert rules.scale(answers) == 8.0
    assert rules.targets(encoder, answers, 8.0).tolist() == [[-1.0], [0.5]]
    assert FRAMINGS["sequence"].scale(answers) == 1.0
    with pytest.raises(EncodingError, match="mapping models answer with one number"):
        rules.targets(encoder, np.array(["7/2"]), 1.0)
