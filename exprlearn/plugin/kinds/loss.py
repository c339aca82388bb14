"""Losses: what a training makes small."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from exprlearn.plugin.kinds.model import Framing, Shape
from exprlearn.plugin.spec import Kind, Spec, hookspec


@dataclass(frozen=True, kw_only=True)
class LossContext:
    """What a loss may know besides outputs and batch.

    Attributes:
        shape: the sizes of what the model reads and writes, with the id of padding.
        framing: of the model.
        default: the loss that the framing has by itself, from outputs and batch: a scalar.
    """

    shape: Shape
    framing: Framing
    default: Callable[[Any, Mapping[str, Any]], Any]


class Loss(Protocol):
    """Says how wrong the outputs of a model are."""

    def compute(self, outputs: Any, batch: Mapping[str, Any], context: LossContext) -> Any:
        """Return the loss of a batch as one number, in `keras.ops`.

        Args:
            outputs: logits (batch, steps, vocabulary_size) float32; in the mapping framing numbers (batch, 1) float32.
            batch: with `target` (batch, steps) int32, padding where nothing is to be learned; in the mapping framing
                (batch, 1) float32. Where a row holds several examples, `segments` (batch, steps) int32 numbers them.
            context: what else there is to know.
        """


@dataclass(frozen=True, kw_only=True)
class LossSpec(Spec):
    """What a training makes small.

    Attributes:
        make: returns the loss for its options; Keras is imported inside of its `compute`.
        framings: of the models that it is for; none named means all.
    """

    kind: ClassVar[str] = "loss"
    make: Callable[[Any], Loss]
    framings: tuple[Framing, ...] = ()


@hookspec
def exprlearn_losses() -> Iterable[LossSpec]:  # type: ignore[empty-body]
    """Yield losses, for `--loss NAME`.

    A loss makes one number of what a model writes and what it should have written, and is compiled with the steps. It
    sees one batch at a time and remembers nothing. What the model adds by regularizers or `add_loss` is added to it.
    """


KIND = Kind(
    spec=LossSpec,
    hook=exprlearn_losses,
    component=Loss,
    works_with={"exprlearn.plugin:LossContext": ()},
    example="focal",
    command="exprlearn train --loss {name}",
    page="training",
)
