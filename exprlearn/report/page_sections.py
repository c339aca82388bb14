"""What stands in each section of the page, as plain data: no section outgrows its share of the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, TypeVar

from exprlearn.report.charts import Chart, Point, Share, Square, heat_chart, lines_chart, shares_chart
from exprlearn.report.wording import clip, title
from exprlearn.runs.record import RunRecord
from exprlearn.runs.schema import AnsweredRow, EpochRow, SampleRow, Written
from exprlearn.scoring import Group, Scores
from exprlearn.scoring.mistakes import MISTAKES, MistakeGroup, WrongAnswer, mistake_groups
from exprlearn.scoring.wrong_steps import WrongStep
from exprlearn.working import spaced_lines

MOST_EPOCHS, MOST_SAMPLED_EPOCHS, MOST_SAMPLES = 120, 40, 12
#: Further metrics that have a chart.
MOST_METRICS = 8
MOST_GROUPS, MOST_MISTAKES, MOST_FACTS = 40, 40, 150
MOST_SAMPLED, MOST_CHARACTERS, MOST_TEXT = 60, 200, 30_000
MOST_WRITTEN, MOST_STEPS, MOST_SHOWN = 8, 24, 60
END = "<end>"
# Items that a group must have to be called the weakest.
ENOUGH = 20

Item = TypeVar("Item")


@dataclass(frozen=True)
class BreakdownAxis:
    """One way to split the test: its groups as a chart and as a table; `hidden` groups are left out."""

    title: str
    groups: list[Group]
    chart: Chart
    hidden: int


@dataclass(frozen=True)
class Answer:
    """An answer to an expression, as stretches that are right or wrong, beside the truth.

    Attributes:
        working: all that was written, line by line; blank where that is the answer alone.
        fault: what the first wrong line is; blank where there is none, or nobody has looked.
    """

    expression: str
    stretches: list[tuple[str, bool]]
    truth: str
    correct: bool
    probability: float | None
    working: str = ""
    fault: str = ""


@dataclass(frozen=True)
class StageMatrix:
    """Exact match of every stage after an epoch, each row with the stage that was trained most until then."""

    stages: list[str]
    rows: list[tuple[str, int, list[float]]]


@dataclass(frozen=True)
class WrittenAnswer:
    """One answer: as marked text, as a heat map, and as a table.

    Attributes:
        steps: for each step its number, the token written with its probability, and the others.
    """

    answer: Answer
    chart: Chart
    steps: list[tuple[int, str, float, list[tuple[str, float]]]]
    back_to_front: bool


def thin(items: Sequence[Item], most: int) -> list[Item]:
    """Keep at most `most` items, evenly spread, the first and the last among them.

    >>> thin(range(10), 4)
    [0, 3, 6, 9]
    """
    if len(items) <= most:
        return list(items)
    return [items[round(position * (len(items) - 1) / (most - 1))] for position in range(most)]


def shown_epochs(folder: RunRecord) -> list[EpochRow]:
    """Choose the epochs of the table: evenly spread, the best one always among them."""
    chosen = {epoch.epoch: epoch for epoch in thin(folder.epochs, MOST_EPOCHS)}
    if folder.best is not None:
        chosen[folder.best.epoch] = folder.best
    return [chosen[number] for number in sorted(chosen)]


def headline_chart(scores: Scores) -> Chart:
    """Draw the model above the baselines."""
    exact = scores.exact_match
    model = Share("this model", exact.value, exact.low, exact.high)
    return shares_chart([model, *(Share(title(name), value) for name, value in scores.baselines.items())])


def right_points(epochs: Sequence[EpochRow]) -> list[Point]:
    """Return exact match and digits of each epoch."""
    exact = [Point("exact match", row.epoch, row.exact_match) for row in epochs]
    return exact + [Point("digits", row.epoch, row.digit_accuracy) for row in epochs]


def loss_points(epochs: Sequence[EpochRow]) -> list[Point]:
    """Return the loss of each epoch."""
    return [Point("loss", row.epoch, row.loss) for row in epochs]


def right_chart(points: Sequence[Point]) -> Chart:
    """Draw how exact match and digits rise."""
    return lines_chart(points, x="epoch", y="right", shares=True, names=("exact match", "digits"))


def loss_chart(points: Sequence[Point]) -> Chart:
    """Draw how the loss falls."""
    return lines_chart(points, x="epoch", y="loss", shares=False, names=("loss",))


def learning_charts(epochs: Sequence[EpochRow]) -> list[tuple[str, Chart]]:
    """Draw how exact match and digits rose and how the loss fell: pairs of a title and a chart."""
    rows = thin(epochs, MOST_EPOCHS)
    right, loss = right_points(rows), loss_points(rows)
    charts = []
    if any(point.y is not None for point in right):
        charts.append(("Right answers on held-out expressions", right_chart(right)))
    if any(point.y is not None for point in loss):
        charts.append(("Loss in training", loss_chart(loss)))
    return [*charts, *metric_charts(rows)]


def metric_charts(epochs: Sequence[EpochRow]) -> list[tuple[str, Chart]]:
    """Draw each further metric of the epochs, shares beside exact match: pairs of a title and a chart."""
    charts = []
    for name in list(dict.fromkeys(name for row in epochs for name in row.metrics))[:MOST_METRICS]:
        points = [Point(name, row.epoch, row.metrics.get(name)) for row in epochs]
        shares = all(point.y is None or 0 <= point.y <= 1 for point in points)
        exact = [Point("exact match", row.epoch, row.exact_match) for row in epochs] if shares else []
        charts.append(
            (
                f"{title(name).capitalize()} after each epoch",
                lines_chart(points + exact, x="epoch", y=name, shares=shares),
            )
        )
    return charts


def axes(scores: Scores) -> Iterator[BreakdownAxis]:
    """Draw and list each axis along which the items differ."""
    for name, groups in scores.breakdown.items():
        if len(groups) > 1:
            shown = list(groups[:MOST_GROUPS])
            rows = [Share(g.group, g.interval.value, g.interval.low, g.interval.high) for g in shown]
            yield BreakdownAxis(title(name), shown, shares_chart(rows), len(groups) - len(shown))


def weakest(scores: Scores) -> tuple[str, Group] | None:
    """Find where a model is weakest: an axis and its group of enough items that is surely below the whole."""
    low = scores.exact_match.low
    groups = [
        (axis, group)
        for axis, groups in scores.breakdown.items()
        for group in groups
        if group.interval.count >= ENOUGH and group.interval.high < low
    ]
    return min(groups, key=lambda found: found[1].interval.value, default=None)


def mark_answer(answer: str, truth: str) -> list[tuple[str, bool]]:
    """Cut an answer into stretches that are right or wrong, both texts laid flush right.

    >>> mark_answer("1657", "1557")
    [('1', True), ('6', False), ('57', True)]
    """
    surplus = max(len(answer) - len(truth), 0)
    right = [False] * surplus + [a == t for a, t in zip(answer[surplus:], truth[-len(answer) :], strict=False)]
    stretches = groupby(zip(answer, right, strict=True), key=lambda pair: pair[1])
    return [("".join(character for character, _ in pairs), is_right) for is_right, pairs in stretches]


def show_answer(item: AnsweredRow, most: int) -> Answer:
    """Mark an answer's wrong characters; one longer than `most` characters is clipped and marked as a whole."""
    fits = max(len(item.answer), len(item.truth)) <= most
    stretches = mark_answer(item.answer, item.truth) if fits else [(clip(item.answer, most), item.correct)]
    shown = Answer(clip(item.expression, most), stretches, clip(item.truth, most), item.correct, item.probability)
    if item.working == item.answer:
        return shown
    fault = item.check and item.check.fault
    working = clip(spaced_lines(item.working), MOST_CHARACTERS)
    return replace(shown, working=working, fault=clip(str(fault), MOST_CHARACTERS) if fault else "")


