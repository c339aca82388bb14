"""How chosen answers were written, step by step: what the network thought of each token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exprlearn.report.charts import Chart
from exprlearn.report.heat import Square, heat_chart
from exprlearn.report.sections import Answer, answered
from exprlearn.runs.schema import Written

MOST_WRITTEN, MOST_STEPS, MOST_CHARACTERS = 8, 24, 60
END = "<end>"


@dataclass(frozen=True)
class WrittenAnswer:
    """One answer: as marked text, as a heat map, and as a table.

    Attributes:
        answer: the marked answer.
        chart: every step's most probable tokens.
        steps: for each step its number, the token written with its probability, and the others.
        back_to_front: whether the last character was written first.
    """

    answer: Answer
    chart: Chart
    steps: list[tuple[int, str, float, list[tuple[str, float]]]]
    back_to_front: bool


def written_answers(rows: Sequence[Written]) -> list[WrittenAnswer]:
    """Draw the first few of the answers that a run folder tells the steps of."""
    return [_drawn(row) for row in rows[:MOST_WRITTEN] if row.steps]


def _drawn(row: Written) -> WrittenAnswer:
    steps = [
        (number, step.chosen, step.probability, step.others)
        for number, step in enumerate(row.steps[:MOST_STEPS], start=1)
    ]
    return WrittenAnswer(answered(row, MOST_CHARACTERS), steps_chart(steps), steps, row.back_to_front)


def steps_chart(steps: Sequence[tuple[int, str, float, Sequence[tuple[str, float]]]]) -> Chart:
    """Draw steps as columns and tokens as rows; the darker a square, the more probable its token."""
    columns = [f"{number}: {chosen}" for number, chosen, *_ in steps]
    squares = [
        Square(column, token, share, "written" if token == chosen else "not written")
        for column, (_, chosen, probability, others) in zip(columns, steps, strict=True)
        for token, share in ((chosen, probability), *others)
    ]
    tokens = sorted({square.row for square in squares}, key=_place)
    return heat_chart(squares, columns, tokens, across="step: what it wrote", down="token", measure="probability")


def _place(token: str) -> tuple[bool, bool, str]:
    return token == END, not token[:1].isdigit(), token
