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

    @property
    def is_lower_better(self) -> bool:
        """Tell whether a lower score is a better one, as the summary says."""
        return "lower is better" in self.summary


@hookspec
def exprlearn_metrics() -> Iterable[MetricSpec]:  # type: ignore[empty-body]
    """Yield metrics, for `--metric NAME`.

    A metric scores the answers that a model wrote against the true ones, both as text. Scores lie in 0..1, unless
    the summary says `lower is better`. Models write any text, so a metric must score any text. Metrics are computed
    after every epoch; `--monitor NAME` makes one of them decide on the best epoch, on patience and on the target.
    """


KIND = Kind(
    spec=MetricSpec,
    hook=exprlearn_metrics,
    component=Metric,
    example="last-digit",
    command="exprlearn train --metric {name}",
    page="evaluation",
)
