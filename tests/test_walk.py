"""The walk, end to end and small: every model learns a little, is kept whole, and is the same in a new process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from exprlearn.config import read_config, resolve
from exprlearn.errors import OptionError, RunError
from exprlearn.plugin.manager import Plugins
from exprlearn.runs.run_files import read_lines
from exprlearn.runs.run_folder import RunFolder, create
from exprlearn.walk import learn, resume

SMALL = [
    f"training.backend={os.environ.get('EXPRLEARN_TEST_BACKEND', 'tensorflow')}",
    "grammar.range=0..19",
    "data.validation=8",
    "data.test=8",
    "training.examples_per_epoch=192",
    "training.batch_size=32",
    "training.epochs=2",
    "training.max_time=none",
]
SMALLER_MODEL = {
    "mapping-mlp": ["model.units=4"],
    "stacked-lstm": ["model.units=4"],
    "repeat-vector": ["model.units=8", "model.dropout=0.2", "data.train=50"],
    "seq2seq": ["model.units=8", "model.dropout=0.2"],
    "transducer": ["model.units=8", "model.dropout=0.2"],
    "causal-transformer": ["model.units=8", "model.layers=1", "model.head=4", "training.optimizer.name=adam"],
}
ASK = """
import json, sys
from exprlearn.runs.starting import load
for run in sys.argv[1:]:
    evaluation = load(run).evaluate()
    print(json.dumps([[row.document() for row in evaluation.predictions], evaluation.scores.exact_match.value]))
"""


class Watching:
    """Keeps what a training tells; may act after an epoch."""

    def __init__(self, act=lambda epoch: None):
        self.records, self.act, self.reason, self.header = [], act, None, None

    def started(self, header):
        self.header = header

    def epoch(self, record, samples, *, best):
        self.records.append(record)
        assert len(samples) == 5
        self.act(record["epoch"])

    def noted(self, message):
        raise AssertionError(message)

    def finished(self, reason):
        self.reason = reason


def components_for(model, *sets):
    plugins = Plugins(only=())
    names = [f"model.name={model}", *SMALL, *SMALLER_MODEL[model], *sets]
    return resolve(read_config(None, {}, names, plugins=plugins).config, plugins)


def walk(model, runs, *sets, observer=None, name=None):
    components = components_for(model, *sets)
    return learn(components.config, components, runs=runs, name=name, observer=observer)


def digest(report):
    """Read every variable of the newest checkpoint."""
    from exprlearn.runs.checkpoint import newest

    return {name: values.tobytes() for name, values in newest(report.run / "checkpoints")[0].variables.items()}


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    """Return what lets a model learn, each once: the report, and what was told meanwhile."""
    runs = tmp_path_factory.mktemp("runs")

    @cache
    def learned_once(model):
        watching = Watching()
        return walk(model, runs, observer=watching, name=model), watching

    return learned_once


@pytest.mark.parametrize("model", SMALLER_MODEL)
def test_a_run_is_complete(model, learned):
    report, watching = learned(model)
    files = {file.name for file in report.run.iterdir()}
    assert files >= {"config.toml", "run.json", "grammar.lark", "vocabulary.json", "metrics.jsonl", "samples.jsonl"}
    assert files >= {"checkpoints", "predictions.jsonl", "report.html"}
    assert [row["epoch"] for row in read_lines(report.run / "metrics.jsonl")] == [1, 2]
    assert len(read_lines(report.run / "samples.jsonl")) == 10
    assert watching.header.shared == 0
    assert watching.reason == report.stopped_by == "all 2 epochs done"
    assert json.loads((report.run / "run.json").read_text())["state"] == "finished"


@pytest.mark.long
def test_runs_say_the_same_in_a_new_process(learned):
    reports = [learned(model)[0] for model in SMALLER_MODEL]
    asked = subprocess.run(
        [sys.executable, "-c", ASK, *(str(report.run) for report in reports)],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    assert asked.stderr == ""
    for report, line in zip(reports, asked.stdout.splitlines(), strict=True):
        rows, exact_match = json.loads(line)
        kept = read_lines(report.run / "predictions.jsonl")
        assert [row["answer"] for row in rows] == [row["answer"] for row in kept]
        assert [row["truth"] for row in rows] == [row["truth"] for row in kept]
        assert exact_match == report.scores.exact_match.value


@pytest.mark.long
@pytest.mark.parametrize(("model", "data"), [("seq2seq", 0), ("repeat-vector", 50)], ids=["fresh", "fixed"])
def test_a_resumed_run_ends_with_the_same_bits_as_an_uninterrupted_one(model, data, learned, tmp_path):
    whole, _ = learned(model)
    components = components_for(model)
    assert components.config.data.train == data

    def interrupt(epoch):
        if epoch == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        walk(model, tmp_path, observer=Watching(interrupt), name="cut")
    resumed = resume(RunFolder(tmp_path / "cut"), components)
    assert digest(resumed) == digest(whole)
    for name in ("samples.jsonl", "predictions.jsonl"):
        assert (resumed.run / name).read_text() == (whole.run / name).read_text()
    losses = [[row["loss"] for row in read_lines(report.run / "metrics.jsonl")] for report in (resumed, whole)]
    assert losses[0] == losses[1]


@pytest.mark.parametrize("again", [False, True], ids=["removed", "another of its name"])
def test_a_training_whose_folder_was_removed_stops_at_the_next_save_and_writes_nothing(again, tmp_path):
    def remove(epoch):
        assert epoch == 1
        shutil.rmtree(tmp_path / "mine")
        if again:
            create(tmp_path, "mine", "").write_run({"state": "training"})

    with pytest.raises(RunError, match=r"mine was removed, renamed or taken over by another process"):
        walk("mapping-mlp", tmp_path, observer=Watching(remove), name="mine")
    left = ["checkpoints", "run.json"] if again else []
    assert sorted(place.name for place in (tmp_path / "mine").glob("*")) == left
    assert not again or list((tmp_path / "mine" / "checkpoints").iterdir()) == []


def test_a_name_that_no_run_can_have_is_refused_before_keras_is_loaded(tmp_path, monkeypatch):
    def load(*arguments, **further):
        raise AssertionError("Keras was loaded")

    monkeypatch.setattr("exprlearn.runs.built_models.load_keras", load)
    create(tmp_path / "runs", "mine", "")
    for name, said in (("../mine", "begins with a letter"), ("a\0", "control characters"), ("latest", "newest run")):
        with pytest.raises(OptionError, match=said):
            walk("mapping-mlp", tmp_path / "runs", name=name)
    with pytest.raises(RunError, match="exists already"):
        walk("mapping-mlp", tmp_path / "runs", name="mine")
    assert [place.name for place in tmp_path.iterdir()] == ["runs"]


def test_two_runs_of_one_seed_are_the_same_and_of_two_seeds_are_not(learned, tmp_path):
    first, _ = learned("mapping-mlp")
    again, other = (walk("mapping-mlp", tmp_path, f"seed={seed}") for seed in (0, 1))
    assert digest(first) == digest(again)
    assert digest(first) != digest(other)


def test_a_loss_that_is_no_number_stops_with_a_message_and_keeps_the_last_checkpoint(tmp_path):
    from exprlearn.errors import TrainingError

    with pytest.raises(TrainingError, match=r"training\.learning_rate"):
        walk("mapping-mlp", tmp_path, "training.learning_rate=1e30", "training.clip=1e30", "training.epochs=9")
    (run,) = [place for place in tmp_path.iterdir() if place.is_dir()]
    assert json.loads((run / "run.json").read_text())["state"] == "training"
    assert Path(run / "config.toml").exists()
