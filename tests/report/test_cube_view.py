from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from exprlearn.errors import RunError
from exprlearn.report import write_page
from exprlearn.report.cube_view import cell_text, cube_view
from exprlearn.runs.record import read_record


def cell(digits: int, operators: str, value: float | None, mark: str) -> dict[str, Any]:
    exact = None if value is None else {"value": value, "low": value / 2, "high": (1 + value) / 2, "count": 20}
    reason = "cannot be asked" if value is None else ""
    place = {"digits": digits, "terms": 2, "depth": 0, "operators": operators}
    return {**place, "distribution": mark, "exact_match": exact, "reason": reason}


@pytest.fixture
def asked(folder: Path) -> Path:
    """Return a run that was asked beyond its training."""
    cells = [cell(1, "+", 1.0, "in"), cell(1, "-", 0.95, "in"), cell(2, "+", 0.25, "out"), cell(2, "-", None, "out")]
    (folder / "beyond.json").write_text(json.dumps({"threshold": 0.9, "cells": cells}, indent=2))
    (folder / "lengths.json").write_text(json.dumps({"threshold": 0.9, "cells": [cells[0], cells[2]]}))
    return folder


def test_cells_lie_in_the_row_of_their_size_and_the_column_of_their_operators(asked: Path) -> None:
    view = cube_view(read_record(asked).beyond)
    assert view is not None
    assert view.columns == ["+", "-"]
    shown = [(label, [cell_text(cell) for cell in cells]) for label, cells in view.rows]
    assert shown == [("1 · 2 · 0", ["100.0 %", "95.0 %"]), ("2 · 2 · 0", ["(25.0 %)", "–"])]
    assert [(words, front.value, front.of) for words, front in view.frontiers] == [
        ("all", 2, 4),
        ("in training", 2, 2),
        ("beyond training", 0, 2),
    ]
    squares = view.chart.spec["data"]["values"]
    assert [(square["share"], square["outlined"]) for square in squares] == [(1.0, True), (0.95, True), (0.25, False)]


def test_the_page_shows_the_cube_and_the_lengths_of_a_run_that_was_asked(asked: Path) -> None:
    text = write_page(asked).read_text("utf-8")
    assert "Beyond its training" in text
    assert "2 digits, +, beyond" in text
    assert re.search(r"beyond training 0 of 2 cells", text)


def test_a_run_that_was_not_asked_shows_neither(folder: Path) -> None:
    text = write_page(folder).read_text("utf-8")
    assert "Beyond its training" not in text
    assert "Longer and longer numbers" not in text


def test_a_cube_without_end_is_shown_in_part(asked: Path) -> None:
    cells = [
        cell(digits, operators * 9, 0.5, "out") for digits in range(1, 200) for operators in "abcdefghijklmnopqrst"
    ]
    (asked / "beyond.json").write_text(json.dumps({"threshold": 0.9, "cells": cells}))
    view = cube_view(read_record(asked).beyond)
    assert view is not None
    assert (len(view.columns), len(view.rows), view.hidden) == (15, 60, 139)


def test_a_damaged_cube_is_named(asked: Path) -> None:
    (asked / "beyond.json").write_text('{"cells": [{}]}')
    with pytest.raises(RunError, match=r"beyond\.json is damaged: cells\.0\.digits"):
        read_record(asked)
