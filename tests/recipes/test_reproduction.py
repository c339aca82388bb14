from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exprlearn.config import Components, read_config, resolve
from exprlearn.distributed.ranks import Alone
from exprlearn.errors import DataError, RunError
from exprlearn.plugin.manager import Plugins
from exprlearn.recipes.catalogue import parse_recipe
from exprlearn.recipes.recipe import Recipe
from exprlearn.recipes.reproduction import changed_versions, check_band, compare, rerun
from exprlearn.runs.run_files import read_lines
from exprlearn.runs.run_folder import RunFolder
from exprlearn.runs.starting import make_components
from exprlearn.scoring import Scores, score
from exprlearn.training.observers import Silent
from exprlearn.walk import learn

pytestmark = pytest.mark.long

BACKEND = os.environ.get("EXPRLEARN_TEST_BACKEND", "tensorflow")
LINES = "\n".join(f"{key} = 'x'" for key in ("title", "source", "claim", "measured", "otherwise"))
TINY = [
    f"training.backend={BACKEND}",
    "model.name=mapping-mlp",
    "model.units=4",
    "data.validation=8",
    "data.test=8",
    "training.examples_per_epoch=64",
    "training.batch_size=32",
    "training.epochs=5",
]


def components_for(*sets: str) -> Components:
    plugins = Plugins(only=())
    return resolve(read_config(None, {}, [*TINY, *sets], plugins=plugins).config, plugins)


def recipe_expecting(metric: str, low: float, high: float) -> Recipe:
    ours = f"[recipe.ours]\nvalue = {low}\nlow = {low}\nhigh = {low}\ncount = 9\nby = 'x'"
    band = f"[recipe.band]\nmetric = '{metric}'\nlow = {low}\nhigh = {high}"
    return parse_recipe(f"[recipe]\n{LINES}\n{band}\n{ours}\n", "tiny")


class Watch(Silent):
    """A clock that stands still until an epoch is done."""

    seconds = 0.0

    def epoch(self, record: Any, samples: Any, *, best: bool) -> None:
        self.seconds += 9.0


def test_a_run_ended_by_time_is_done_again_with_its_own_grammar_for_exactly_its_epochs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch()
    monkeypatch.setattr(Alone, "now", lambda self: watch.seconds)
    grammar = tmp_path / "mine.lark"
    grammar.write_text('start: N "+" N\nN: /[0-9]/\n', encoding="utf-8")
    components = components_for(f"grammar.name={grammar}", "training.max_time=5s")
    report = learn(components.config, components, runs=tmp_path / "runs", observer=watch)
    assert (report.stopped_by, report.epochs) == ("time limit of 5s", 1)
    grammar.unlink()
    folder = RunFolder(report.run)
    kept = make_components(folder, Plugins(only=()))
    again, compared = rerun(folder, kept, runs=tmp_path / "runs", observer=Silent())
    assert (again.stopped_by, again.epochs) == ("1 epochs done, as asked", 1)
    assert (compared.identical, compared.same, compared.weights) == (True, 1, True)
    # The learning rate follows the schedule of all five epochs, as it did.
    assert read_lines(again.run / "metrics.jsonl")[0]["learning_rate"] > 0
    assert changed_versions(folder, kept) == {}


def test_a_run_of_another_seed_differs_from_the_first_epoch_on(tmp_path: Path) -> None:
    components, other = (components_for(f"seed={seed}", "training.epochs=2") for seed in (1, 2))
    report = learn(components.config, components, runs=tmp_path)
    _, compared = rerun(RunFolder(report.run), other, runs=tmp_path, observer=Silent())
    assert (compared.identical, compared.same, compared.weights) == (False, 0, False)
    assert compared.first is not None
    assert (compared.first.epoch, compared.first.what) == (1, "loss")


def test_a_run_without_an_epoch_cannot_be_compared(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="has not finished an epoch"):
        rerun(RunFolder(tmp_path), components_for(), runs=tmp_path, observer=Silent())


