"""Stages: what a curriculum is made of, as light data that plugins write down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from exprlearn.errors import PluginError

ScheduleState = dict[str, Any]
"""Where a schedule stands, as plain data that JSON holds: it lies in every checkpoint."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A lesson: how its expressions differ from those of the run that is taught.

    A stage that says nothing but its name is the run's own task.

    Attributes:
        name: one line, different from the names of the other stages.
        grammar: keys of the section `[grammar]`, on top of the run's; with a `name` it begins from that grammar's own.
        constraints: names, or tables with options, as in `data.constraints`; they come on top of the run's.
        promote_at: the exact match that ends the stage, where a schedule promotes; None leaves it to the schedule.
        weight: how much of the training it takes beside the others, where a schedule weighs stages.

    Raises:
        PluginError: a name, a promotion or a weight that cannot be.

    >>> Stage(name="no carry", grammar={"terms": 2}, constraints=[{"name": "carries", "maximum": 0}]).weight
    1.0
    """

    name: str
    grammar: Mapping[str, Any] = field(default_factory=dict)
    constraints: Sequence[str | Mapping[str, Any]] = ()
    promote_at: float | None = None
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not self.name.strip() or "\n" in self.name:
            raise PluginError(f"the name of a stage must be one line, received {self.name!r}")
        if self.promote_at is not None and not 0 < self.promote_at <= 1:
            raise PluginError(
                f"stage '{self.name}': promote_at must lie above 0, at most 1, received {self.promote_at}"
            )
        if not 0 < self.weight < float("inf"):
            raise PluginError(f"stage '{self.name}': weight must be a number above 0, received {self.weight}")


@dataclass(frozen=True)
class StageResult:
    """How a stage's held-out expressions were answered after an epoch.

    Attributes:
        right: how many were answered right.
        count: how many were asked.
        whole: whether the stage holds out no others, so that the share of right ones is no estimate.
        independent: how many independent expressions tell as much, where some say the same; None for `count`.
    """

    right: int
    count: int
    whole: bool = False
    independent: float | None = None
