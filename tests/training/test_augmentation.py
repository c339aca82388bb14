"""Training rows may be laid out by chance, which follows from the seed and the epoch; what is asked never is."""

from __future__ import annotations

import json
from dataclasses import asdict
from types import SimpleNamespace

import numpy as np
import pytest

from exprlearn.arithmetic.divisions import ExactOnlyPolicy
from exprlearn.config import RunConfig, resolve
from exprlearn.dataset import load_space, load_splits
from exprlearn.decoding.answerer import Answerer
from exprlearn.decoding.framings import FRAMINGS
from exprlearn.encoding import BOTH, NONE, Digits, Encoder, Right, alphabet_of
from exprlearn.plugin.manager import Plugins
from exprlearn.runs.checkpoint import Position
from exprlearn.testing.padding import augmented_rows_follow_from_the_generator_alone
from exprlearn.training.training_data import training_data

PLUGINS = Plugins(only=(), strict=True)


class Roomy(Right):
    """Has room to spare in every row."""

    def width(self, alphabet, vocabulary):
        return super().width(alphabet, vocabulary) + 3


class Floating(Roomy):
    """Lets training rows begin wherever they fit."""

    def pad_augmented(self, ids, vocabulary, width, random):
        rows = self.pad(ids, vocabulary, width)
        free = (rows == 0).sum(axis=1)
        return np.array([np.roll(row, random.integers(0, room + 1)) for row, room in zip(rows, free, strict=True)])


@pytest.fixture
def made():
    def make(padding, train=0, reversal=NONE):
        settings = {"examples_per_epoch": 60, "batch_size": 6, "epochs": 3}
        sizes = {"train": train, "validation": 9, "test": 9}
        config = RunConfig.model_validate({"grammar": {"range": "0..99"}, "data": sizes, "training": settings})
        components = resolve(config, PLUGINS)
        space = load_space(config.grammar, components)
        alphabet = alphabet_of(space, ExactOnlyPolicy(), longest_answer=3)
        encoder = Encoder(alphabet, tokenizer=Digits(), padding=padding, reversal=reversal)
        answerer = Answerer(SimpleNamespace(rules=FRAMINGS["sequence"]), encoder)
        run = SimpleNamespace(config=config, components=components, encoder=encoder, answerer=answerer, stages=())
        return encoder, training_data(run, load_splits(space, components))

    return make


def epochs_of(data, count):
    position, found = Position(), []
    for _ in range(count):
        epoch = data.epoch(Position.of(json.loads(json.dumps(asdict(position)))))
        found.append(epoch.arrays["source"])
        position.end_epoch(cursor=epoch.cursor, examples=epoch.examples, course={})
    return found


@pytest.mark.parametrize("reversal", [NONE, BOTH], ids=["forwards", "back to front"])
def test_training_rows_of_a_fixed_set_are_laid_out_anew_each_epoch_and_the_same_when_a_run_goes_on(made, reversal):
    encoder, data = made(Floating(), train=30, reversal=reversal)
    first, second = epochs_of(data, 2)
    assert (first != second).any(axis=1).mean() > 0.5
    _, again = made(Floating(), train=30, reversal=reversal)
    assert np.array_equal(again.epoch(Position(epoch=1, cursor=60)).arrays["source"], second)
    assert encoder.expressions(first).tolist() == encoder.expressions(second).tolist()


def test_fresh_rows_are_laid_out_by_chance_too_and_what_is_asked_never_is(made):
    encoder, data = made(Floating())
    plain, kept = made(Roomy())
    (rows,), (straight,) = epochs_of(data, 1), epochs_of(kept, 1)
    assert (rows != straight).any()
    texts = encoder.expressions(rows)
    assert texts.tolist() == plain.expressions(straight).tolist()
    assert np.array_equal(encoder.sources(texts), straight)


def test_a_fixed_set_is_encoded_once_where_nothing_is_laid_out_by_chance(made):
    _, data = made(Roomy(), train=30)
    first, second = epochs_of(data, 2)
    assert first is second


def test_a_padding_that_draws_from_its_generator_alone_keeps_its_promise():
    augmented_rows_follow_from_the_generator_alone(SimpleNamespace(make=Floating, grammars={}))