def sample_table(samples: Sequence[SampleRow]) -> list[tuple[int, list[Answer]]]:
    """Lay the fixed samples out: pairs of an epoch and its answers, in the order of the first epoch."""
    by_epoch = [(epoch, list(rows)[:MOST_SAMPLES]) for epoch, rows in groupby(samples, key=lambda row: row.epoch)]
    return [
        (epoch, [show_answer(sample, MOST_SAMPLED) for sample in rows])
        for epoch, rows in thin(by_epoch, MOST_SAMPLED_EPOCHS)
    ]


def mistakes(predictions: Sequence[AnsweredRow]) -> list[Answer]:
    """Choose wrong answers to show, those the model was surest of first."""
    wrong = [item for item in predictions if not item.correct]
    surest = sorted(wrong, key=lambda item: -(item.probability or 0.0))[:MOST_MISTAKES]
    return [show_answer(item, MOST_CHARACTERS) for item in surest]


def named_mistakes(predictions: Sequence[AnsweredRow]) -> list[MistakeGroup]:
    """Put the wrong answers together that run folders name the mistake of, the most frequent first."""
    named = [item for item in predictions if not item.correct and item.mistake in MISTAKES]
    return mistake_groups([_wrong(item) for item in named], names=[str(item.mistake) for item in named])


