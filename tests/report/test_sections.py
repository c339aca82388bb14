from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from exprlearn.report import sections
from exprlearn.report.folder import read_folder
from exprlearn.runs.schema import Answered
from exprlearn.scoring import digit_accuracy, score


@given(st.integers(0, 500), st.integers(2, 50))
def test_thinning_keeps_the_order_and_both_ends(count: int, most: int) -> None:
    kept = sections.thinned(range(count), most)
    assert kept == sorted(set(kept))
    assert len(kept) == min(count, most)
    assert [kept[0], kept[-1]] == [0, count - 1] if count else kept == []


@given(st.text("0123-", max_size=9), st.text("0123-", min_size=1, max_size=9))
def test_the_marked_characters_are_the_ones_digit_accuracy_counts(answer: str, truth: str) -> None:
    marked = sections.marked(answer, truth)
    assert "".join(stretch for stretch, _ in marked) == answer
    right = sum(len(stretch) for stretch, is_right in marked if is_right)
    assert right / max(len(answer), len(truth)) == digit_accuracy([answer], [truth])


def test_the_best_epoch_is_shown_however_many_there_are(folder: Path) -> None:
    lines = [f'{{"epoch": {epoch}, "exact_match": {0.9 if epoch == 777 else 0.1}}}' for epoch in range(1, 2001)]
    (folder / "metrics.jsonl").write_text("\n".join(lines) + "\n")
    shown = sections.shown_epochs(read_folder(folder))
    assert len(shown) <= sections.MOST_EPOCHS + 1
    assert {1, 777, 2000} <= {epoch.epoch for epoch in shown}


def test_the_samples_are_columns_and_the_epochs_rows(folder: Path) -> None:
    rows = sections.sample_table(read_folder(folder).samples)
    assert [epoch for epoch, _ in rows] == list(range(1, 25))
    columns = {tuple(answer.expression for answer in answers) for _, answers in rows}
    assert [len(column) for column in columns] == [5]


def test_the_surest_mistakes_come_first(folder: Path) -> None:
    shown = sections.mistakes(read_folder(folder).predictions)
    assert not any(item.correct for item in shown)
    sureness = [item.probability or 0 for item in shown]
    assert sureness == sorted(sureness, reverse=True)


def test_mistakes_need_no_probability() -> None:
    rows = [Answered(expression="1+1", answer=answer, truth="2") for answer in ("2", "3", "4")]
    assert [item.stretches for item in sections.mistakes(rows)] == [[("3", False)], [("4", False)]]


def test_an_answer_too_long_to_show_is_clipped_and_marked_as_a_whole() -> None:
    item = Answered(expression="1+1", answer="1" * 99, truth="2" + "1" * 98)
    assert sections.answered(item, 10).stretches == [("1111111111… (89 more)", False)]


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
