"""Scores as an HTML table, as notebooks show them."""

from __future__ import annotations

from collections.abc import Iterator

from exprlearn.intervals import Interval, percent, span
from exprlearn.scoring.scores import Scores
from exprlearn.tables import html_table

HEADINGS = ("", "n", "exact", "95 %", "digits")


def scores_html(scores: Scores, caption: str = "") -> str:
    """Write exact match, its interval and digits: of all items, of the baselines, of every group of every axis.

    An axis along which all items are alike is left out.

    >>> from exprlearn.scoring import score
    >>> "<td>all</td><td>1</td><td>100.0 %</td>" in scores_html(score(["1+2"], ["3"], ["3"]))
    True
    """
    return html_table(HEADINGS, _rows(scores), caption=caption)


def _rows(scores: Scores) -> Iterator[tuple[str, ...]]:
    yield _row("all", scores.exact_match, scores.digit_accuracy)
    for name, value in scores.baselines.items():
        yield f"baseline: {name}", "", percent(value), "", ""
    for axis, groups in scores.breakdown.items():
        if len(groups) > 1:
            for group in groups:
                yield _row(f"{axis}: {group.group}", group.interval, group.digit_accuracy)


def _row(label: str, interval: Interval, digit_accuracy: float) -> tuple[str, ...]:
    return label, str(interval.count), percent(interval.value), span(interval), percent(digit_accuracy)
