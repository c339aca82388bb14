from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from exprlearn.errors import RunError
from exprlearn.runs.record import read_record

#: Epochs with exact match and error.
EPOCHS = [(1, 0.9, 2.0), (2, 0.9, 3.0), (3, 0.2, 1.0), (4, 0.1, 1.0), (5, 0.3, 1.5)]
RUN = Path(__file__).parents[1] / "report" / "data" / "mixed-seq2seq-1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Copy the small run, so that a test may change it."""
    return Path(shutil.copytree(RUN, tmp_path / "runs" / RUN.name))


def cut_off(file: Path) -> None:
    file.write_text(file.read_text("utf-8")[:-5], "utf-8")


def test_a_run_folder_is_read_whole(folder: Path) -> None:
    read = read_record(folder)
    assert (len(read.epochs), len(read.samples), len(read.predictions)) == (24, 120, 300)
    assert read.config["grammar"]["name"] == "mixed"
    assert read.best is not None
    assert read.best.exact_match == max(epoch.exact_match or 0 for epoch in read.epochs)


def test_the_best_epoch_is_the_last_of_the_best_by_the_metric_that_decides(folder: Path) -> None:
    lines = [{"epoch": n, "exact_match": exact, "metrics": {"rmse": error}} for n, exact, error in EPOCHS]
    (folder / "metrics.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    read = read_record(folder)
    assert read.best is not None
    assert read.best.epoch == 2
    facts = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**facts, "monitor": {"name": "rmse", "is_lower_better": True}}))
    read = read_record(folder)
    assert read.best is not None
    assert read.best.epoch == 4


def test_a_run_without_epochs_samples_and_predictions_is_read_too(folder: Path) -> None:
    for name in ("metrics.jsonl", "samples.jsonl", "predictions.jsonl", "grammar.lark"):
        (folder / name).unlink()
    read = read_record(folder)
    assert (read.epochs, read.samples, read.predictions, read.grammar_text, read.best) == ([], [], [], "", None)


def test_a_missing_run_is_named_with_the_command_that_lists_them(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"no run folder at .*nowhere: exprlearn runs list"):
        read_record(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["config.toml", "run.json"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(RunError, match=f"has no {name}"):
        read_record(folder)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("config.toml", b"seed = ", r"config\.toml is damaged: "),
        ("config.toml", b"\xff", r"cannot read .*config\.toml"),
        ("run.json", b"{", r"run\.json is damaged: "),
        ("run.json", b"[]", r"run\.json is damaged: it holds a list"),
        ("run.json", b"[" * 100_000, r"run\.json is damaged: "),
        ("run.json", b'{"a": "\\ud800"}', r"run\.json is damaged: "),
        ("metrics.jsonl", b'{"epoch": 1}\n{"epoch": "two"}\n', r"metrics\.jsonl:2 is damaged: epoch: "),
        ("samples.jsonl", b'{"epoch": 1}\n', r"samples\.jsonl:1 is damaged: expression: field required"),
        ("predictions.jsonl", b'{"expression": "1', r"predictions\.jsonl:1 is damaged: line: "),
    ],
)
def test_a_damaged_file_is_named_with_its_line(folder: Path, name: str, content: bytes, said: str) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(RunError, match=said):
        read_record(folder)


def test_only_a_line_feed_ends_a_line(folder: Path) -> None:
    row = {"expression": "1+1", "answer": "2\u2028\x85", "truth": "2"}
    (folder / "predictions.jsonl").write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    (answered,) = read_record(folder).predictions
    assert answered.answer == "2\u2028\x85"


def test_a_line_still_being_appended_is_passed_over_but_a_cut_prediction_is_not(folder: Path) -> None:
    cut_off(folder / "metrics.jsonl")
    assert [epoch.epoch for epoch in read_record(folder).epochs] == list(range(1, 24))
    cut_off(folder / "predictions.jsonl")
    with pytest.raises(RunError, match=r"predictions\.jsonl:300 is damaged"):
        read_record(folder)


def test_a_loss_that_is_no_number_is_read(folder: Path) -> None:
    (folder / "metrics.jsonl").write_text('{"epoch": 1, "loss": NaN}\n{"epoch": 2, "loss": 1}\n')
    assert [str(epoch.loss) for epoch in read_record(folder).epochs] == ["nan", "1.0"]
