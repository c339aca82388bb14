"""Models: networks and how they are built."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from exprlearn.errors import PluginError
from exprlearn.plugin.spec import Kind, Spec, hookspec

if TYPE_CHECKING:
    import keras

Framing = Literal["mapping", "sequence", "teacher-forced", "causal", "rewriting"]
Inputs = Literal["one-hot", "integer", "embedding"]

#: What of a config a model may have defaults of: how something is learned, not what, by what it is evaluated, or where.
DEFAULTED = ("working", "data", "tokenizer", "padding", "reversal", "encoding", "training")
NEVER_DEFAULTED = (
    *(f"data.{name}" for name in ("file", "train", "validation", "test", "shards", "constraints", "level", "split")),
    *(f"training.{name}" for name in ("backend", "processes", "target", "patience", "monitor", "metrics")),
    *(f"training.{name}" for name in ("callbacks", "observers", "init_from", "freeze")),
)


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Everything a model's builder may know of the data.

    Attributes:
        source_length: steps of a source row; in the mapping framing the numbers of an expression.
        target_length: steps of a target row, the end mark included; 1 in the mapping framing, and those of the source
            in the rewriting framing.
        vocabulary_size: ids run from 0 to `vocabulary_size - 1`.
        inputs: how source ids become features.
        features: features of a step in the mapping framing.
        pad: id of padding.
        start: id that a decoder reads first.
        end: id that ends every target.
        digits: ids of the tokens that are digits or several in a row; none in the mapping framing.
    """

    source_length: int
    target_length: int
    vocabulary_size: int
    inputs: Inputs = "embedding"
    features: int = 1
    pad: int = 0
    start: int = 1
    end: int = 2
    digits: tuple[int, ...] = ()


@dataclass(frozen=True)
class Incremental:
    """A teacher-forced or causal model cut in two, so that decoding costs one step a token.

    Attributes:
        encode: source (batch, source_length) → list of state tensors.
        step: `[token (batch, 1), *state]` → `[logits (batch, 1, vocabulary_size), *state]`.
    """

    encode: keras.Model
    step: keras.Model


@dataclass(frozen=True, kw_only=True)
class ModelSpec(Spec):
    """A model: its framing says how arrays are laid out, `build` returns a Keras model for a shape.

    Attributes:
        framing: `mapping`, `sequence`, `teacher-forced`, `causal` or `rewriting`.
        build: returns the model for a shape and its options; Keras is imported inside, never by the plugin's module.
        incremental: cuts a built model of the teacher-forced or the causal framing in two, so that decoding costs one
            step a token; without it decoding runs the whole model once a step.
        defaults: settings that suit the model, by dotted key such as `training.batch_size`; they hold where no recipe,
            file, flag or `--set` says otherwise. A `PluginError` refuses those that are not for a model to decide on.
        variant: chooses by the options which spec counts, of the same name and the same class of options; None is
            this one.
    """

    kind: ClassVar[str] = "model"
    framing: Framing
    build: Callable[[Shape, Any], keras.Model]
    incremental: Callable[[keras.Model], Incremental] | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    variant: Callable[[Any], ModelSpec] | None = None

    def chosen(self, options: Any) -> ModelSpec:
        """Return the spec that counts with these options."""
        return self if self.variant is None else self.variant(options)

    def __post_init__(self) -> None:
        super().__post_init__()
        for key in self.defaults:
            section, dot, _ = key.partition(".")
            if not dot or section not in DEFAULTED or key in NEVER_DEFAULTED:
                raise PluginError(
                    f"model '{self.name}' may have no default of '{key}': name settings such as training.batch_size, "
                    f"of the sections {', '.join(DEFAULTED)}, and none of {', '.join(NEVER_DEFAULTED)}"
                )


@hookspec
def exprlearn_models() -> Iterable[ModelSpec]:  # type: ignore[empty-body]
    """Yield models, for `--model NAME`.

    A model is its framing, which says how arrays are laid out, and a function that builds a Keras model for a
    shape. Keras is imported inside of that function, so that `exprlearn --help` stays quick for everybody. Layers
    are of `keras.layers` and arithmetic is of `keras.ops`, so that the model learns on every backend. What it adds to
    the loss, by regularizers or `add_loss`, counts as in Keras's `fit`.
    """


KIND = Kind(
    spec=ModelSpec,
    hook=exprlearn_models,
    offers=(Incremental,),
    works_with={"exprlearn.plugin:Shape": ()},
    example="encoder-decoder",
    command="exprlearn train --model {name}",
    page="models",
    test_options={"units": 32},
)
