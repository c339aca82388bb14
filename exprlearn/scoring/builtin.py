"""The built-in metrics, registered through the same hook as anybody's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from exprlearn.errors import DataError
from exprlearn.plugin import MetricSpec, NoOptions, hookimpl
from exprlearn.scoring.metrics import digit_accuracy, exact_match, length_error, root_mean_square_error

Function = Callable[[Sequence[str], Sequence[str]], float]


@dataclass(frozen=True)
class FunctionMetric:
    """A metric that is one function of answers and truths."""

    score: Function


def numeric_error(answers: Sequence[str], truths: Sequence[str]) -> float:
    """Return the RMSE; a `DataError` where a truth is not a number."""
    error = root_mean_square_error(answers, truths)
    if error is None:
        raise DataError("the metric 'rmse' needs answers that are numbers: choose another division.policy or metric")
    return error


@hookimpl
def exprlearn_metrics() -> Iterable[MetricSpec]:
    """Yield the built-in metrics."""
    for name, function, summary in (
        ("exact-match", exact_match, "Share of answers that are the truth, by text."),
        ("digit-accuracy", digit_accuracy, "Share of right characters, flush right."),
        ("rmse", numeric_error, "Root mean square error in the units of the answers; lower is better."),
        ("length-error", length_error, "Share of answers of the wrong length; lower is better."),
    ):
        yield MetricSpec(name=name, summary=summary, make=partial(_make, function))


def _make(function: Function, options: NoOptions) -> FunctionMetric:
    return FunctionMetric(function)
