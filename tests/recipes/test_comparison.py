from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exprlearn.recipes.comparison import compare
from exprlearn.runs.run_folder import RunFolder


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
