from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exprlearn.recipes import catalogue

Cli = Callable[..., Any]


def test_recipes_are_listed_with_what_they_learn(cli: Cli) -> None:
    outcome = cli("recipes", "list")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines()[0].split() == ["recipe", "learns", "ours", "expected"]
    assert "addition-rnn-3" in outcome.out
    document = json.loads(cli("recipes", "list", "--json").out)
    assert list(document) == ["format", "recipes"]
    names = [recipe["name"] for recipe in document["recipes"]]
    assert names == sorted(names)
    assert {"title", "source", "claim", "measured", "band", "ours", "settings"} <= set(document["recipes"][0])


def test_a_recipe_is_shown_with_its_claim_and_its_settings(cli: Cli) -> None:
    shown = " ".join(cli("recipes", "show", "tutorial-repeat-vector").out.split())
    assert "Learn to Add Numbers with an Encoder-Decoder LSTM" in shown
    assert "accuracy 0.9940" in shown
    assert "two numbers from 1 to 10 make 100 questions" in shown
    assert 'range = "1..10"' in shown
    document = json.loads(cli("recipes", "show", "tutorial-repeat-vector", "--json").out)
    assert document["settings"]["training"]["epochs"] == 30


def test_every_recipe_is_listed_with_a_measurement_and_what_to_expect(cli: Cli) -> None:
    listed = cli("recipes", "list").out.splitlines()[1:]
    numbers = re.compile(r"(exact|rmse) [\d.]+ .*n = \d+\)\s+(exact|rmse) [\d.]+")
    assert [line for line in listed if not numbers.search(line)] == []


def test_a_recipe_that_is_yet_to_be_measured_says_so(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path("recipes")
    folder.mkdir()
    measured = catalogue.recipe_text("addition-rnn-5")
    before, after = measured.index("[recipe.band]"), measured.index("[grammar]")
    (folder / "new.toml").write_text(measured[:before] + measured[after:], encoding="utf-8")
    monkeypatch.setattr(catalogue, "_folder", lambda: folder)
    assert "not measured yet" in cli("recipes", "list").out
    shown = cli("recipes", "show", "new").out
    assert "ours       not measured yet\n" in shown
    assert "expected" not in shown


def test_an_unknown_recipe_is_a_usage_error_with_the_nearest(cli: Cli) -> None:
    outcome = cli("recipes", "show", "lstm-maths")
    assert (outcome.code, outcome.out) == (2, "")
    assert "did you mean 'lstm-math'?" in outcome.err


def test_a_copied_recipe_is_a_config(cli: Cli, tmp_path: Path) -> None:
    outcome = cli("recipes", "copy", "lstm-math", "mine.toml")
    assert (outcome.code, outcome.out) == (0, "mine.toml\n")
    assert "exprlearn train --config mine.toml" in outcome.err
    printed = cli("train", "--config", "mine.toml", "--set", "model.units=8", "--print-config").out
    assert "train = 27000  # mine.toml:" in printed
    assert "units = 8  # --set" in printed
    before = (tmp_path / "mine.toml").read_text(encoding="utf-8")
    again = cli("recipes", "copy", "mixed", "mine.toml")
    assert (again.code, again.out) == (2, "")
    assert "exists already" in again.err
    assert (tmp_path / "mine.toml").read_text(encoding="utf-8") == before


def test_training_begins_with_the_settings_of_a_recipe(cli: Cli) -> None:
    printed = cli("train", "--recipe", "lstm-math", "--epochs", "3", "--deterministic", "--print-config").out
    assert "train = 27000  # lstm-math" in printed
    assert "epochs = 3  # --epochs" in printed
    assert "deterministic = true  # --deterministic" in printed


def test_a_resumed_run_takes_no_recipe(trained: Any, cli: Cli) -> None:
    outcome = cli("train", "--resume", "tiny", "--recipe", "mixed", *trained.flags)
    assert (outcome.code, outcome.out) == (2, "")
    assert "--recipe: a resumed run keeps its own" in outcome.err


def test_a_recipe_may_be_a_file_of_ones_own(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(catalogue.recipe_text("lstm-math"), encoding="utf-8")
    assert cli("recipes", "show", "own.toml").out.startswith("own: ")
    printed = cli("train", "--recipe", "own.toml", "--epochs", "3", "--print-config").out
    assert "train = 27000  # own" in printed
    assert "epochs = 3  # --epochs" in printed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "cannot read own.toml"),
        ("[recipe", "recipe 'own' is no valid TOML"),
        ("seed = 1", "recipe.title: field required"),
    ],
)
def test_a_file_that_is_no_recipe_is_refused(cli: Cli, tmp_path: Path, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    outcome = cli("train", "--recipe", "own.toml", "--print-config")
    assert outcome.code == 2
    assert said in outcome.err