def test_a_changed_version_is_told_and_that_of_a_built_in_component_is_not(tmp_path: Path) -> None:
    brought = {"plugin": "theirs", "distribution": "their-metrics", "version": "1.2"}
    built_in = {"plugin": "exprlearn", "distribution": "exprlearn", "version": "0.0.1"}
    folder = RunFolder(tmp_path)
    folder.write_run({"versions": {"numpy": "1.0"}, "components": {"metric close": brought, "model": built_in}})
    changed = changed_versions(folder, components_for())
    assert changed["numpy"][0] == "1.0"
    assert changed["metric close"] == ("their-metrics 1.2", None)
    assert "model" not in changed


@pytest.mark.parametrize(
    ("metric", "framing", "low", "high", "value", "in_band"),
    [
        ("exact_match", "sequence", 0.5, 0.6, 0.5, True),
        ("exact_match", "sequence", 0.6, 0.7, 0.5, False),
        ("rmse", "mapping", 0.5, 0.8, math.sqrt(0.5), True),
        ("rmse", "mapping", 0.0, 0.5, math.sqrt(0.5), False),
    ],
)
def test_a_score_is_held_against_the_band_of_its_metric(
    metric: str, framing: Any, low: float, high: float, value: float, in_band: bool
) -> None:
    checked = check_band(recipe_expecting(metric, low, high), scores(framing))
    assert (checked.metric, checked.in_band) == (metric, in_band)
    assert checked.value == pytest.approx(value)


def test_without_a_band_nothing_is_checked() -> None:
    assert check_band(parse_recipe(f"[recipe]\n{LINES}\n", "tiny"), scores("sequence")).in_band is None


def test_a_band_of_numbers_needs_a_model_that_answers_with_numbers() -> None:
    with pytest.raises(DataError, match="choose a mapping model"):
        check_band(recipe_expecting("rmse", 0.0, 1.0), scores("sequence"))


def scores(framing: Any) -> Scores:
    return score(["1+2", "2+2"], ["3", "5"], ["3", "4"], framing=framing)


def folder_of(path: Path, losses: list[float], answers: list[str]) -> RunFolder:
    """Write the lines of a run whose epochs have these losses and answer 1+2 so."""
    path.mkdir()
    (path / "checkpoints").mkdir()
    (path / "run.json").write_text('{"format": 1, "parameters": 100}', encoding="utf-8")
    folder = RunFolder(path)
    for epoch, (loss, answer) in enumerate(zip(losses, answers, strict=True), start=1):
        record = {"epoch": epoch, "loss": loss, "exact_match": 0.5, "seconds": float(path.name == "two")}
        folder.append_epoch(record, [{"epoch": epoch, "expression": "1+2", "answer": answer, "truth": "3"}])
    return folder


@pytest.fixture
def folders(tmp_path: Path) -> Callable[..., tuple[RunFolder, RunFolder]]:
    def make(losses: Any, answers: Any) -> tuple[RunFolder, RunFolder]:
        recorded = folder_of(tmp_path / "one", [3.0, 2.0, 1.0], ["", "1", "3"])
        return recorded, folder_of(tmp_path / "two", losses, answers)

    return make


def test_the_same_lines_are_identical_whatever_time_they_took(folders: Any) -> None:
    compared = compare(*folders([3.0, 2.0, 1.0], ["", "1", "3"]))
    assert compared.identical
    assert (compared.recorded, compared.same, compared.first, compared.weights) == (3, 3, None, None)


def test_the_first_differing_epoch_is_told_with_the_difference(folders: Any) -> None:
    compared = compare(*folders([3.0, 2.5, 1.5], ["", "1", "3"]))
    assert not compared.identical
    assert compared.first is not None
    assert (compared.same, compared.first.epoch, compared.first.what) == (1, 2, "loss")
    assert (compared.first.recorded, compared.first.again, compared.first.size) == (2.0, 2.5, 0.5)


def test_another_answer_to_a_sample_is_a_difference(folders: Any) -> None:
    first = compare(*folders([3.0, 2.0, 1.0], ["", "1", "4"])).first
    assert first is not None
    assert (first.epoch, first.what, first.recorded, first.again) == (3, "answer to 1+2", "3", "4")
    assert first.size is None


def test_a_rerun_with_fewer_epochs_is_not_the_run_again(folders: Any) -> None:
    compared = compare(*folders([3.0, 2.0], ["", "1"]))
    assert (compared.identical, compared.same, compared.first) == (False, 2, None)
