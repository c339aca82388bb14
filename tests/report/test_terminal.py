from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from exprlearn.report import Report, as_text, scores_view, show
from exprlearn.scoring import Group, Interval, Scores, percent, score, wilson

EXPRESSIONS = ["1+2", "2+2", "(9-4)*2", "8/2"]
TRUTHS = ["3", "4", "10", "4"]
SCORES = score(EXPRESSIONS, ["3", "4", "20", ""], TRUTHS)


def report(run: Path) -> Report:
    return Report(
        run=run,
        scores=SCORES,
        stopped_by="the target 0.97 was reached",
        epochs=24,
        examples=393216,
        seconds=84,
        page=run / "report.html",
        example="(9-4)*2",
    )


def test_the_table_shows_counts_intervals_digits_and_baselines() -> None:
    lines = as_text(scores_view(SCORES)).splitlines()
    assert lines[0].split() == ["test", "n", "exact", "95", "%", "digits"]
    assert lines[1].split() == ["all", "4", "50.0", "%", "15.0", "–", "85.0", "60.0", "%"]
    assert "  + " in lines[3]
    assert lines[-1] == "baselines  blank 0.0 %   most common answer 50.0 %   copy first number 0.0 %"


def test_an_axis_along_which_all_items_are_alike_is_left_out() -> None:
    text = as_text(scores_view(SCORES))
    assert "brackets" in text
    assert "digits of the longest number" not in text


@pytest.mark.parametrize("width", [60, 80])
def test_everything_is_there_in_a_narrow_terminal(width: int) -> None:
    groups = [Group("one of many words in a name of a group", wilson(1, 2), 0.5), Group("b", wilson(1, 2), 0.5)]
    scores = replace(SCORES, breakdown={"named": groups}, omitted={"metric": "a sentence of some words. " * 5})
    text = as_text(scores_view(scores), width=width)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    for name, share in scores.baselines.items():
        assert f"{name.replace('-', ' ')} {percent(share)}" in text
    assert text.split()[-9:] == " ".join(scores.omitted.values()).split()[-9:]


def test_what_was_asked_for_stands_below_the_table() -> None:
    scores = Scores(exact_match=wilson(1, 2), digit_accuracy=0.5, rmse=12.5, metrics={"length-error": 0.25})
    assert as_text(scores_view(scores)).splitlines()[-2:] == ["rmse          12.5", "length error  0.25"]


def test_markup_in_a_group_is_shown_as_it_is() -> None:
    groups = [Group("[red]2[/red]", Interval(1, 1, 1, 1), 1.0), Group("3", Interval(1, 1, 1, 1), 1.0)]
    scores = Scores(exact_match=wilson(2, 2), digit_accuracy=1.0, breakdown={"terms": groups})
    assert "[red]2[/red]" in as_text(scores_view(scores))


def test_a_report_ends_with_what_to_type_next() -> None:
    text = str(report(Path("runs/mixed-1")))
    assert text.splitlines()[-3:] == [
        "next     exprlearn predict '(9-4)*2' --run mixed-1",
        "         exprlearn report mixed-1 --open",
        "         exprlearn train --resume mixed-1",
    ]
    assert "stopped  the target 0.97 was reached (24 epochs, 393 216 examples, 1 min 24 s)" in text


def test_a_long_path_is_never_broken_or_cut() -> None:
    run = Path("somewhere") / ("long" * 50)
    file = io.StringIO()
    show(report(run), Console(file=file, width=60))
    assert str(run / "report.html") in file.getvalue()


def test_a_report_is_evaluates_document_and_how_training_went() -> None:
    document = report(Path("runs/mixed-1")).document()
    assert list(document)[:4] == ["format", "run", "split", "exact_match"]
    assert list(document)[-5:] == ["stopped_by", "epochs", "examples", "seconds", "report"]
    assert document["run"] == "mixed-1"
    assert document["report"] == "runs/mixed-1/report.html"


def test_a_notebook_shows_the_test_table() -> None:
    shown = report(Path("runs/mixed-1"))._repr_html_()
    assert shown.startswith("<table>")
    assert "50.0 %" in shown
