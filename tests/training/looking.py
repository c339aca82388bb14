"""A plugin of callbacks and a metric that a training goes by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from exprlearn.plugin import CallbackSpec, MetricSpec, hookimpl


class Ending:
    """Ends the training after the second epoch that it is told of, whoever trained the first."""

    def epoch(self, state: Any) -> str | None:
        assert state.answer(["1+2"])[0] is not None
        return f"seen {len(state.history)} epochs" if len(state.history) == 2 else None


class Failing:
    def epoch(self, state: Any) -> str | None:
        raise RuntimeError("no\nluck")


class Unfit:
    def measure(self, state: Any) -> dict[str, float]:
        return {"worth": float("nan")}

    def epoch(self, state: Any) -> None:
        """Let training go on."""


class Rising:
    """Rises each time that it is asked: lower is better, so that the first epoch stays the best."""

    asked = 0

    def score(self, answers: Sequence[str], truths: Sequence[str]) -> float:
        Rising.asked += 1
        return float(Rising.asked)


@hookimpl
def exprlearn_callbacks() -> Iterator[CallbackSpec]:
    for name, make in {"ending": Ending, "failing": Failing, "unfit": Unfit}.items():
        yield CallbackSpec(name=name, summary="Looks.", make=lambda options, make=make: make())


@hookimpl
def exprlearn_metrics() -> Iterator[MetricSpec]:
    yield MetricSpec(name="rising", summary="Counts; lower is better.", make=lambda options: Rising())