def mistakes_chart(groups: Sequence[MistakeGroup]) -> Chart:
    """Draw which share of the wrong answers each mistake has."""
    rows = [Share(group.name, group.share.value, group.share.low, group.share.high) for group in groups]
    return shares_chart(rows, "share of the wrong answers")


def _wrong(item: AnsweredRow) -> WrongAnswer:
    step = None if item.wrong_step is None else WrongStep(**item.wrong_step.model_dump())
    return WrongAnswer(item.expression, item.answer, item.truth, item.probability, step)


def stage_matrix(epochs: Sequence[EpochRow]) -> StageMatrix | None:
    """Lay the results out by the last epoch in which each stage had the most examples; None without a curriculum."""
    staged = [epoch for epoch in epochs if epoch.stages]
    if not staged:
        return None
    until = {max(epoch.stages, key=lambda stage: stage.examples).stage: epoch for epoch in staged}
    rows = [
        (stage, epoch.epoch, [stage.right / max(stage.count, 1) for stage in epoch.stages])
        for stage, epoch in until.items()
    ]
    return StageMatrix([stage.stage for stage in staged[0].stages], sorted(rows, key=lambda row: row[1]))


def written_answers(rows: Sequence[Written]) -> list[WrittenAnswer]:
    """Draw the first few of the answers that a run folder tells the steps of."""
    found = []
    for row in rows[:MOST_WRITTEN]:
        steps = [
            (number, step.chosen, step.probability, step.others)
            for number, step in enumerate(row.steps[:MOST_STEPS], start=1)
        ]
        if steps:
            found.append(WrittenAnswer(show_answer(row, MOST_SHOWN), _draw_steps(steps), steps, row.back_to_front))
    return found


def _draw_steps(steps: Sequence[tuple[int, str, float, Sequence[tuple[str, float]]]]) -> Chart:
    """Draw steps as columns and tokens as rows; the darker a square, the more probable its token."""
    columns = [f"{number}: {chosen}" for number, chosen, *_ in steps]
    squares = [
        Square(column, token, share, "written" if token == chosen else "not written")
        for column, (_, chosen, probability, others) in zip(columns, steps, strict=True)
        for token, share in ((chosen, probability), *others)
    ]
    tokens = sorted({square.row for square in squares}, key=_token_order)
    return heat_chart(squares, columns, tokens, across="step: what it wrote", down="token", measure="probability")


def _token_order(token: str) -> tuple[bool, bool, str]:
    return token == END, not token[:1].isdigit(), token


def facts(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Flatten a JSON document into lines of a dotted key and a value.

    >>> facts({"seed": 0, "versions": {"keras": "3.15"}, "plugins": []})
    [('seed', '0'), ('versions.keras', '3.15'), ('plugins', 'none')]
    """
    return [(key, clip(value, MOST_CHARACTERS)) for key, value in _flat("", document)][:MOST_FACTS]


def _flat(key: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _flat(f"{key}.{name}" if key else str(name), inner)
    elif isinstance(value, list) and any(isinstance(inner, dict | list) for inner in value):
        for position, inner in enumerate(value):
            yield from _flat(f"{key}.{position}", inner)
    elif isinstance(value, list | Mapping):
        yield key, ", ".join(map(str, value)) or "none"
    else:
        yield key, "none" if value is None else str(value)
