"""Optimizers: how a step changes the weights, from their gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

from exprlearn.plugin.spec import Kind, Spec, hookspec

if TYPE_CHECKING:
    import keras


class Optimizer(Protocol):
    """Builds the Keras optimizer of a training."""

    def build(self, learning_rate: Any, highest: float, clip: float | None) -> keras.Optimizer:
        """Return an optimizer that is not built yet; what it remembers from step to step lies in its variables.

        Args:
            learning_rate: what Keras takes as one: a number, or a schedule over the steps.
            highest: the highest that it becomes.
            clip: the global norm that gradients are clipped to, for `global_clipnorm`; None leaves them.
        """


@runtime_checkable
class Selective(Protocol):
    """An optimizer that treats some weights otherwise than others, and says so."""

    def notes(self, variables: Sequence[keras.Variable]) -> Sequence[str]:
        """Tell in sentences how it treats the trainable variables of a model; a TrainingError where it cannot."""


@dataclass(frozen=True, kw_only=True)
class OptimizerSpec(Spec):
    """How weights follow from gradients.

    Attributes:
        make: returns the optimizer for its options; Keras is imported inside of its `build`.
    """

    kind: ClassVar[str] = "optimizer"
    make: Callable[[Any], Optimizer]


@hookspec
def exprlearn_optimizers() -> Iterable[OptimizerSpec]:  # type: ignore[empty-body]
    """Yield optimizers, for `--optimizer NAME`.

    An optimizer builds a Keras optimizer for the learning rate and the clipping that the config asks for. Everything
    it remembers lies in the variables of the Keras optimizer, made with `add_variable_from_reference` or
    `add_variable`: they lie in every checkpoint, and a run goes on from them bit-identically. Many of its steps run
    in one compiled call, so arithmetic is of `keras.ops`.
    """


KIND = Kind(
    spec=OptimizerSpec,
    hook=exprlearn_optimizers,
    component=Optimizer,
    offers=(Selective,),
    example="lion",
    command="exprlearn train --optimizer {name}",
    page="training",
)
