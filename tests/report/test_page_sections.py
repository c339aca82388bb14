from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from exprlearn.report import page_sections as sections
from exprlearn.report.page import write_page
from exprlearn.runs.record import read_record
from exprlearn.runs.schema import AnsweredRow, EpochRow
from exprlearn.scoring import digit_accuracy, score


@given(st.integers(0, 500), st.integers(2, 50))
def test_thinning_keeps_the_order_and_both_ends(count: int, most: int) -> None:
    kept = sections.thin(range(count), most)
    assert kept == sorted(set(kept))
    assert len(kept) == min(count, most)
    assert [kept[0], kept[-1]] == [0, count - 1] if count else kept == []


@given(st.text("0123-", max_size=9), st.text("0123-", min_size=1, max_size=9))
def test_the_marked_characters_are_the_ones_digit_accuracy_counts(answer: str, truth: str) -> None:
    marked = sections.mark_answer(answer, truth)
    assert "".join(stretch for stretch, _ in marked) == answer
    right = sum(len(stretch) for stretch, is_right in marked if is_right)
    assert right / max(len(answer), len(truth)) == digit_accuracy([answer], [truth])


def test_the_best_epoch_is_shown_however_many_there_are(folder: Path) -> None:
    lines = [f'{{"epoch": {epoch}, "exact_match": {0.9 if epoch == 777 else 0.1}}}' for epoch in range(1, 2001)]
    (folder / "metrics.jsonl").write_text("\n".join(lines) + "\n")
    shown = sections.shown_epochs(read_record(folder))
    assert len(shown) <= sections.MOST_EPOCHS + 1
    assert {1, 777, 2000} <= {epoch.epoch for epoch in shown}


def test_the_samples_are_columns_and_the_epochs_rows(folder: Path) -> None:
    rows = sections.sample_table(read_record(folder).samples)
    assert [epoch for epoch, _ in rows] == list(range(1, 25))
    columns = {tuple(answer.expression for answer in answers) for _, answers in rows}
    assert [len(column) for column in columns] == [5]


def test_the_surest_mistakes_come_first(folder: Path) -> None:
    shown = sections.mistakes(read_record(folder).predictions)
    assert not any(item.correct for item in shown)
    sureness = [item.probability or 0 for item in shown]
    assert sureness == sorted(sureness, reverse=True)


def test_mistakes_need_no_probability() -> None:
    rows = [AnsweredRow(expression="1+1", answer=answer, truth="2") for answer in ("2", "3", "4")]
    assert [item.stretches for item in sections.mistakes(rows)] == [[("3", False)], [("4", False)]]


def test_an_answer_too_long_to_show_is_clipped_and_marked_as_a_whole() -> None:
    item = AnsweredRow(expression="1+1", answer="1" * 99, truth="2" + "1" * 98)
    assert sections.show_answer(item, 10).stretches == [("1111111111… (89 more)", False)]


def test_an_axis_with_many_groups_says_how_many_it_hides() -> None:
    truths = ["1" * length for length in range(1, 101)]
    (axis,) = sections.axes(score(["1+1"] * 100, truths, truths))
    assert (axis.title, len(axis.groups), axis.hidden) == ("characters of the answer", 40, 60)


def test_facts_reach_into_lists_of_tables() -> None:
    document: dict[str, object] = {"plugins": [{"name": "a"}, {"name": "b"}], "empty": {}, "nothing": None}
    assert sections.facts(document) == [
        ("plugins.0.name", "a"),
        ("plugins.1.name", "b"),
        ("empty", "none"),
        ("nothing", "none"),
    ]


def stages(*numbers: tuple[int, int]) -> list[dict[str, Any]]:
    """Write stages of 100 held-out expressions, each with its training examples and right answers."""
    return [
        {"stage": name, "examples": examples, "right": right, "count": 100}
        for name, (examples, right) in zip(("<easy>", "hard"), numbers, strict=True)
    ]


ROWS = [stages((90, 40), (10, 0)), stages((90, 97), (10, 5)), stages((20, 99), (80, 60))]


def test_the_matrix_has_a_row_for_each_stage_at_the_last_epoch_it_was_trained_most() -> None:
    matrix = sections.stage_matrix([EpochRow(epoch=place, stages=row) for place, row in enumerate(ROWS, start=1)])
    assert matrix is not None
    assert matrix.stages == ["<easy>", "hard"]
    assert matrix.rows == [("<easy>", 2, [0.97, 0.05]), ("hard", 3, [0.99, 0.6])]


def test_without_a_curriculum_there_is_no_matrix(folder: Path) -> None:
    assert sections.stage_matrix(read_record(folder).epochs) is None
    assert '<h2 id="stages"' not in write_page(folder).read_text(encoding="utf-8")


def test_the_page_shows_the_matrix(folder: Path) -> None:
    file = folder / "metrics.jsonl"
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    staged = [{**line, "stages": ROWS[min(place, 2)]} for place, line in enumerate(lines)]
    file.write_text("".join(json.dumps(line) + "\n" for line in staged), encoding="utf-8")
    page = write_page(folder).read_text(encoding="utf-8")
    assert '<h2 id="stages"' in page
    assert "&lt;easy&gt;" in page
    assert "<easy>" not in page


def test_the_steps_of_an_answer_are_drawn_in_the_order_of_writing(folder: Path) -> None:
    row = read_record(folder).written[0]
    shown = sections.written_answers([row])[0]
    assert [token for _, token, _, _ in shown.steps] == [*reversed(row.answer), "<end>"]
    assert shown.back_to_front
    squares = shown.chart.spec["data"]["values"]
    assert len(squares) == sum(1 + len(step.others) for step in row.steps)
    assert {square["share"] for square in squares if square["note"] == "written"} == {s.probability for s in row.steps}


def test_an_answer_of_any_length_is_drawn_as_far_as_it_fits(folder: Path) -> None:
    row = read_record(folder).written[0]
    long = row.model_copy(update={"steps": row.steps * 200})
    assert len(sections.written_answers([long] * 50)) == 8
    assert len(sections.written_answers([long])[0].steps) == 24


def test_an_answer_without_steps_is_passed_over(folder: Path) -> None:
    row = read_record(folder).written[0].model_copy(update={"steps": []})
    assert sections.written_answers([row]) == []
