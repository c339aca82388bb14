from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exprlearn.dataset import canonical_forms
from exprlearn.dataset.store import read_manifest, read_rows
from exprlearn.working.forms import EquationsWorking

Cli = Callable[..., Any]

CARRY = """\
[curriculum.schedule]
promote_at = 0.8

[[curriculum.stages]]
name = "one digit"
grammar = { name = "addition", range = "0..9" }

[[curriculum.stages]]
name = "no carry"
grammar = { name = "addition", range = "0..99" }
constraints = [{ name = "carries", maximum = 0 }]

[[curriculum.stages]]
name = "with carries"
like = "no carry"
constraints = [{ name = "result-range", low = 0, high = 60 }]
"""


@pytest.fixture
def carry(tmp_path: Path) -> str:
    (tmp_path / "carry.toml").write_text(CARRY, encoding="utf-8")
    return "carry.toml"


def test_curricula_and_schedules_are_listed(cli: Cli) -> None:
    document = json.loads(cli("curriculum", "list", "--json").out)
    assert {"sums", "auto", "stages"} <= {each["name"] for each in document["curricula"]}
    assert "threshold" in {each["name"] for each in document["schedules"]}
    assert "learning-progress" in cli("curriculum", "list").out


def test_the_last_stage_is_the_task_unless_a_grammar_is_named(cli: Cli, carry: str) -> None:
    tree = tomllib.loads(cli("curriculum", "run", carry, "--print-config").out)
    assert (tree["grammar"]["name"], tree["grammar"]["range"]) == ("addition", "0..99")
    assert [each["name"] for each in tree["data"]["constraints"]] == ["answer-length"]
    assert tree["curriculum"]["schedule"]["promote_at"] == 0.8
    named = tomllib.loads(cli("train", "--curriculum", carry, "--grammar", "sums", "--print-config").out)
    assert (named["grammar"]["name"], len(named["data"]["constraints"])) == ("sums", 1)


def test_a_curriculum_by_name_takes_another_schedule(cli: Cli) -> None:
    asked = ["train", "--curriculum", "sums", "--schedule", "fixed", "--set", "curriculum.terms=3", "--print-config"]
    tree = tomllib.loads(cli(*asked).out)
    assert (tree["grammar"]["terms"], tree["curriculum"]["terms"]) == ("2..3", 3)
    assert tree["curriculum"]["schedule"]["name"] == "fixed"


def test_stages_are_shown_with_their_numbers_samples_and_remarks(cli: Cli, carry: str) -> None:
    outcome = cli("curriculum", "show", carry)
    lines = outcome.out.splitlines()
    assert lines[0].split()[:5] == ["stage", "expressions", "drawn", "held", "out"]
    assert [line[:12].strip() for line in lines[1:]] == ["one digit", "no carry", "with carries"]
    assert "stage 'with carries' seems to hold nothing that 'no carry' does not hold" in outcome.err
    document = json.loads(cli("curriculum", "show", carry, "--json").out)
    one, _, last = document["stages"]
    assert (one["expressions"], one["held_out"]) == ("100", 7)
    assert one["drawn"] == {"count": "100", "low": "100", "high": "100", "said": "exact", "text": "100"}
    assert last["drawn"]["said"] == "exact"
    assert int(last["drawn"]["count"]) < int(last["expressions"]) == 10**4
    assert last["shared"][1:] == [1.0, 1.0]
    assert last["points"] == sorted(last["points"])


