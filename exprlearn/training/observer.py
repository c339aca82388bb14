"""What a training tells while it runs, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Sample:
    """A held-out expression as the model answers it now."""

    expression: str
    answer: str
    truth: str

    @property
    def correct(self) -> bool:
        """Tell whether the answer is the truth."""
        return self.answer == self.truth


@dataclass(frozen=True, kw_only=True)
class Header:
    """Everything that decides the result, told before the first epoch.

    Attributes:
        run: name of the run folder.
        versions: of Keras and the backend, in words.
        counts: examples of each split; 0 train examples mean an endless fresh stream.
        shared: held-out expressions, or commuted twins of them, found in training examples; always 0, and counted.
        source: an example's source row as the model reads it.
        target: its target row as the model writes it.
        parameters: trainable numbers of the model.
    """

    run: str
    grammar: str
    model: str
    backend: str
    versions: str
    seed: int
    counts: Mapping[str, int]
    shared: int
    expressions: int
    source: str
    target: str
    vocabulary_size: int
    parameters: int
    epochs: int


class Observer(Protocol):
    """Watches a training."""

    def started(self, header: Header) -> None:
        """Hear that everything is ready and the first compilation begins."""

    def epoch(self, record: Mapping[str, Any], samples: Sequence[Sample], *, best: bool) -> None:
        """Hear of a finished epoch: a line of metrics.jsonl and the fixed samples."""

    def noted(self, message: str) -> None:
        """Hear something worth a line."""

    def finished(self, reason: str) -> None:
        """Hear why training ended."""


class Silent:
    """An observer that says nothing."""

    def started(self, header: Header) -> None:
        """Say nothing."""

    def epoch(self, record: Mapping[str, Any], samples: Sequence[Sample], *, best: bool) -> None:
        """Say nothing."""

    def noted(self, message: str) -> None:
        """Say nothing."""

    def finished(self, reason: str) -> None:
        """Say nothing."""
