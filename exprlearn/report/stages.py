"""What was known of each stage of a curriculum when training left a stage: the stage matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exprlearn.runs.schema import Epoch


@dataclass(frozen=True)
class StageMatrix:
    """Exact match by how far training was and what was asked.

    Attributes:
        stages: the stages asked.
        rows: the stage that was trained most until an epoch, that epoch, and the exact match of every stage after it.
    """

    stages: list[str]
    rows: list[tuple[str, int, list[float]]]


def stage_matrix(epochs: Sequence[Epoch]) -> StageMatrix | None:
    """Lay the results out by the last epoch in which each stage had the most examples; None without a curriculum."""
    staged = [epoch for epoch in epochs if epoch.stages]
    if not staged:
        return None
    until = {}
    for epoch in staged:
        most = max(epoch.stages, key=lambda stage: stage.examples)
        until[most.stage] = epoch
    rows = [(stage, epoch.epoch, _shares(epoch)) for stage, epoch in until.items()]
    return StageMatrix([stage.stage for stage in staged[0].stages], sorted(rows, key=lambda row: row[1]))


def _shares(epoch: Epoch) -> list[float]:
    return [stage.right / max(stage.count, 1) for stage in epoch.stages]
