"""Run observers: what a training tells those who watch it, and what they must do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

from exprlearn.plugin.spec import Kind, Spec, hookspec


@dataclass(frozen=True)
class Sample:
    """A held-out expression as the model answers it now.

    Attributes:
        expression: what was asked.
        answer: what the model writes.
        truth: the exact answer.
        working: all that the model writes, answer included; blank where that is the answer alone.
    """

    expression: str
    answer: str
    truth: str
    working: str = ""

    @property
    def correct(self) -> bool:
        """Tell whether the answer is the truth."""
        return self.answer == self.truth

    def document(self) -> dict[str, Any]:
        """Return it as plain values, for JSON, with `correct`; a working only where there is one."""
        shown = {"expression": self.expression, "answer": self.answer, "truth": self.truth, "correct": self.correct}
        return {**shown, "working": self.working} if self.working else shown


@dataclass(frozen=True, kw_only=True)
class Header:
    """Everything that decides the result, told before the first epoch.

    Attributes:
        run: name of the run folder.
        grammar: its name, or that of the file of pairs.
        model: its name.
        backend: `tensorflow` or `jax`.
        versions: of Keras and the backend, in words.
        seed: the random seed of the run.
        counts: examples of each split; 0 train examples mean an endless fresh stream.
        shared: held-out expressions, or commutative duplicates of them, found in training; always 0, and counted.
        expressions: how many the space holds.
        source: an example's source row as the model reads it.
        target: its target row as the model writes it.
        vocabulary_size: ids of the vocabulary.
        parameters: trainable numbers of the model.
        epochs: how many are asked for in all.
        folder: the run folder, where observers may keep files of their own.
        config: every setting, as plain values.
        done: epochs that were done before; more than 0 when a run goes on.
        examples: how many of the expressions can be drawn under the constraints; None where nobody has counted.
        examples_said: whether that number is "exact", an "estimate", or a number that they are "at most".
        examples_between: how many there are at least and at most, with 95 % confidence, where it is an estimate.
        lines: lines of workings in which held-out expressions were looked for too; 0 where answers stand alone.
        left_out: training examples that were left out meanwhile, since their workings show one.
        split_by: how pairs that somebody brought were split, in words; blank where a grammar writes the expressions.
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
    folder: Path = Path()
    config: Mapping[str, Any] = field(default_factory=dict)
    done: int = 0
    examples: int | None = None
    examples_said: Literal["exact", "estimate", "at most"] = "exact"
    examples_between: tuple[int, int] = (0, 0)
    lines: int = 0
    left_out: int = 0
    split_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a run ended.

    Attributes:
        reason: why training ended; of a failure, what was raised.
        report: the document that `exprlearn train --json` prints, or None for a run that ended before it was evaluated.
    """

    reason: str
    report: Mapping[str, Any] | None = None


class RunObserver(Protocol):
    """Watches a run; what it raises is told once, and the run goes on without it."""

    def started(self, header: Header) -> None:
        """Hear that everything is ready and training begins, or goes on where `header.done` says."""

    def epoch(self, record: Mapping[str, Any], samples: Sequence[Sample], *, best: bool) -> None:
        """Hear of a finished epoch: a line of metrics.jsonl and the fixed samples."""

    def noted(self, message: str) -> None:
        """Hear something worth a line."""

    def finished(self, ending: Ending) -> None:
        """Hear how the run ended; it is the last call."""


@dataclass(frozen=True, kw_only=True)
class ObserverSpec(Spec):
    """What watches runs: it hears of the start, of every epoch and of the end.

    Attributes:
        make: returns the observer for its options; it touches nothing before a run has started.
    """

    kind: ClassVar[str] = "observer"
    make: Callable[[Any], RunObserver]


@hookspec
def exprlearn_observers() -> Iterable[ObserverSpec]:  # type: ignore[empty-body]
    """Yield run observers, for `--observer NAME`.

    An observer hears of the start of a run, of every epoch and of the end, as plain data. What it raises is told
    once, and the run goes on without it.
    """


KIND = Kind(
    spec=ObserverSpec,
    hook=exprlearn_observers,
    component=RunObserver,
    works_with={f"exprlearn.plugin:{name}": () for name in ("Header", "Sample", "Ending")},
    example="best-samples",
    command="exprlearn train --observer {name}",
    page="training",
)
