from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import pytest

from exprlearn.config import Components, read_config, resolve
from exprlearn.distributed.ranks import Alone
from exprlearn.errors import DataError, RunError
from exprlearn.plugin.manager import Plugins
from exprlearn.recipes.catalogue import parse_recipe
from exprlearn.recipes.recipe import Recipe
from exprlearn.recipes.reproducing import changed_versions, judge, rerun
from exprlearn.runs.run_files import read_lines
from exprlearn.runs.run_folder import RunFolder
from exprlearn.runs.starting import make_components
from exprlearn.scoring import Scores, score
from exprlearn.training.observers import Silent
from exprlearn.walk import learn

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
    judged = judge(recipe_expecting(metric, low, high), scores(framing))
    assert (judged.metric, judged.in_band) == (metric, in_band)
    assert judged.value == pytest.approx(value)


def test_without_a_band_nothing_is_judged() -> None:
    assert judge(parse_recipe(f"[recipe]\n{LINES}\n", "tiny"), scores("sequence")).in_band is None


def test_a_band_of_numbers_needs_a_model_that_answers_with_numbers() -> None:
    with pytest.raises(DataError, match="choose a mapping model"):
        judge(recipe_expecting("rmse", 0.0, 1.0), scores("sequence"))


def scores(framing: Any) -> Scores:
    return score(["1+2", "2+2"], ["3", "5"], ["3", "4"], framing=framing)