def test_every_stage_is_built_as_a_folder_that_verifies(cli: Cli, carry: str, tmp_path: Path) -> None:
    counts = ["--train", "60", "--validation", "8", "--test", "8", "--progress", "none"]
    built = cli("curriculum", "build", carry, "out", *counts, "--json")
    folders = [each["folder"] for each in json.loads(built.out)["stages"]]
    assert folders == ["1-one-digit", "2-no-carry", "3-with-carries"]
    for folder in folders:
        assert cli("data", "verify", f"out/{folder}").code == 0
    rows = [row for folder in folders for row in read_rows(tmp_path / "out" / folder)]
    train = {row["expression"] for row in rows if row["split"] == "train"}
    assert len(train) > 100
    assert not train & {row["expression"] for row in rows if row["split"] != "train"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('"addition", range = "0..9"', '"additon"'), "stage 'one digit': .*did you mean 'addition'"),
        (('like = "no carry"', 'like = "no cary"'), "'no cary', which is no stage: did you mean 'no carry'"),
        (("maximum = 0", "minimum = 9"), "stage 'no carry': .*carries"),
        (("promote_at = 0.8", "promote_at = 0.99"), "stage 'no carry' asks for 0.99.*held_out=512"),
        (('name = "no carry"\n', 'name = "no carry"\nlike = "with carries"\n'), "which is like 'no carry'"),
        ((CARRY, "[curriculum]\nstages = []\n"), "curriculum.stages: list should have at least 1 item"),
    ],
    ids=["grammar", "reference", "sample", "promotion", "cycle", "empty"],
)
def test_a_bad_curriculum_is_refused_with_the_stage_named(
    cli: Cli, tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    (tmp_path / "bad.toml").write_text(CARRY.replace(*change), encoding="utf-8")
    outcome = cli("curriculum", "run", "bad.toml", "--max-time", "1s", "--progress", "none")
    assert outcome.code == 2
    assert not (tmp_path / "runs").exists()
    assert re.search(told, outcome.err), outcome.err


def test_two_config_files_are_refused(cli: Cli, carry: str) -> None:
    outcome = cli("train", "--curriculum", carry, "--config", carry)
    assert outcome.err.endswith("are both config files: join them into one\n")


@pytest.mark.slow
def test_a_run_is_trained_through_stages_and_goes_on(cli: Cli, carry: str, backend: str, tmp_path: Path) -> None:
    small = ["--model", "repeat-vector", "--set", "model.units=4", "--set", "training.examples_per_epoch=128"]
    held_out = ["--set", "data.validation=5", "--set", "data.test=5", "--set", "curriculum.held_out=16"]
    asked = ["--backend", backend, "--progress", "none", "--max-time", "none", "--schedule", "mixed"]
    assert cli("curriculum", "run", carry, *small, *held_out, *asked, "--epochs", "1", "--name", "staged").code == 0
    assert cli("train", "--resume", "staged", "--epochs", "2", "--progress", "none").code == 0
    rows = [json.loads(line) for line in (tmp_path / "runs/staged/metrics.jsonl").read_text().splitlines()]
    assert [[each["stage"] for each in row["stages"]] for row in rows] == [
        ["one digit", "no carry", "with carries"]
    ] * 2
    assert all(sum(each["examples"] for each in row["stages"]) == 128 for row in rows)
    assert cli("predict", "1+2", "--run", "staged").code == 0


STAGED_WORKINGS = """\
[working]
name = "equations"

[curriculum]
schedule = "fixed"

[[curriculum.stages]]
name = "two"
grammar = { name = "mixed", terms = 2 }

[[curriculum.stages]]
name = "three"
grammar = { name = "mixed", terms = 3, brackets = 0 }
"""


def test_no_working_that_is_written_shows_what_any_stage_holds_out(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "staged.toml").write_text(STAGED_WORKINGS, encoding="utf-8")
    sizes = ["--train", "150", "--validation", "20", "--test", "20"]
    outcome = cli("curriculum", "build", "staged.toml", "out", *sizes, "--progress", "none")
    assert outcome.code == 0, outcome.err
    folders = [tmp_path / "out" / name for name in ("1-two", "2-three")]
    held_out = {
        form
        for folder in folders
        for split in ("validation", "test")
        for form in canonical_forms([row["expression"] for row in read_rows(folder, split)])
    }
    working = EquationsWorking()
    rows = [row for folder in folders for row in read_rows(folder, "train")]
    shown = [line.expression for row in rows for line in working.lines(row["working"])]
    assert len(rows) == 300
    assert len(shown) > 400
    assert held_out.isdisjoint(canonical_forms(shown))
    # Sums of two terms are no part of a space of three: the second stage must be told of the first.
    manifest = read_manifest(folders[1])
    assert json.loads(manifest.beside) == [{"terms": [2, 2], "numbers": [[1, 9]], "operators": "+*/"}]
    assert manifest.proof["lines"]["left_out"] > 10
    file = folders[1] / manifest.shards[0].name
    before = file.read_bytes()
    file.write_bytes(before[:-5])
    assert cli("data", "repair", str(folders[1])).code == 0
    assert file.read_bytes() == before
    assert cli("curriculum", "build", "staged.toml", "out", *sizes, "--progress", "none").code == 0


def test_stages_are_written_without_what_they_drop(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "internalise.toml").write_text(
        """\
grammar = { name = "mixed", terms = 3 }
working = { name = "expressions", drop = "all" }
curriculum = { schedule = "fixed", stages = [{ name = "whole", drop = 0 }, { name = "alone" }] }
""",
        encoding="utf-8",
    )
    sizes = ["--train", "60", "--validation", "9", "--test", "9"]
    shown = json.loads(cli("curriculum", "show", "internalise.toml", "--json").out)["stages"]
    assert [stage["drop"] for stage in shown] == [0, "all"]
    assert "left out" in cli("curriculum", "show", "internalise.toml").out
    outcome = cli("curriculum", "build", "internalise.toml", "out", *sizes, "--progress", "none")
    assert outcome.code == 0, outcome.err
    whole, alone = (list(read_rows(tmp_path / "out" / name)) for name in ("1-whole", "2-alone"))
    assert [row["expression"] for row in whole] == [row["expression"] for row in alone]
    assert all(row["working"] == row["answer"] for row in alone)
    assert all("=" in row["working"] for row in whole)
    assert read_manifest(tmp_path / "out/2-alone").beside == ""
