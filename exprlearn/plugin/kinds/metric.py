"""Metrics: how answers are scored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from exprlearn.plugin.spec import Kind, Spec, hookspec


class Metric(Protocol):
    """Scores decoded answers."""

    def score(self, answers: Sequence[str], truths: Sequence[str]) -> float:
        """Return the score over all items; higher is better unless the summary says otherwise."""


@dataclass(frozen=True, kw_only=True)
class MetricSpec(Spec):
    """A score of decoded answers."""

    kind: ClassVar[str] = "metric"
    make: Callable[[Any], Metric]


@hookspec
def exprlearn_metrics() -> Iterable[MetricSpec]:  # type: ignore[empty-body]
    """Yield metrics, for `--metric NAME`.

    A metric scores the answers that a model wrote against the true ones, both as text. Scores lie in 0..1, unless
    the summary says `lower is better`. Models write any text, so a metric must score any text.
    """


KIND = Kind(
    spec=MetricSpec,
    hook=exprlearn_metrics,
    component=Metric,
    example="last-digit",
    command="exprlearn train --metric {name}",
    page="judging",
)
