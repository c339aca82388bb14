"""Folders that an earlier version wrote are read, answered from, verified and resumed, now and later."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

import exprlearn as xl
from exprlearn.cli.app import app
from exprlearn.dataset.store import read_rows, repair, verify
from exprlearn.dataset.store.formats import FORMATS

pytestmark = pytest.mark.long

HERE = Path(__file__).parent
RUNS = ["seq2seq", "repeat-vector", "mapping-mlp", "stacked-lstm", "transducer", "stages"]
DATASETS = ["rows", "chat", "lessons/1-nothing-carried", "lessons/2-ones-carried", "lessons/3-two-digits"]


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A copy, so that nothing is ever written to what was kept."""
    return Path(shutil.copytree(HERE, tmp_path / "kept"))


@pytest.mark.parametrize("name", RUNS)
def test_a_kept_run_answers_as_it_did(name: str, kept: Path) -> None:
    run = xl.load(name, runs=kept / "trained")
    lines = (kept / "trained" / name / "predictions.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    found = run.predict([row["expression"] for row in rows])
    assert [(each.answer, each.truth) for each in found] == [(row["answer"], row["truth"]) for row in rows]
    if rows[0].get("probability") is not None:
        expected = [row["probability"] for row in rows]
        assert [each.probability for each in found] == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("name", ["seq2seq", "stages"])
def test_a_kept_run_is_resumed(name: str, kept: Path) -> None:
    folder = kept / "trained" / name
    before = (folder / "metrics.jsonl").read_text(encoding="utf-8")
    arguments = ["train", "--resume", name, "--runs", str(folder.parent), "--epochs", "3", "--progress", "none"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    after = (folder / "metrics.jsonl").read_text(encoding="utf-8")
    assert after.startswith(before)
    assert [json.loads(line)["epoch"] for line in after.splitlines()] == [1, 2, 3]


@pytest.mark.parametrize("name", DATASETS)
def test_a_kept_dataset_is_verified_read_and_repaired_to_the_same_bytes(name: str, kept: Path) -> None:
    folder = kept / name
    assert verify(folder).findings == ()
    rows = list(read_rows(folder))
    assert len(rows) == sum(verify(folder).manifest.rows.values())
    if verify(folder).manifest.made_by == FORMATS["jsonl"].made_by():
        shard = sorted(folder.glob("shard-*"))[0]
        written = shard.read_bytes()
        shard.write_bytes(written[:-20])
        assert [finding.name for finding in verify(folder).findings] == [shard.name]
        repair(folder)
        assert shard.read_bytes() == written


@pytest.mark.parametrize("is_noted", [True, False], ids=["finished", "killed before its result was noted"])
def test_a_kept_sweep_goes_on_without_training_anything_again(kept: Path, is_noted: bool) -> None:
    folder = kept / "sweep" / "trials"
    if not is_noted:
        (folder / "5bd220529619" / "trial.json").unlink()
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.name in ("metrics.jsonl", "variables.npz")}
    arguments = ["sweep", str(kept / "sweep.toml"), "--out", str(kept / "sweep"), "--json", "--progress", "none"]
    listed = CliRunner().invoke(app, [*arguments[:4], "--list"])
    assert [line.split()[0] for line in listed.stdout.splitlines()[1:]] == ["d9ad18168999", "5bd220529619"]
    for _ in range(2):
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, result.output
        trials = json.loads(result.stdout)["trials"]
        assert [(each["trial"], each["settings"], each["state"], each["epochs"]) for each in trials] == [
            ("d9ad18168999", {"model.units": 2}, "done", 1),
            ("5bd220529619", {"model.units": 4}, "done", 1),
        ]
        after = {
            file: file.read_bytes() for file in folder.rglob("*") if file.name in ("metrics.jsonl", "variables.npz")
        }
        assert after == before


def test_a_kept_sweep_of_other_settings_is_refused(kept: Path) -> None:
    arguments = ["sweep", str(kept / "sweep.toml"), "--out", str(kept / "sweep")]
    result = CliRunner().invoke(app, [*arguments, "--set", "training.optimizer.name=sgd"])
    assert result.exit_code != 0
    assert "begun with other settings (training.optimizer" in result.output.replace("\n", " ")
