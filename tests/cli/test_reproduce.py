from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exprlearn.runs.run_files import read_lines, write_lines

Cli = Callable[..., Any]
QUIET = ("--progress", "none")
WORDS = "\n".join(f"{key} = 'x'" for key in ("title", "source", "claim", "measured", "otherwise"))
SETTINGS = """\
[data]
validation = 5
test = 5
[model]
name = "mapping-mlp"
units = 4
[training]
epochs = 2
examples_per_epoch = 64
batch_size = 32
"""


def recipe_text(low: float, high: float) -> str:
    band = f'[recipe.band]\nmetric = "rmse"\nlow = {low}\nhigh = {high}'
    ours = f'[recipe.ours]\nvalue = {low}\nlow = {low}\nhigh = {high}\ncount = 5\nby = "x"'
    return f"[recipe]\n{WORDS}\n{band}\n{ours}\n{SETTINGS}"


@pytest.fixture(scope="module")
def small_once(run_command: Cli, tmp_path_factory: pytest.TempPathFactory, backend: str) -> Path:
    """Train a tiny run called small."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "small.toml").write_text(SETTINGS, encoding="utf-8")
    flags = ("--config", str(folder / "small.toml"), "--runs", str(folder / "runs"), "--name", "small")
    assert run_command("train", *flags, "--backend", backend, *QUIET).code == 0
    return folder / "runs" / "small"


@pytest.fixture
def small(small_once: Path, tmp_path: Path) -> Path:
    """Copy it, so that a test may change it."""
    return Path(shutil.copytree(small_once, tmp_path / "runs" / "small"))


@pytest.fixture
def own_recipes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let recipes come from an empty folder."""
    folder = tmp_path / "recipes"
    folder.mkdir()
    monkeypatch.setattr("exprlearn.recipes.catalogue._folder", lambda: folder)
    return folder


@pytest.mark.long
def test_a_run_comes_out_the_same_and_a_changed_one_does_not(small: Path, cli: Cli) -> None:
    outcome = cli("reproduce", "small", *QUIET)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines()[-1] == "identical through epoch 2, and so are the last weights"
    rows = read_lines(small / "metrics.jsonl")
    write_lines(small / "metrics.jsonl", [rows[0], {**rows[1], "loss": rows[1]["loss"] + 0.5}])
    outcome = cli("reproduce", "small", "--json", *QUIET)
    assert outcome.code == 3
    document = json.loads(outcome.out)
    assert (document["identical"], document["epochs"], document["identical_through"]) == (False, 2, 1)
    first = document["first_difference"]
    assert (first["epoch"], first["what"], first["again"]) == (2, "loss", rows[1]["loss"])
    assert first["difference"] == pytest.approx(0.5)
    assert document["weights_identical"] is True


def test_other_versions_are_noted(small: Path, cli: Cli) -> None:
    facts = json.loads((small / "run.json").read_text(encoding="utf-8"))
    facts["versions"]["numpy"] = "1.0.0"
    (small / "run.json").write_text(json.dumps(facts), encoding="utf-8")
    outcome = cli("reproduce", "small", "--json", *QUIET)
    assert outcome.code == 0
    assert "note: numpy was 1.0.0 and is " in outcome.err
    assert json.loads(outcome.out)["changed_versions"]["numpy"]["recorded"] == "1.0.0"


def test_a_run_brings_its_own_seed_and_backend(trained: Any, cli: Cli) -> None:
    outcome = cli("reproduce", "tiny", "--seed", "1", "--backend", "jax", *trained.flags)
    assert (outcome.code, outcome.out) == (2, "")
    assert "--seed: a run is done again with its own" in outcome.err
    assert "--backend: a run is done again with its own" in outcome.err


def test_what_is_neither_a_run_nor_a_recipe_is_told(cli: Cli) -> None:
    outcome = cli("reproduce", "nothing")
    assert (outcome.code, outcome.out) == (1, "")
    assert "no run 'nothing'" in outcome.err
    assert "exprlearn recipes list" in outcome.err


@pytest.mark.parametrize(
    ("low", "high", "code", "said"), [(0, 10000, 0, "as expected: rmse 0 – 10000"), (0, 0, 3, "not as expected")]
)
def test_a_recipe_is_held_against_its_band(
    own_recipes: Path, cli: Cli, backend: str, low: float, high: float, code: int, said: str
) -> None:
    (own_recipes / "own.toml").write_text(recipe_text(low, high), encoding="utf-8")
    outcome = cli("reproduce", "own", "--backend", backend, *QUIET)
    assert (outcome.code, outcome.err) == (code, "")
    assert said in outcome.out.splitlines()[-1]


def test_a_recipe_without_a_band_is_run_and_not_checked(own_recipes: Path, cli: Cli, backend: str) -> None:
    (own_recipes / "own.toml").write_text(f"[recipe]\n{WORDS}\n{SETTINGS}", encoding="utf-8")
    outcome = cli("reproduce", "own", "--backend", backend, "--json", *QUIET)
    assert outcome.code == 0
    document = json.loads(outcome.out)
    assert (document["recipe"], document["metric"], document["in_band"]) == ("own", "exact_match", None)
    assert document["scores"]["exact_match"]["count"] == 5
