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

    from exprlearn.plugin.protocols import Constraint, Division, Metric, Padding, Reversal, Tokenizer
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
    """A grammar by name; `text` returns the Lark file."""

    kind: ClassVar[str] = "grammar"
    text: Callable[[], str]


@dataclass(frozen=True, kw_only=True)
class ConstraintSpec(Spec):
    """A rule that keeps or drops expressions."""

    kind: ClassVar[str] = "constraint"
    make: Callable[[Any], Constraint]


@dataclass(frozen=True, kw_only=True)
class DivisionSpec(Spec):
    """What `/` means and how an answer is written."""

    kind: ClassVar[str] = "division"
    make: Callable[[Any], Division]


@dataclass(frozen=True, kw_only=True)
class TokenizerSpec(Spec):
    """How text is cut into tokens."""

    kind: ClassVar[str] = "tokenizer"
    make: Callable[[Any], Tokenizer]


@dataclass(frozen=True, kw_only=True)
class PaddingSpec(Spec):
    """Where padding goes in a source row."""

    kind: ClassVar[str] = "padding"
    make: Callable[[Any], Padding]


@dataclass(frozen=True, kw_only=True)
class ReversalSpec(Spec):
    """Which sides are written back to front."""

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

    Keras is imported inside `build`, never by the module that yields the spec. `incremental` cuts a built model of the
    teacher-forced framing in two; without it decoding runs the whole model once a step.
    """

    kind: ClassVar[str] = "model"
    framing: Framing
    build: Callable[[Shape, Any], keras.Model]
    incremental: Callable[[keras.Model], Incremental] | None = None


@dataclass(frozen=True, kw_only=True)
class MetricSpec(Spec):
    """A score of decoded answers."""

    kind: ClassVar[str] = "metric"
    make: Callable[[Any], Metric]
