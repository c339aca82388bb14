"""A run that is taught its working and then to do without, stage by stage."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exprlearn.config import Components, read_config, resolve
from exprlearn.dataset import load_space, load_splits
from exprlearn.errors import OptionError
from exprlearn.plugin.manager import Plugins
from exprlearn.runs import checkpoint
from exprlearn.runs.checkpoint import Position
from exprlearn.runs.preparation import read_stages
from exprlearn.runs.run_files import read_lines
from exprlearn.runs.run_folder import RunFolder
from exprlearn.runs.starting import load
from exprlearn.training.training_data import CurriculumData, training_data
from exprlearn.walk import learn, resume

pytestmark = pytest.mark.long

BACKEND = os.environ.get("EXPRLEARN_TEST_BACKEND", "tensorflow")
SETTINGS = (
    f"training.backend={BACKEND}",
    "grammar.name=mixed",
    "grammar.terms=4",
    "grammar.range=1..6",
    "working.name=expressions",
    "working.drop=all",
    "data.validation=40",
    "data.test=40",
    "model.name=causal-transformer",
    "curriculum.stages=[{name='whole', drop=0}, {name='shorter', drop=1}, {name='alone'}]",
    "curriculum.held_out=30",
    "curriculum.schedule={name='fixed', epochs=1}",
    "training.examples_per_epoch=512",
    "training.batch_size=32",
    "training.epochs=4",
    "training.max_time=none",
)
SMALL = ("model.units=16", "model.head=8", "model.layers=1")


@lru_cache
def plugins() -> Plugins:
    return Plugins(only=())


def components(*changed: str) -> Components:
    return resolve(read_config(None, {}, [*SETTINGS, *changed], plugins=plugins()).config, plugins())


@pytest.fixture(scope="module")
def folder(keras: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = components(*SMALL)
    return learn(made.config, made, runs=tmp_path_factory.mktemp("runs")).run


def test_each_epoch_is_of_one_stage_and_all_are_evaluated(folder: Path) -> None:
    epochs = read_lines(folder / "metrics.jsonl")
    trained = [[stage["examples"] for stage in epoch["stages"]] for epoch in epochs]
    assert trained == [[512, 0, 0], [0, 512, 0], [0, 0, 512], [0, 0, 512]]
    for epoch in epochs:
        right = [stage["right"] for stage in epoch["stages"]]
        # What answers behind little working is right where more may be shown.
        assert right == sorted(right, reverse=True)
        assert "working_right" not in epoch


def test_the_test_is_answered_without_working_and_evaluated_as_always(folder: Path) -> None:
    rows = read_lines(folder / "predictions.jsonl")
    assert all(row.keys().isdisjoint({"working", "first_wrong_line"}) for row in rows)
    assert all(row["correct"] == (row["answer"] == row["truth"]) for row in rows)
    run = load(folder, plugins=plugins())
    assert run.evaluate("validation").scores.workings is None
    assert [each.answer for each in run.predict([row["expression"] for row in rows])] == [row["answer"] for row in rows]


def test_a_stage_writes_the_ends_of_workings_into_fewer_rows(folder: Path) -> None:
    run = load(folder, plugins=plugins())
    space = load_space(run.config.grammar, run.components)
    run.stages = read_stages(run.folder, space, run.components)
    data = training_data(run, load_splits(space, run.components))
    assert isinstance(data, CurriculumData)
    position, rows = Position(), []
    for shown in (2, 1, 0):
        epoch = data.epoch(position)
        target, segments = epoch.arrays["target"], epoch.arrays["segments"]
        examples = [
            run.encoder.answers(row[part == number][None][:, row[part == number] != 0])[0]
            for row, part in zip(target, segments, strict=True)
            for number in range(1, part.max() + 1)
        ]
        assert {text.count("=") for text in examples} == {shown}
        assert all(text.rpartition("=")[2].lstrip("-").isdigit() for text in examples)
        assert target.shape[1] == epoch.arrays["source"].shape[1]
        rows.append(target.shape)
        position.end_epoch(cursor=epoch.cursor, examples=epoch.examples, course=epoch.course)
        position.course["schedule"] = data.schedule.after(position.course["schedule"], [])
    assert rows[0][0] > rows[1][0] > rows[2][0]
    assert len({length for _, length in rows}) == 1


def test_what_stops_between_two_stages_goes_on_to_the_same_bits(folder: Path, tmp_path: Path) -> None:
    made = components(*SMALL)
    cut = learn(made.config, made, runs=tmp_path, until=2).run
    resume(RunFolder(cut), made)
    digests = [checkpoint.newest(each / "checkpoints")[0].variables for each in (folder, cut)]
    assert digests[0].keys() == digests[1].keys()
    assert all(np.array_equal(value, digests[1][name]) for name, value in digests[0].items())
    assert [{**epoch, "seconds": 0} for epoch in read_lines(folder / "metrics.jsonl")] == [
        {**epoch, "seconds": 0} for epoch in read_lines(cut / "metrics.jsonl")
    ]


@pytest.mark.parametrize(
    ("model", "why"), [("mapping-mlp", "answers with one number"), ("rewriter", "shows its lines anyway")]
)
def test_models_without_a_working_of_their_own_refuse_it(keras: Any, tmp_path: Path, model: str, why: str) -> None:
    made = components(f"model.name={model}")
    with pytest.raises(OptionError, match=f"working.name: .*{why}: leave 'expressions' out"):
        learn(made.config, made, runs=tmp_path)
    assert list(tmp_path.iterdir()) == []
