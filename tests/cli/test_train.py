from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exprlearn.training.run_folder import RunFolder

Cli = Callable[..., Any]


def test_the_result_is_one_document_and_stderr_is_empty(trained: Any) -> None:
    assert trained.outcome.code == 0
    assert trained.outcome.err == ""
    document = json.loads(trained.outcome.out)
    keys = ["format", "run", "split", "exact_match", "digit_accuracy", "baselines", "breakdown"]
    assert list(document) == [
        *keys,
        "value_error",
        "length_error",
        "stopped_by",
        "epochs",
        "examples",
        "seconds",
        "report",
    ]
    assert list(document["exact_match"]) == ["value", "low", "high", "count"]
    assert (document["format"], document["run"], document["split"]) == (1, "tiny", "test")
    assert (document["epochs"], document["examples"]) == (1, 64)
    assert Path(document["report"]).is_file()


def test_the_run_folder_is_complete(trained: Any) -> None:
    names = {path.name for path in (trained.runs / "tiny").iterdir()}
    files = {"config.toml", "run.json", "grammar.lark", "vocabulary.json", "metrics.jsonl", "samples.jsonl"}
    judged = {"baseline.json", "checkpoints", "predictions.jsonl", "steps.jsonl", "report.html"}
    # What other tests have asked the run besides is kept with it.
    assert names - {"beyond.json", "lengths.json"} == files | judged


def test_a_run_goes_on_and_shows_each_epoch_as_a_json_line(trained: Any, cli: Cli) -> None:
    outcome = cli("train", "--resume", "tiny", "--epochs", "2", "--progress", "json", *trained.flags)
    assert outcome.code == 0
    (line,) = [json.loads(line) for line in outcome.err.splitlines()]
    assert (line["epoch"], line["examples"]) == (2, 128)
    assert {"loss", "exact_match", "digit_accuracy", "learning_rate", "seconds", "best", "samples"} <= set(line)
    assert outcome.out.splitlines()[0].split() == ["test", "n", "exact", "95", "%", "digits"]
    assert "exprlearn predict" in outcome.out
    rows = (trained.runs / "tiny" / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(row)["epoch"] for row in rows] == [1, 2]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--model", "repeat-vector"), "model.name: a run goes on as it began"),
        (("--grammar", "mixed"), "grammar.name: a run goes on as it began"),
        (("--set", "training.batch_size=64"), "training.batch_size: a run goes on as it began"),
        (("--name", "other"), "--name: a resumed run keeps its own"),
        (("--config", "x.toml"), "--config: a resumed run keeps its own"),
    ],
)
def test_a_resumed_run_cannot_become_another(trained: Any, cli: Cli, arguments: tuple[str, ...], said: str) -> None:
    before = (trained.runs / "tiny" / "config.toml").read_text(encoding="utf-8")
    outcome = cli("train", "--resume", "tiny", *arguments, *trained.flags)
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err
    assert (trained.runs / "tiny" / "config.toml").read_text(encoding="utf-8") == before


def test_a_run_that_is_being_trained_cannot_go_on_and_is_left_as_it_is(trained: Any, cli: Cli) -> None:
    run = RunFolder(trained.runs / "tiny")
    before = {file: file.read_bytes() for file in run.path.rglob("*") if file.is_file()}
    with run.hold():
        outcome = cli("train", "--resume", "tiny", "--epochs", "9", *trained.flags)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith(
        f"error: run tiny is being trained by process {os.getpid()} on {platform.node()} since "
    )
    assert {file: file.read_bytes() for file in run.path.rglob("*") if file.is_file()} == before


@pytest.mark.parametrize("command", ["train", "curriculum run sums"])
@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("latest", 2, "error: --name latest: it means the newest run"),
        ("../x", 2, "error: --name '../x': a name begins with a letter or a digit, holds no /"),
        ("tiny", 1, "exists already: choose another --name"),
    ],
)
def test_a_name_is_checked_before_anything_is_made(
    trained: Any, cli: Cli, tmp_path: Path, command: str, name: str, code: int, said: str
) -> None:
    outcome = cli(*command.split(), "--name", name, *trained.flags)
    assert (outcome.code, outcome.out) == (code, "")
    assert said in outcome.err
    assert not (trained.runs.parent / "x").exists()


def test_a_run_that_is_not_there_cannot_go_on(cli: Cli) -> None:
    outcome = cli("train", "--resume", "nothing")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("error: no run 'nothing'")


def test_a_missing_grammar_leaves_no_run_behind(cli: Cli, tmp_path: Path) -> None:
    outcome = cli("train", "--grammar", "nowhere.lark", "--progress", "none")
    assert (outcome.code, outcome.out) == (1, "")
    assert "nowhere.lark" in outcome.err
    assert list(tmp_path.iterdir()) == []
