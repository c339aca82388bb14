from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from exprlearn.report.folder import read_folder
from exprlearn.report.page import write_page
from exprlearn.report.stages import stage_matrix
from exprlearn.runs.schema import Epoch


def stages(*numbers: tuple[int, int]) -> list[dict[str, Any]]:
    """Write stages of 100 held-out expressions, each with its training examples and right answers."""
    return [
        {"stage": name, "examples": examples, "right": right, "count": 100}
        for name, (examples, right) in zip(("<easy>", "hard"), numbers, strict=True)
    ]


ROWS = [stages((90, 40), (10, 0)), stages((90, 97), (10, 5)), stages((20, 99), (80, 60))]


def test_the_matrix_has_a_row_for_each_stage_at_the_last_epoch_it_was_trained_most() -> None:
    matrix = stage_matrix([Epoch(epoch=place, stages=row) for place, row in enumerate(ROWS, start=1)])
    assert matrix is not None
    assert matrix.stages == ["<easy>", "hard"]
    assert matrix.rows == [("<easy>", 2, [0.97, 0.05]), ("hard", 3, [0.99, 0.6])]


def test_without_a_curriculum_there_is_no_matrix(folder: Path) -> None:
    assert stage_matrix(read_folder(folder).epochs) is None
    assert "<h2>Stages</h2>" not in write_page(folder).read_text(encoding="utf-8")


def test_the_page_shows_the_matrix(folder: Path) -> None:
    file = folder / "metrics.jsonl"
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    staged = [{**line, "stages": ROWS[min(place, 2)]} for place, line in enumerate(lines)]
    file.write_text("".join(json.dumps(line) + "\n" for line in staged), encoding="utf-8")
    page = write_page(folder).read_text(encoding="utf-8")
    assert "<h2>Stages</h2>" in page
    assert "&lt;easy&gt;" in page
    assert "<easy>" not in page
