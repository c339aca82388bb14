"""Callbacks: what looks at the model of a training, measures it, and may end the training."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

from exprlearn.plugin.spec import Kind, Spec, hookspec

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True, kw_only=True, eq=False)
class TrainingState:
    """Where a training stands after an epoch.

    Attributes:
        epoch: how many are done.
        model: the Keras model, to be looked at; what changes its weights makes the scores of the epoch untrue.
        optimizer: the Keras optimizer.
        history: the lines of metrics.jsonl, of every epoch that is done, in whichever process that was.
        folder: the run folder, where callbacks may keep files of their own.
        answer: lets the model answer expressions, as it would answer you.
        training_examples: returns the first so many training expressions, and their true answers.
    """

    epoch: int
    model: keras.Model
    optimizer: keras.Optimizer
    history: Sequence[Mapping[str, Any]]
    folder: Path
    answer: Callable[[Sequence[str]], list[str]]
    training_examples: Callable[[int], tuple[list[str], list[str]]]


class Callback(Protocol):
    """Looks at a training after every epoch; what it raises ends the training."""

    def epoch(self, state: TrainingState) -> str | None:
        """Return in one line why training is to end, or None to go on."""


@runtime_checkable
class Measuring(Protocol):
    """A callback that measures the model; its numbers stand in the epoch's line, beside those of metrics."""

    def measure(self, state: TrainingState) -> Mapping[str, float]:
        """Return finite numbers by name; the last line of `state.history` is that of the epoch before."""


@dataclass(frozen=True, kw_only=True)
class CallbackSpec(Spec):
    """What looks at a model while it is trained.

    Attributes:
        make: returns the callback for its options; it touches nothing before it is called.
    """

    kind: ClassVar[str] = "callback"
    make: Callable[[Any], Callback]


@hookspec
def exprlearn_callbacks() -> Iterable[CallbackSpec]:  # type: ignore[empty-body]
    """Yield callbacks, for `--callback NAME`.

    A callback sees the model after every epoch, may measure it, and may end the training; a run observer only hears
    of a run. It goes by the model and by the history of epochs, and remembers nothing else, so that a run that goes
    on is told the same. Where several processes train together, each of them asks it.
    """


KIND = Kind(
    spec=CallbackSpec,
    hook=exprlearn_callbacks,
    component=Callback,
    offers=(Measuring,),
    works_with={"exprlearn.plugin:TrainingState": ()},
    example="largest-weight",
    command="exprlearn train --callback {name}",
    page="training",
)
