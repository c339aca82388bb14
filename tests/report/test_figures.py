"""Charts and tables of a report as files of their own."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from exprlearn.errors import RunError
from exprlearn.report.figures import csv_table, latex_table, save_figures
from exprlearn.runs.record import read_record

TABLES = {"epochs", "samples", "wrong-answers"}


def table(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def test_every_chart_of_the_page_is_a_picture_and_a_table(folder: Path) -> None:
    drawn = {path.stem for path in save_figures(folder, "svg")}
    assert {"result", "loss-in-training", "by-terms", "mistakes", "written-1"} <= drawn
    for file_format in ("csv", "tex"):
        assert {path.stem for path in save_figures(folder, file_format)} == drawn | TABLES


def test_pictures_need_nothing_of_the_page(folder: Path) -> None:
    for path in save_figures(folder, "svg"):
        svg = path.read_text(encoding="utf-8")
        assert ElementTree.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"
        assert re.findall(r"var\(|currentColor", svg) == []


def test_pictures_for_screens_are_large_enough_for_print(folder: Path) -> None:
    for path in save_figures(folder, "png"):
        header = path.read_bytes()[:24]
        assert header.startswith(b"\x89PNG")
        assert int.from_bytes(header[16:20]) > 600


def test_the_numbers_are_those_that_the_run_keeps_unrounded(folder: Path) -> None:
    record = read_record(folder)
    files = {path.stem: table(path) for path in save_figures(folder, "csv")}
    assert [float(row["loss"]) for row in files["epochs"]] == [epoch.loss for epoch in record.epochs]
    right = sum(row.correct for row in record.predictions)
    assert float(files["result"][0]["exact_match"]) == right / len(record.predictions)
    assert len(files["wrong-answers"]) == len(record.predictions) - right
    for axis in ("by-terms", "first-number-by-second"):
        assert sum(int(row["n"]) for row in files[axis]) <= len(record.predictions)


@pytest.mark.parametrize("sign", list("&%$#_{}~^\\<>|"))
def test_no_sign_of_a_text_is_a_command_of_latex(sign: str) -> None:
    head, body = latex_table([{f"a{sign}": f"b{sign}c"}]).splitlines()[2:5:2]
    for text in (head, body):
        assert re.fullmatch(r"(?:[a-c ]|\\[&%$#_{}]|\\text[a-z]+\{\})+\\\\", text)


def test_what_would_steer_a_terminal_is_shown_in_tables_too() -> None:
    assert "\x1b" not in csv_table([{"answer": "\x1b[2J"}])
    assert "\n12" not in csv_table([{"answer": "3\n12"}])


def test_a_run_without_predictions_says_how_to_make_them(folder: Path) -> None:
    (folder / "predictions.jsonl").unlink()
    with pytest.raises(RunError, match="exprlearn evaluate"):
        save_figures(folder, "svg")
    assert not (folder / "figures").exists()


def test_a_place_that_is_taken_is_said(folder: Path) -> None:
    (folder / "figures").write_text("mine")
    with pytest.raises(RunError, match=re.escape(f"cannot write {folder / 'figures'}")):
        save_figures(folder, "csv")
    assert (folder / "figures").read_text() == "mine"
