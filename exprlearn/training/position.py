"""Where a training stands: what a checkpoint holds besides variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass
class Position:
    """Where a training stands.

    Attributes:
        epoch: epochs done.
        step: steps done of the epoch after them.
        loss: the losses of these steps, added up as float32.
        cursor: where the epoch after them begins in the stream.
        examples: examples that the epochs done were trained on.
        seconds: time spent.
        exact_match: on the validation split, after the last epoch done.
        best_epoch: the last epoch with the highest exact match, which later epochs with smaller steps may equal.
        improved_epoch: the first one, from which patience counts.
        best_exact_match: the highest exact match on the validation split.
        course: where the stages of a curriculum stand; empty without one, and before the first epoch.
    """

    epoch: int = 0
    step: int = 0
    loss: float = 0.0
    cursor: int = 0
    examples: int = 0
    seconds: float = 0.0
    exact_match: float = 0.0
    best_epoch: int = 0
    improved_epoch: int = 0
    best_exact_match: float = -1.0
    course: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Position:
        """Read a checkpoint's state; what an older one does not know begins at its default."""
        return cls(**{each.name: state[each.name] for each in fields(cls) if each.name in state})

    def end_epoch(self, *, cursor: int, examples: int, course: dict[str, Any]) -> None:
        """Stand behind the epoch, of so many examples, whose steps are all done."""
        self.epoch, self.step, self.loss = self.epoch + 1, 0, 0.0
        self.cursor, self.examples, self.course = cursor, self.examples + examples, course

    def judge_epoch(self, exact_match: float) -> None:
        """Note the exact match after the last epoch."""
        self.exact_match = exact_match
        if exact_match > self.best_exact_match:
            self.improved_epoch, self.best_exact_match = self.epoch, exact_match
        if exact_match == self.best_exact_match:
            self.best_epoch = self.epoch
