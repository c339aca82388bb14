"""Components that Python hands over: modules, files, specs, functions that build a model, and objects with hooks."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from exprlearn.plugin.kinds.callback import CallbackSpec, TrainingState
from exprlearn.plugin.kinds.loss import LossContext, LossSpec
from exprlearn.plugin.kinds.model import ModelSpec, Shape
from exprlearn.plugin.kinds.optimizer import OptimizerSpec
from exprlearn.plugin.manager import PYTHON, Plugins
from exprlearn.plugin.spec import PREFIX, Spec

if TYPE_CHECKING:
    import keras

BuildModel = Callable[[Shape], "keras.Model"]
"""Builds a model for a shape: source ids (batch, source_length) → logits (batch, target_length, vocabulary_size)."""
BuildOptimizer = Callable[[Any], "keras.Optimizer"]
"""Builds an optimizer for a learning rate, as the classes of `keras.optimizers` do."""
ComputeLoss = Callable[[Any, Mapping[str, Any], LossContext], Any]
"""Computes the loss of a batch: outputs (batch, steps, vocabulary_size) float32, batch and context → one number."""
LookAfterEpoch = Callable[[TrainingState], "str | None"]
"""Looks at a training after an epoch, and returns why it is to end, or None."""


def plugins_of(given: Plugins | Iterable[Any] | None, *more: Spec) -> Plugins:
    """Load what is installed, and besides it what Python hands over; `Plugins` that are made already stay the same.

    Args:
        given: modules, files of plugins, objects with hooks, specs, or functions that build a model; None for nothing.
        more: further specs.

    Raises:
        TypeError: something is nothing of these.
        PluginError: a module or file brings no component.
    """
    if (given is not None and not isinstance(given, Plugins | Iterable)) or isinstance(given, str | Path):
        raise TypeError(f"plugins: write a list, such as [my_module, 'my_plugin.py'], got {given!r}")
    if isinstance(given, Plugins):
        return given.with_objects(more) if more else given
    listed = list(given or ())
    files = [each for each in listed if isinstance(each, str | Path)]
    objects = [_object(each) for each in listed if not isinstance(each, str | Path)]
    return Plugins(files=files).with_objects([*objects, *more])


def _object(thing: Any) -> Any:
    if isinstance(thing, Spec | ModuleType) or any(name.startswith(PREFIX) for name in dir(thing)):
        return thing
    if inspect.isroutine(thing):
        return model_spec(thing)
    raise TypeError(
        f"plugins: {thing!r} brings no component: write a module, the path of a file, a spec such as ModelSpec(…), "
        "or a function that builds a model"
    )


def model_spec(build: BuildModel) -> ModelSpec:
    """Describe a function that builds a model of the framing `sequence`, under its own name.

    Raises:
        TypeError: it is no such function, but a model that is built already, say.

    >>> def small_network(shape): ...
    >>> model_spec(small_network).name, model_spec(small_network).framing
    ('small-network', 'sequence')
    """
    keras = sys.modules.get("keras")
    if keras is not None and isinstance(build, keras.Model):
        raise TypeError("model: this one is built already, and its widths follow from the data: pass what builds it")
    _refuse_uncallable("model", ModelSpec, build)
    name = _name(build)
    return ModelSpec(
        name=name,
        summary=f"Built by the function {name}.",
        framing="sequence",
        build=lambda shape, options: _of_listed_inputs(build(shape)),
    )


def _of_listed_inputs(model: Any) -> Any:
    """Let a model whose inputs are one tensor, or several that are no list, take them as a list, as all others do."""
    keras = sys.modules["keras"]
    if not isinstance(model, keras.Model):
        raise TypeError(f"model: its function returned {model!r}: return a keras.Model")
    inputs = getattr(model, "inputs", None)
    return keras.Model(list(inputs), model.outputs[0]) if inputs else model


def optimizer_spec(build: BuildOptimizer) -> OptimizerSpec:
    """Describe what builds an optimizer for a learning rate, such as `keras.optimizers.Lion`, under its own name.

    Raises:
        TypeError: it is an optimizer that is built already.
    """
    keras = sys.modules.get("keras")
    if keras is not None and isinstance(build, keras.optimizers.Optimizer):
        raise TypeError(
            "optimizer: this one is built already, and its learning rate follows from training.schedule: pass what "
            f"builds it, such as keras.optimizers.{type(build).__name__}"
        )
    _refuse_uncallable("optimizer", OptimizerSpec, build)
    name = _name(build)
    summary = f"Built by {name}."
    return OptimizerSpec(name=name, summary=summary, make=lambda options: BuiltOptimizer(build))


class BuiltOptimizer:
    """An optimizer that a function builds; gradients are clipped as the config says, unless it clips by itself."""

    def __init__(self, function: BuildOptimizer) -> None:
        self.function = function

    def build(self, learning_rate: Any, highest: float, clip: float | None) -> keras.Optimizer:
        """Return the optimizer."""
        made = self.function(learning_rate)
        if not any(getattr(made, name) for name in ("clipnorm", "clipvalue", "global_clipnorm")):
            made.global_clipnorm = clip
        return made


def loss_spec(compute: ComputeLoss) -> LossSpec:
    """Describe a function that computes a loss, for models of every framing, under its own name.

    Raises:
        TypeError: it is no function.
    """
    _refuse_uncallable("loss", LossSpec, compute)
    name = _name(compute)
    return LossSpec(name=name, summary=f"Computed by {name}.", make=lambda options: ComputedLoss(compute))


class ComputedLoss:
    """A loss that a function computes."""

    def __init__(self, function: ComputeLoss) -> None:
        self.function = function

    def compute(self, outputs: Any, batch: Mapping[str, Any], context: LossContext) -> Any:
        """Return what the function computes."""
        return self.function(outputs, batch, context)


def callback_spec(look: LookAfterEpoch) -> CallbackSpec:
    """Describe a function that looks at a training after each epoch, under its own name.

    Raises:
        TypeError: it is no function.
    """
    _refuse_uncallable("callbacks", CallbackSpec, look)
    name = _name(look)
    return CallbackSpec(name=name, summary=f"Looked after by {name}.", make=lambda options: AfterEpoch(look))


class AfterEpoch:
    """A callback that is a function."""

    def __init__(self, function: LookAfterEpoch) -> None:
        self.function = function

    def epoch(self, state: TrainingState) -> str | None:
        """Return what the function says."""
        return self.function(state)


def _refuse_uncallable(word: str, kind: type[Spec], value: Any) -> None:
    if not callable(value):
        said = f"the name of one, {kind.__name__}(…), or a function that builds one"
        raise TypeError(f"{word}: write {said}, got {value!r}")


def _name(function: Any) -> str:
    """Write the name of a function as components are named; that of a nameless one is `own`."""
    words = re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", getattr(function, "__name__", ""))
    name = "-".join(words).lower().lstrip("0123456789-")
    return name if name not in ("", "lambda") else "own"


def full_name(spec: Spec) -> str:
    """Name a spec that Python handed over, so that no other of its name is meant."""
    return f"{PYTHON}/{spec.name}"
