"""Specs: the light, frozen descriptions of components that registration hooks yield."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from exprlearn.errors import PluginError
from exprlearn.plugin.options import NoOptions, Options

if TYPE_CHECKING:
    import keras
    import typer

    from exprlearn.plugin.observing import RunObserver
    from exprlearn.plugin.protocols import (
        Constraint,
        Curriculum,
        Division,
        Engine,
        Metric,
        Padding,
        Reversal,
        Schedule,
        Tokenizer,
    )
    from exprlearn.plugin.shape import Shape

Framing = Literal["mapping", "sequence", "teacher-forced"]

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class Spec:
    """One component.

    Attributes:
        name: lower-case words joined by `-`.
        summary: one sentence for listings.
        options: the model of its options.

    Raises:
        PluginError: the name or the summary is not of that form.
    """

    kind: ClassVar[str]
    name: str
    summary: str
    options: type[Options] = NoOptions

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise PluginError(f"{self.name!r} is no component name: write lower-case words joined by '-'")
        if not self.summary or "\n" in self.summary:
            raise PluginError(f"the summary of {self.kind} '{self.name}' must be one line")


@dataclass(frozen=True, kw_only=True)
class GrammarSpec(Spec):
    """A grammar by name.

    Attributes:
        text: returns the Lark file's text; called when the grammar is used.
    """

    kind: ClassVar[str] = "grammar"
    text: Callable[[], str]


@dataclass(frozen=True, kw_only=True)
class ConstraintSpec(Spec):
    """A rule that keeps or drops expressions.

    Attributes:
        make: returns the constraint for its options.
    """

    kind: ClassVar[str] = "constraint"
    make: Callable[[Any], Constraint]


@dataclass(frozen=True, kw_only=True)
class DivisionSpec(Spec):
    """What `/` means and how an answer is written.

    Attributes:
        make: returns the division policy for its options.
    """

    kind: ClassVar[str] = "division"
    make: Callable[[Any], Division]


@dataclass(frozen=True, kw_only=True)
class CurriculumSpec(Spec):
    """The stages in which a task is taught.

    Attributes:
        make: returns the curriculum for its options.
    """

    kind: ClassVar[str] = "curriculum"
    make: Callable[[Any], Curriculum]


@dataclass(frozen=True, kw_only=True)
class ScheduleSpec(Spec):
    """Which stages an epoch takes its examples from.

    Attributes:
        make: returns the schedule for its options.
    """

    kind: ClassVar[str] = "schedule"
    make: Callable[[Any], Schedule]


@dataclass(frozen=True, kw_only=True)
class TokenizerSpec(Spec):
    """How text is cut into tokens.

    Attributes:
        make: returns the tokenizer for its options.
    """

    kind: ClassVar[str] = "tokenizer"
    make: Callable[[Any], Tokenizer]


@dataclass(frozen=True, kw_only=True)
class PaddingSpec(Spec):
    """Where padding goes in a source row.

    Attributes:
        make: returns the padding for its options.
    """

    kind: ClassVar[str] = "padding"
    make: Callable[[Any], Padding]


@dataclass(frozen=True, kw_only=True)
class ReversalSpec(Spec):
    """Which sides are written back to front.

    Attributes:
        make: returns the reversal for its options.
    """

    kind: ClassVar[str] = "reversal"
    make: Callable[[Any], Reversal]


@dataclass(frozen=True)
class Incremental:
    """A teacher-forced model cut in two, so that decoding costs one step a token.

    Attributes:
        encode: source (batch, source_length) → list of state tensors.
        step: [token (batch, 1), *state] → [logits (batch, 1, vocabulary_size), *state].
    """

    encode: keras.Model
    step: keras.Model


@dataclass(frozen=True, kw_only=True)
class ModelSpec(Spec):
    """A model: its framing says how arrays are laid out, `build` returns a Keras model for a shape.

    Attributes:
        framing: `mapping`, `sequence` or `teacher-forced`.
        build: returns the model for a shape and its options; Keras is imported inside, never by the plugin's module.
        incremental: cuts a built model of the teacher-forced framing in two, so that decoding costs one step a token;
            without it decoding runs the whole model once a step.
    """

    kind: ClassVar[str] = "model"
    framing: Framing
    build: Callable[[Shape, Any], keras.Model]
    incremental: Callable[[keras.Model], Incremental] | None = None


@dataclass(frozen=True, kw_only=True)
class MetricSpec(Spec):
    """A score of decoded answers.

    Attributes:
        make: returns the metric for its options.
    """

    kind: ClassVar[str] = "metric"
    make: Callable[[Any], Metric]


@dataclass(frozen=True, kw_only=True)
class ObserverSpec(Spec):
    """What watches runs: it hears of the start, of every epoch and of the end.

    Attributes:
        make: returns the observer for its options; it touches nothing before a run has started.
    """

    kind: ClassVar[str] = "observer"
    make: Callable[[Any], RunObserver]


@dataclass(frozen=True, kw_only=True)
class CommandSpec(Spec):
    """A command: `exprlearn NAME …`.

    Attributes:
        app: returns the Typer application that is run; its arguments and options are typer's, so `options` stays empty.
    """

    kind: ClassVar[str] = "command"
    app: Callable[[], typer.Typer]


@dataclass(frozen=True, kw_only=True)
class EngineSpec(Spec):
    """Where independent units of work run.

    Attributes:
        make: returns the engine for its options; it starts nothing before the first unit is to run.
    """

    kind: ClassVar[str] = "engine"
    make: Callable[[Any], Engine]
