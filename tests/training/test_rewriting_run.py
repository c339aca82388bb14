"""A rewriting model trained with Muon, from the grammar to the report."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from exprlearn.config import read_config, resolve
from exprlearn.plugin.manager import Plugins
from exprlearn.runs.starting import load
from exprlearn.training.observers import Silent
from exprlearn.walk import learn
from exprlearn.working import check_working
from exprlearn.working.forms import ExpressionsWorking

pytestmark = pytest.mark.long

SETTINGS = [
    f"training.backend={os.environ.get('EXPRLEARN_TEST_BACKEND', 'tensorflow')}",
    "grammar.name=mixed",
    "grammar.terms=2..3",
    "data.validation=20",
    "data.test=20",
    "data.train=400",
    "training.examples_per_epoch=256",
    "training.batch_size=32",
    "training.epochs=2",
    "training.optimizer=muon",
    "training.schedule=trapezoid",
    "model.name=rewriter",
    "model.units=16",
    "model.head=8",
    "model.layers=1",
]


class Listening(Silent):
    """Keeps what is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def noted(self, message: str) -> None:
        self.told.append(message)


def test_a_rewriting_run_says_what_muon_trains_and_which_lines_were_left_out(keras, tmp_path: Path) -> None:
    plugins, observer = Plugins(only=()), Listening()
    components = resolve(read_config(None, {}, SETTINGS, plugins=plugins).config, plugins)
    report = learn(components.config, components, runs=tmp_path, name="lines", observer=observer)
    assert observer.told[0].startswith("muon trains 6 matrices with ")
    assert re.search(
        r"^\d+ of [0-9]{3,4} lines were left out, which belong to validation or test$", "\n".join(observer.told), re.M
    )
    assert report.scores.rmse is None
    run = load("lines", runs=tmp_path, plugins=plugins)
    asked = ["1+2", "8-3*2"]
    answers = [(each.answer, each.probability) for each in run.predict(asked)]
    assert answers == [(each.answer, each.probability) for each in run.predict(asked)]
    assert all(0 <= probability <= 1 for _, probability in answers)
    for prediction in run.predict(["1+2", "8-3*2", "7"]):
        assert ExpressionsWorking().answer(prediction.working) == prediction.answer
        assert prediction.check == check_working(
            prediction.expression, prediction.working, ExpressionsWorking(), run.components.division
        )
        assert (prediction.check.fault is None) <= bool(prediction.correct)
    assert report.scores.workings is not None
