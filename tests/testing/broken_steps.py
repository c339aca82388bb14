"""A plugin of broken losses, optimizers and learning rates: each is named after the one check that it fails."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import Any

from exprlearn.plugin import LearningRateSpec, LossSpec, OptimizerSpec, hookimpl


class Plain:
    """Gradient descent; a broken one changes what is built."""

    def build(self, learning_rate: Any, highest: float, clip: float | None) -> Any:
        import keras

        return keras.optimizers.SGD(learning_rate, global_clipnorm=clip)


class Doubling(Plain):
    """Steps at half of the rate, and doubles it."""

    def build(self, learning_rate: Any, highest: float, clip: float | None) -> Any:
        import keras

        class Doubled(keras.optimizers.SGD):  # type: ignore[misc]
            @property
            def learning_rate(self) -> Any:
                return 2 * self._get_current_learning_rate()

        return Doubled(learning_rate, global_clipnorm=clip)


class Scaling(Plain):
    """Takes each step `change` of the rate."""

    def __init__(self, change: Callable[[Any], Any]) -> None:
        self.change = change

    def build(self, learning_rate: Any, highest: float, clip: float | None) -> Any:
        import keras

        change = self.change

        class Changed(keras.optimizers.SGD):  # type: ignore[misc]
            def update_step(self, gradient: Any, variable: Any, rate: Any) -> None:
                super().update_step(gradient, variable, change(rate))

        return Changed(learning_rate, global_clipnorm=clip)


class Unclipped(Plain):
    def build(self, learning_rate: Any, highest: float, clip: float | None) -> Any:
        return super().build(learning_rate, highest, None)


class Talkative(Plain):
    def notes(self, variables: Any) -> Any:
        return [len(variables)]


@hookimpl
def exprlearn_optimizers() -> Iterator[OptimizerSpec]:
    for name, make in {
        "the-learning-rate-is-what-is-asked-for": Doubling,
        "a-rate-of-zero-moves-nothing": lambda: Scaling(lambda rate: rate + 1e-3),
        "gradients-are-clipped-as-it-is-asked": Unclipped,
        "it-lowers-the-loss": lambda: Scaling(lambda rate: -rate),
        "gone-on-from-its-variables-it-does-the-same": lambda: Scaling(forgetful()),
        "what-it-says-of-a-model-is-text": Talkative,
    }.items():
        yield OptimizerSpec(name=name, summary="Broken.", make=lambda options, make=make: make())


def forgetful() -> Callable[[Any], Any]:
    """Return what changes rates a little, by as much as chance said when it was made."""
    factor = 1 + secrets.randbits(20) / 2**32
    return lambda rate: rate * factor


class Falling:
    def factor(self, step: Any, steps: int) -> Any:
        return 1.0 - step / steps


class Twofold(Falling):
    def factor(self, step: Any, steps: int) -> Any:
        import keras

        return keras.ops.stack([super().factor(step, steps)] * 2)


class High(Falling):
    def factor(self, step: Any, steps: int) -> Any:
        return 2 * super().factor(step, steps)


class Nothing(Falling):
    def factor(self, step: Any, steps: int) -> Any:
        return 0 * step


class Counting(Falling):
    """Falls with every time that it is asked, whatever the step."""

    def __init__(self) -> None:
        self.asked = 0

    def factor(self, step: Any, steps: int) -> Any:
        self.asked += 1
        return 0 * step + 1 / self.asked


@hookimpl
def exprlearn_learning_rates() -> Iterator[LearningRateSpec]:
    for name, make in {
        "a-factor-is-a-single-number": Twofold,
        "factors-lie-between-zero-and-one": High,
        "something-is-learned": Nothing,
        "the-same-step-has-the-same-factor-compiled-or-not": Counting,
    }.items():
        yield LearningRateSpec(name=name, summary="Broken.", make=lambda options, make=make: make())


class Entropy:
    """The loss of the framing; a broken one changes what it comes to."""

    def __init__(self, change: Callable[..., Any] = lambda value, outputs: value) -> None:
        self.change = change

    def compute(self, outputs: Any, batch: Any, context: Any) -> Any:
        return self.change(context.default(outputs, batch), outputs)


def frozen(value: Any, outputs: Any) -> Any:
    """Return the loss without its gradient."""
    import keras

    return keras.ops.stop_gradient(value)


@hookimpl
def exprlearn_losses() -> Iterator[LossSpec]:
    for name, make in {
        "it-is-one-finite-number": lambda: Entropy(lambda value, outputs: value + outputs[..., 0]),
        "the-same-batch-has-the-same-loss-compiled-or-not": lambda: Entropy(wandering()),
        "better-outputs-have-a-lower-loss": lambda: Entropy(lambda value, outputs: -value),
        "padding-counts-for-nothing": lambda: Entropy(lambda value, outputs: value + 0.01 * outputs[0, -1, 0]),
        "training-lowers-it": lambda: Entropy(frozen),
    }.items():
        framings = ("sequence",) if name == "padding-counts-for-nothing" else ()
        yield LossSpec(name=name, summary="Broken.", make=lambda options, make=make: make(), framings=framings)


def wandering() -> Callable[..., Any]:
    """Return what adds a little more to the loss every time that it is computed."""
    count = iter(range(1000))
    return lambda value, outputs: value + 1e-3 * next(count)
