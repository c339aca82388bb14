"""The README promises nothing that is not measured, and its picture shows what a model wrote."""

from __future__ import annotations

import re
from pathlib import Path

from picture import FILE, picture, shown_lines

from exprlearn import evaluate

PROJECT = Path(__file__).parents[2]


def test_every_number_of_the_table_stands_on_the_page_of_results() -> None:
    table = (PROJECT / "README.md").read_text(encoding="utf-8").partition("## What it reaches")[2]
    rows = [line for line in table.splitlines() if line.startswith("| ")][2:]
    numbers = re.findall(r"\d[\d .]*\d %|\([\d.–]+\)|\d+ s|\d[\d ]* weights", " ".join(rows))
    assert len(numbers) > 12
    results = (PROJECT / "docs" / "results.md").read_text(encoding="utf-8")
    assert [number for number in numbers if number not in results] == []


def test_the_picture_is_drawn_by_its_script_and_marks_answers_rightly() -> None:
    drawn = FILE.read_text(encoding="utf-8")
    command, *answers = shown_lines(drawn)
    assert picture([command, *answers]) == drawn
    asked = re.findall("'([^']+)'", command)
    assert [answer.split(" = ")[0] for answer in answers] == asked
    assert len(asked) > 2
    for answer in answers:
        *lines, last = answer.split(" = ")
        written, _, mark = last.partition("   ")
        assert (evaluate(lines[0]) == evaluate(written)) == mark.startswith("✓")
        assert len(lines) > 1
