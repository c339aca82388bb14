"""Real trainings that callbacks look at, and that go by a plugin's metric."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from exprlearn.config import read_config, resolve
from exprlearn.errors import OptionError, PluginError
from exprlearn.plugin.manager import Plugins
from exprlearn.report import Report
from exprlearn.runs.checkpoint import Position
from exprlearn.runs.run_files import read_lines
from exprlearn.runs.run_folder import RunFolder
from exprlearn.runs.schema import EpochRow
from exprlearn.runs.starting import load
from exprlearn.training.observers import Silent
from exprlearn.walk import learn, resume

pytestmark = pytest.mark.long

PLUGINS = Plugins(only=(), files=[Path(__file__).with_name("looking.py")], strict=True)
SETS = ["model.name=mapping-mlp", "model.units=4", "data.validation=8", "data.test=8", "training.epochs=4"]
SETS += ["training.examples_per_epoch=64", "training.batch_size=32", "training.max_time=none"]


def components(keras: Any, *sets: str) -> Any:
    sets = (*SETS, f"training.backend={keras.backend.backend()}", *sets)
    return resolve(read_config(None, {}, sets, plugins=PLUGINS).config, PLUGINS)


def trained(folder: Path, keras: Any, *sets: str, **more: Any) -> Report:
    made = components(keras, *sets)
    return learn(made.config, made, runs=folder, name="mine", **more)


class Cut(Silent):
    def epoch(self, record: object, samples: object, *, best: bool) -> None:
        raise KeyboardInterrupt


def test_a_callback_measures_ends_the_training_and_is_told_of_the_epochs_before_it_went_on(
    tmp_path: Path, keras: Any
) -> None:
    sets = ('training.callbacks=[{name="training-match", count=16}, "ending"]',)
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path, keras, *sets, observer=Cut())
    report = resume(RunFolder(tmp_path / "mine"), components(keras, *sets))
    assert (report.stopped_by, report.epochs) == ("ending: seen 2 epochs", 2)
    rows = read_lines(report.run / "metrics.jsonl", EpochRow)
    assert all(0 <= row["metrics"]["training-match"] <= 1 for row in rows)
    assert "Training match after each epoch" in (report.run / "report.html").read_text(encoding="utf-8")
    # What looked at the training is not needed to ask the run.
    assert load(report.run, plugins=Plugins(only=())).predict(["1+2"])[0].truth == "3"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("failing", "the callback 'failing' failed: RuntimeError: no luck; fix it, and go on with --resume"),
        ("unfit", "the callback 'unfit' measures worth as nan"),
    ],
)
def test_a_callback_that_fails_is_named_and_nothing_is_lost(tmp_path: Path, keras: Any, name: str, said: str) -> None:
    with pytest.raises(PluginError, match=said):
        trained(tmp_path, keras, f"training.callbacks={name}")
    assert resume(RunFolder(tmp_path / "mine"), components(keras, "training.epochs=1")).epochs == 1


def test_a_plugins_metric_decides_on_the_best_epoch_patience_and_target(tmp_path: Path, keras: Any) -> None:
    sets = ("training.monitor=rising", "training.metrics=['rmse']", "training.patience=2")
    report = trained(tmp_path, keras, *sets)
    assert report.stopped_by == "no better for 2 epochs"
    rows = read_lines(report.run / "metrics.jsonl", EpochRow)
    scores = [row["metrics"]["rising"] for row in rows]
    assert scores == sorted(scores)
    assert len({*scores}) == 3
    assert set(rows[0]["metrics"]) == {"rmse", "rising"}
    assert load(report.run, plugins=PLUGINS).weights.folder.name == "epoch-00001"
    assert "rising" in report.scores.metrics
    target = components(keras, *sets, "training.target=1000000", "training.epochs=5")
    assert resume(RunFolder(report.run), target).stopped_by == "target 1e+06 reached"


def test_a_target_above_one_needs_another_metric() -> None:
    with pytest.raises(OptionError, match="no share of the validation is 2: write 0 … 1"):
        read_config(None, {}, ["training.target=2"], plugins=PLUGINS)
    with pytest.raises(OptionError, match=r"training\.monitor.*exact-match"):
        resolve(read_config(None, {}, ["training.monitor=exact-mach"], plugins=PLUGINS).config, PLUGINS)


def test_a_position_of_before_is_read_with_exact_match_as_what_decides() -> None:
    before = {"epoch": 2, "exact_match": 0.25, "best_exact_match": 0.5, "best_epoch": 1, "improved_epoch": 1}
    assert (Position.of(before).score, Position.of(before).best_score) == (0.25, 0.5)
    assert Position.of({"best_exact_match": -1.0}).best_score is None
