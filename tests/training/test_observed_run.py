"""A real training with its observers: one that fails, one that remembers, and the table of epochs."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from exprlearn.config import Components, read_config, resolve
from exprlearn.plugin import ObserverSpec
from exprlearn.plugin.manager import Plugins
from exprlearn.runs.run_folder import RunFolder
from exprlearn.runs.starting import load
from exprlearn.training.observers import Silent
from exprlearn.walk import learn, resume

FILE = Path(__file__).parents[1] / "plugin" / "distributions" / "watchers" / "exprlearn_watchers.py"
PLUGINS = Plugins(only=(), files=[FILE], strict=True)
SETS = ["model.name=mapping-mlp", "model.units=4", "data.validation=8", "data.test=8"]
SETS += ["training.examples_per_epoch=64", "training.batch_size=32"]
OBSERVERS = 'training.observers=[{name="recorder", fails_in="epoch"}, "recorder", "csv"]'


class Cut(Silent):
    def epoch(self, record: object, samples: object, *, best: bool) -> None:
        raise KeyboardInterrupt


def components(backend: str, epochs: int) -> Components:
    sets = [*SETS, OBSERVERS, f"training.backend={backend}", f"training.epochs={epochs}"]
    return resolve(read_config(None, {}, sets, plugins=PLUGINS).config, PLUGINS)


@pytest.mark.slow
def test_an_observer_that_fails_takes_nothing_with_it_and_a_run_that_goes_on_is_told_whole(
    tmp_path: Path, keras: object
) -> None:
    made = components(keras.backend.backend(), 3)  # type: ignore[attr-defined]
    heard = type(PLUGINS[ObserverSpec].make("recorder")).heard
    heard.clear()
    with pytest.raises(KeyboardInterrupt):
        learn(made.config, made, runs=tmp_path, name="mine", observer=Cut())
    assert [call for call, _ in heard] == ["started", "started", "finished", "finished"]
    heard.clear()
    report = resume(RunFolder(tmp_path / "mine"), made)
    assert [call for call, _ in heard if call != "noted"] == ["started", "started", "epoch", "epoch", "finished"]
    assert (heard[0][1].done, heard[0][1].folder) == (1, report.run)
    assert heard[-1][1].report["exact_match"] == report.document()["exact_match"]
    with (report.run / "epochs.csv").open(encoding="utf-8", newline="") as stream:
        assert [row["epoch"] for row in csv.DictReader(stream)] == ["1", "2", "3"]
    (failed,) = json.loads((report.run / "run.json").read_text(encoding="utf-8"))["failed_observers"]
    assert failed.endswith("failed in epoch: RuntimeError: no disk")
    # The plugin is not there any more, and is not asked for.
    assert load(report.run, plugins=Plugins(only=())).predict(["1+2"])[0].truth == "3"
