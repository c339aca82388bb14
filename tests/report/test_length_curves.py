"""Curves over the lengths of numbers: of one run, and of several seeds."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from exprlearn.errors import RunError
from exprlearn.report import write_page
from exprlearn.report.figures import save_figures
from exprlearn.report.length_curves import length_rows, lengths_chart
from exprlearn.runs.schema import KeptCube


def cell(digits: int, value: float | None, operators: str = "+") -> dict[str, Any]:
    exact = None if value is None else {"value": value, "low": value / 2, "high": (1 + value) / 2, "count": 20}
    place = {"digits": digits, "terms": 2, "depth": 0, "operators": operators}
    mark = "in" if digits <= 2 else "out"
    return {**place, "distribution": mark, "exact_match": exact, "reason": "" if exact else "cannot be asked"}


def asked(*cells: dict[str, Any]) -> KeptCube:
    return KeptCube.model_validate_json(json.dumps({"threshold": 0.9, "cells": cells}))


def seeds(folder: Path, *curves: list[float]) -> list[Path]:
    """Make runs that were asked numbers of one digit and more."""
    found = []
    for seed, curve in enumerate(curves):
        run = folder if not seed else Path(shutil.copytree(folder, folder.with_name(f"seed-{seed}")))
        cells = [cell(digits, value) for digits, value in enumerate(curve, start=1)]
        (run / "lengths.json").write_text(json.dumps({"threshold": 0.9, "cells": cells}))
        found.append(run)
    return found


def test_one_run_has_its_interval_and_several_their_mean_and_their_ends() -> None:
    (row,) = length_rows([asked(cell(7, 0.5))])
    assert row.exact is not None
    assert (row.exact.value, row.exact.low, row.exact.high) == (0.5, 0.25, 0.75)
    (row,) = length_rows([asked(cell(7, 0.25)), asked(cell(7, 1.0)), asked(cell(7, 1.0))])
    assert row.exact is not None
    assert (row.exact.value, row.exact.low, row.exact.high, row.exact.count) == (0.75, 0.25, 1.0, 20)


def test_what_one_of_the_runs_was_not_asked_is_left_out_and_what_it_could_not_be_asked_says_why() -> None:
    rows = length_rows([asked(cell(1, 1.0), cell(2, 1.0)), asked(cell(2, None), cell(3, 1.0))])
    assert [(row.digits, row.exact, row.reason) for row in rows] == [(2, None, "cannot be asked")]


def test_the_lengths_of_the_training_are_shaded_and_nothing_where_none_was_trained() -> None:
    def shade(*cells: dict[str, Any]) -> list[Any]:
        chart = lengths_chart(length_rows([asked(*cells)]))
        assert chart is not None
        return [layer["data"]["values"] for layer in chart.spec["layer"] if layer["mark"]["type"] == "rect"]

    assert shade(cell(1, 1.0), cell(2, 1.0), cell(3, 0.5)) == [[{"first": 1, "last": 2}]]
    assert shade(cell(3, 1.0), cell(4, 0.5)) == []


def test_lengths_that_none_could_be_asked_have_a_table_and_no_chart(folder: Path) -> None:
    seeds(folder, [])
    cells = [cell(9, None)]
    (folder / "lengths.json").write_text(json.dumps({"threshold": 0.9, "cells": cells}))
    text = write_page(folder).read_text("utf-8")
    assert "Longer and longer numbers" in text
    assert "cannot be asked" in text
    assert "By digits of every number" not in text


def test_a_report_of_several_runs_has_the_band_of_all_in_its_page_and_its_files(folder: Path) -> None:
    run, *others = seeds(folder, [1.0, 0.5], [1.0, 0.25], [1.0, 0.0])
    text = write_page(run, others=others).read_text("utf-8")
    assert "Mean of 3 runs" in text
    assert "0.0 – 50.0" in text
    save_figures(run, "csv", others)
    lines = (run / "figures" / "lengths.csv").read_text("utf-8").splitlines()
    assert lines == ["digits,operators,n,exact_match,low,high", "1,+,20,1.0,1.0,1.0", "2,+,20,0.25,0.0,0.5"]


def test_a_run_beside_it_that_was_not_asked_is_named_with_the_command_that_asks(folder: Path) -> None:
    run, other = seeds(folder, [1.0], [1.0])
    (other / "lengths.json").unlink()
    with pytest.raises(RunError, match=r"seed-1 was not asked longer numbers: exprlearn evaluate .*--lengths"):
        write_page(run, others=[other])
