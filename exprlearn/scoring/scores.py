"""All that is said about a model on one split: as an object, as JSON, and as a table for notebooks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from exprlearn.arithmetic.operators import Operators
from exprlearn.dataset import canonical_forms
from exprlearn.decoding.framings import FRAMINGS
from exprlearn.errors import PluginError
from exprlearn.intervals import Interval, percent, span
from exprlearn.plugin import Metric
from exprlearn.plugin.kinds.model import Framing
from exprlearn.scoring.baselines import baselines
from exprlearn.scoring.breakdown import Axis, Group, breakdown
from exprlearn.scoring.metrics import (
    Distance,
    Lengths,
    WorkingScores,
    digit_accuracy,
    distance,
    estimate_exact_match,
    lengths,
    root_mean_square_error,
    score_workings,
)
from exprlearn.tables import html_table
from exprlearn.working import WorkingCheck

#: Of the JSON document.
FORMAT = 1
COLUMNS = ("", "n", "exact", "95 %", "digits")


@dataclass(frozen=True, kw_only=True)
class Scores:
    """Everything said about decoded answers; exact match, with its interval, is the headline.

    Attributes:
        rmse: root mean square error in the units of the answers, for models that answer with a number.
        distance: how far off the answers are as numbers; None where answers are none.
        baselines: exact match of models that know nothing, by name.
        breakdown: the groups of every axis.
        omitted: baselines that there are none of, each with the reason.
        workings: how far the workings are right; None where answers stand alone.
    """

    exact_match: Interval
    digit_accuracy: float
    rmse: float | None = None
    distance: Distance | None = None
    lengths: Lengths | None = None
    baselines: Mapping[str, float] = field(default_factory=dict)
    breakdown: Mapping[str, Sequence[Group]] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    omitted: Mapping[str, str] = field(default_factory=dict)
    workings: WorkingScores | None = None

    @property
    def best_baseline(self) -> str:
        """Name the baseline that is hardest to beat, as the page of a run does; blank when there are none."""
        return max(self.baselines, key=lambda name: self.baselines[name], default="")


def score(
    expressions: Sequence[str],
    answers: Sequence[str],
    truths: Sequence[str],
    *,
    metrics: Mapping[str, Metric] | Iterable[tuple[str, Metric]] = (),
    common_answer: str | None = None,
    further_baselines: Mapping[str, Callable[[Sequence[str]], Sequence[str]]] | None = None,
    omitted: Mapping[str, str] | None = None,
    framing: Framing = "teacher-forced",
    axes: Mapping[str, Axis] | None = None,
    checks: Sequence[WorkingCheck | None] = (),
    operators: Operators = (),
) -> Scores:
    """Score the answers that a model wrote, never logits: text against text; nothing to score is a `DataError`.

    Args:
        expressions: n expressions.
        answers: what the model wrote for them.
        truths: what is right.
        metrics: further metrics, by name.
        common_answer: the most common answer of the training data, for the baseline.
        further_baselines: models that know a little, by name: from expressions to answers.
        omitted: baselines that there are none of, each with the reason.
        framing: `mapping` models get an RMSE as well.
        axes: further ways to split the test, by name.
        checks: what was found of the workings, one for each answer; none, or one that is None, where there are none.
        operators: those of plugins that expressions are read with.

    >>> scores = score(["1+2", "2+2"], ["3", "5"], ["3", "4"])
    >>> scores.exact_match.value, scores.digit_accuracy, scores.baselines["blank"]
    (0.5, 0.5, 0.0)
    """
    if not len(expressions) == len(answers) == len(truths):
        raise ValueError(f"{len(expressions)} expressions, {len(answers)} answers and {len(truths)} truths")
    forms = canonical_forms(expressions, operators)
    return Scores(
        exact_match=estimate_exact_match(answers, truths, forms),
        digit_accuracy=digit_accuracy(answers, truths),
        rmse=root_mean_square_error(answers, truths) if FRAMINGS[framing].answers_numbers else None,
        distance=distance(answers, truths),
        lengths=lengths(answers, truths),
        baselines=baselines(expressions, truths, common_answer, further_baselines),
        breakdown=breakdown(expressions, answers, truths, axes, forms),
        metrics=compute_metrics(dict(metrics), answers, truths),
        omitted=dict(omitted or {}),
        workings=score_workings(found, forms)
        if len(found := [each for each in checks if each]) == len(forms)
        else None,
    )


def compute_metrics(metrics: Mapping[str, Metric], answers: Sequence[str], truths: Sequence[str]) -> dict[str, float]:
    """Score answers by every metric; a `PluginError` names one whose score is not a number.

    >>> from exprlearn.scoring.metrics import length_error
    >>> from types import SimpleNamespace
    >>> compute_metrics({"length-error": SimpleNamespace(score=length_error)}, ["46", "15"], ["47", "155"])
    {'length-error': 0.5}
    """
    scores = {name: float(metric.score(answers, truths)) for name, metric in metrics.items()}
    for name, value in scores.items():
        if not math.isfinite(value):
            raise PluginError(f"the metric '{name}' scores {value}, which is not a number: leave it out, or fix it")
    return scores


def scores_document(scores: Scores, run: str, split: str) -> dict[str, Any]:
    """Write scores with fixed keys, `format` first; `rmse`, `metrics` and the like only where there are some.

    >>> list(scores_document(score(["1+2"], ["3"], ["3"]), "addition-1", "test"))[:7]
    ['format', 'run', 'split', 'exact_match', 'digit_accuracy', 'baselines', 'breakdown']
    """
    optional = {
        "value_error": scores.distance and asdict(scores.distance),
        "length_error": scores.lengths and asdict(scores.lengths),
        "omitted_baselines": dict(scores.omitted),
        "rmse": scores.rmse,
        "metrics": dict(scores.metrics),
        "working": scores.workings and scores.workings.document(),
    }
    return {
        "format": FORMAT,
        "run": run,
        "split": split,
        "exact_match": asdict(scores.exact_match),
        "digit_accuracy": scores.digit_accuracy,
        "baselines": dict(scores.baselines),
        "breakdown": {
            axis: [{"group": group.group, **asdict(group.interval)} for group in groups]
            for axis, groups in scores.breakdown.items()
        },
        **{key: value for key, value in optional.items() if value is not None and value != {}},
    }


def scores_html(scores: Scores, caption: str = "") -> str:
    """Write exact match, its interval and digits: of all items, of the baselines, of every group of every axis.

    An axis along which all items are alike is left out.

    >>> "<td>all</td><td>1</td><td>100.0 %</td>" in scores_html(score(["1+2"], ["3"], ["3"]))
    True
    """
    return html_table(COLUMNS, _rows(scores), caption=caption)


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
