"""What `evaluate` prints beside the test table: mistakes by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from exprlearn.cli.output import echo, print_table

if TYPE_CHECKING:
    from exprlearn.scoring.mistakes import MistakeGroup, WrongAnswer

#: Examples of each name that are printed.
SHOWN = 3
#: Wrong answers of a whole space that are named; more would fill the memory.
MOST_NAMED = 100_000


def print_mistakes(groups: Sequence[MistakeGroup]) -> None:
    """Print how many mistakes of each name there are, then examples of each with the step that went wrong."""
    from exprlearn.report.wording import counted, title
    from exprlearn.scoring import percent, span

    if not groups:
        echo("\nno mistakes to name")
        return
    echo()
    columns = ("mistake", "n", "of wrong", "95 %", "p written", "p right", "what it is")
    rows = [
        (
            title(group.name),
            counted(group.count),
            percent(group.share.value),
            span(group.share),
            _mean(group.chosen_probability),
            _mean(group.right_probability),
            group.summary,
        )
        for group in groups
    ]
    print_table(columns, rows, right=columns[1:6], fold=("what it is",))
    echo()
    print_table(
        ("mistake", "expression", "answer", "exact", "step that went wrong"),
        [
            (title(group.name), item.expression, item.answer, item.truth, _step(item))
            for group in groups
            for item in group.examples[:SHOWN]
        ],
    )


def _step(item: WrongAnswer) -> str:
    if item.step is None:
        return "–"
    step = item.step
    wrote, right = f"{step.chosen} {step.chosen_probability:.3f}", f"{step.right} {step.right_probability:.3f}"
    return f"{step.step}: wrote {wrote}, right {right}"


def _mean(probability: float | None) -> str:
    return "–" if probability is None else f"{probability:.3f}"
