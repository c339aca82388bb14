from __future__ import annotations

from pathlib import Path

from exprlearn.report.folder import read_folder
from exprlearn.report.page_sections import written_answers


def test_the_steps_of_an_answer_are_drawn_in_the_order_of_writing(folder: Path) -> None:
    row = read_folder(folder).written[0]
    shown = written_answers([row])[0]
    assert [token for _, token, _, _ in shown.steps] == [*reversed(row.answer), "<end>"]
    assert shown.back_to_front
    squares = shown.chart.spec["data"]["values"]
    assert len(squares) == sum(1 + len(step.others) for step in row.steps)
    assert {square["share"] for square in squares if square["note"] == "written"} == {s.probability for s in row.steps}


def test_an_answer_of_any_length_is_drawn_as_far_as_it_fits(folder: Path) -> None:
    row = read_folder(folder).written[0]
    long = row.model_copy(update={"steps": row.steps * 200})
    assert len(written_answers([long] * 50)) == 8
    assert len(written_answers([long])[0].steps) == 24


def test_an_answer_without_steps_is_passed_over(folder: Path) -> None:
    row = read_folder(folder).written[0].model_copy(update={"steps": []})
    assert written_answers([row]) == []
