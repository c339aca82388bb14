"""The small task that models are checked on: eight sums, as the encoder of training writes them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic.divisions import ExactOnlyPolicy
from exprlearn.backend.keras_import import array_of, load_keras
from exprlearn.backend.reproducibility import seeded
from exprlearn.decoding.answerer import Answerer
from exprlearn.decoding.decoder import Decoder
from exprlearn.decoding.framing import FramingRules
from exprlearn.decoding.framings import FRAMINGS
from exprlearn.encoding import BOTH, Digits, Encoder, PerTerm, alphabet_of
from exprlearn.plugin import Shape
from exprlearn.sampling import ExpressionSpace
from exprlearn.testing.check import Subject

if TYPE_CHECKING:
    import keras

SEED = 1
EXPRESSIONS = ("0+7", "13+4", "25+25", "8+90", "99+99", "61+3", "40+40", "5+5")
ANSWERS = ("7", "17", "50", "98", "198", "64", "80", "10")
SCALE = 198.0


@lru_cache(maxsize=1)
def task_encoder() -> Encoder:
    """Return the encoder of the task."""
    space = ExpressionSpace.from_file("addition", ranges="0..99")
    alphabet = alphabet_of(space, ExactOnlyPolicy(), longest_answer=3)
    return Encoder(alphabet, tokenizer=Digits(), padding=PerTerm(), reversal=BOTH)


def rules_of(subject: Subject) -> FramingRules:
    """Return what the framing of the subject's model says of arrays and answers."""
    return FRAMINGS[subject.spec.framing]


def task_shape(subject: Subject) -> Shape:
    """Return the sizes that the subject's model has in the task."""
    return rules_of(subject).shape(task_encoder())


def build(subject: Subject, shape: Shape, *, seed: int = SEED) -> keras.Model:
    """Build the subject's model on its backend; the seed decides its first weights."""
    load_keras(subject.backend)
    with seeded(seed):
        return subject.spec.build(shape, subject.bound)


@lru_cache(maxsize=1)
def model_of(subject: Subject) -> keras.Model:
    """Return a model for the task, built once and shaken, for one whose logits begin as zeros would hide everything."""
    model = build(subject, task_shape(subject))
    shake(model)
    return model


def shake(model: keras.Model) -> list[NDArray[np.float32]]:
    """Give every weight (…) float32 some noise, the same each time; return the new values."""
    random = np.random.default_rng([SEED, len(EXPRESSIONS)])
    values = [
        array_of(each) + 0.1 * random.standard_normal(tuple(each.shape), np.float32)
        for each in model.trainable_variables
    ]
    for variable, value in zip(model.trainable_variables, values, strict=True):
        variable.assign(value)
    return values


def answerer_of(subject: Subject, model: keras.Model) -> Answerer:
    """Return what asks a model of the task."""
    decoder = Decoder(model, subject.spec, task_shape(subject))
    return Answerer(decoder, task_encoder(), SCALE)


def task_arrays(subject: Subject) -> dict[str, NDArray[Any]]:
    """Return the examples of the task as the rows that are learned from, (rows, steps) each."""
    return answerer_of(subject, model_of(subject)).arrays(np.array(EXPRESSIONS), np.array(ANSWERS))


def task_rows(subject: Subject) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the sources (8, source_length) and targets (8, target_length) of the task, each example in a row."""
    rules, encoder = rules_of(subject), task_encoder()
    return rules.sources(encoder, EXPRESSIONS), rules.targets(encoder, np.array(ANSWERS), SCALE)


def task_inputs(subject: Subject) -> list[NDArray[Any]]:
    """Return what a model of the task reads while it learns, such as [source, previous]."""
    return [array_of(each) for each in rules_of(subject).inputs(task_shape(subject), task_arrays(subject))]


def outputs_of(model: keras.Model, inputs: list[NDArray[Any]]) -> NDArray[np.float32]:
    """Return what a model writes of its inputs when it is asked, float32 (n, …)."""
    return array_of(model(inputs, training=False))
