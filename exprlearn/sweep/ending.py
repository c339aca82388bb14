"""How a trial ended: with a result, stopped as hopeless, or failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from exprlearn.scoring import Interval
from exprlearn.sweep.trial import Result, Trial

FORMAT: Final = 1

State = Literal["done", "stopped", "failed"]


class Failure(BaseModel):
    """A trial that failed, each time it was tried.

    Attributes:
        format: of the file.
        trial: its name.
        settings: what is varied.
        said: what went wrong, in one line.
        is_expected: whether exprlearn foresaw it.
        trace: where it was raised; empty when the process was lost.
    """

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    trial: str
    settings: dict[str, Any]
    said: str
    is_expected: bool
    trace: str


@dataclass(frozen=True)
class End:
    """How a trial ended.

    Attributes:
        trial: which.
        state: whether it went to its end, was stopped as hopeless, or failed.
        result: what it came to; None when it failed.
        failure: why it failed; None when it did not.
        until: the epoch after which it was stopped; None when it went to its end.
    """

    trial: Trial
    state: State
    result: Result | None = None
    failure: Failure | None = None
    until: int | None = None

    @property
    def exact_match(self) -> Interval:
        """Return exact match on the validation split, until it ended; of no trial that failed."""
        assert self.result is not None
        return self.result.exact_match(self.until)

    @property
    def curve(self) -> list[float]:
        """Return exact match on the validation split after each epoch until it ended; nothing of one that failed."""
        return self.result.curve[: self.until] if self.result else []

    @property
    def epochs(self) -> int:
        """Return the epochs that count."""
        return len(self.curve)
