"""Learning rates: how large steps are in the course of a training."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from exprlearn.plugin.spec import Kind, Spec, hookspec


class LearningRate(Protocol):
    """Says what part of the highest learning rate each step takes, once the rate has risen."""

    def factor(self, step: Any, steps: int) -> Any:
        """Return a factor between 0 and 1, in `keras.ops`; a plain number stays throughout, and no rate rises to it.

        Args:
            step: steps since the rate has risen over the share `training.warmup`, a scalar float32 tensor.
            steps: how many there are of them until the last epoch ends, at least 1.
        """


@dataclass(frozen=True, kw_only=True)
class LearningRateSpec(Spec):
    """How the learning rate changes in the course of a training.

    Attributes:
        make: returns the learning rate for its options; Keras is imported inside of its `factor`.
    """

    kind: ClassVar[str] = "learning-rate"
    make: Callable[[Any], LearningRate]


@hookspec
def exprlearn_learning_rates() -> Iterable[LearningRateSpec]:  # type: ignore[empty-body]
    """Yield learning rates, for `--set training.schedule=NAME`.

    The rate of a step is `training.learning_rate` times a factor, which is a function of the step and of nothing
    else, and is compiled with the steps. Over the first share `training.warmup` of a training the rate rises from 0;
    what is yielded here says how it goes on.
    """


KIND = Kind(
    spec=LearningRateSpec,
    hook=exprlearn_learning_rates,
    component=LearningRate,
    example="stairs",
    command="exprlearn train --set training.schedule={name}",
    page="training",
)
