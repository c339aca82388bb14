"""Where a training stands: what a checkpoint holds besides variables."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from exprlearn.errors import CheckpointError
from exprlearn.runs.run_files import fault
from exprlearn.runs.schema import Count, Finite


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

    epoch: Count = 0
    step: Count = 0
    loss: Finite = 0.0
    cursor: Annotated[int, Field(ge=0)] = 0
    examples: Count = 0
    seconds: Finite = 0.0
    exact_match: Finite = 0.0
    best_epoch: Count = 0
    improved_epoch: Count = 0
    best_exact_match: Finite = -1.0
    course: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, state: Any) -> Position:
        """Read a checkpoint's state; what an older one does not know begins at its default.

        Raises:
            CheckpointError: something is of another type, or cannot be.
        """
        try:
            return _reader().validate_python(state)
        except ValidationError as error:
            raise CheckpointError(f"where its training stands cannot be read: {fault(error)}") from None

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


@cache
def _reader() -> TypeAdapter[Position]:
    return TypeAdapter(Position)
