"""`muon`: matrices step along their orthogonalised momentum, everything else with Adam.

A matrix is what maps one layer of features to the next. Its momentum is replaced by the nearest matrix whose singular
values are near 1 (Keller Jordan et al., *Muon: An optimizer for hidden layers in neural networks*, 2024), so that every
direction is learned equally fast. Embeddings and the layer of the logits are no such maps, and gains and biases no
matrices: they are Adam's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import Field, field_validator

from exprlearn.errors import TrainingError
from exprlearn.plugin import Options

if TYPE_CHECKING:
    import keras

#: The polynomial a·x + b·x³ + c·x⁵ that takes singular values between 0 and 1 near to 1, if used again and again.
A, B, C = 3.4445, -4.7750, 2.0315
EPSILON = 1e-7


class MuonOptions(Options):
    """Options of `muon`."""

    rate: float = Field(default=0.02, gt=0, description="Highest learning rate of matrices; the usual one is Adam's.")
    momentum: float = Field(default=0.95, ge=0, lt=1, description="What a step keeps of a matrix's mean gradient.")
    iterations: int = Field(default=4, ge=1, le=20, description="Iterations that orthogonalise a matrix.")
    others: str = Field(
        default="embedding|logits", description="Adam's, though matrices: a regular expression found in their path."
    )
    beta_1: float = Field(default=0.9, ge=0, lt=1, description="What Adam keeps of the mean gradient.")
    beta_2: float = Field(default=0.98, ge=0, lt=1, description="What Adam keeps of the mean squared gradient.")
    weight_decay: float = Field(default=0.0, ge=0, description="Share of a weight, times its rate, lost at a step.")

    @field_validator("others")
    @classmethod
    def _is_pattern(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"this is no regular expression: {error}") from error
        return value

    def is_matrix(self, variable: keras.Variable) -> bool:
        """Tell whether a variable is one of those that are orthogonalised."""
        return len(variable.shape) == 2 and not self._is_other(variable)

    def is_passed_over(self, variable: keras.Variable) -> bool:
        """Tell whether a variable is a kernel of more than two axes, which nobody would expect to be Adam's."""
        return len(variable.shape) > 2 and not self._is_other(variable)

    def _is_other(self, variable: keras.Variable) -> bool:
        return bool(self.others) and re.search(self.others, variable.path) is not None


class Muon:
    """Builds the optimizer, and says which weights are whose."""

    def __init__(self, options: MuonOptions) -> None:
        self.options = options

    def build(self, learning_rate: Any, highest: float, clip: float | None) -> keras.Optimizer:
        """Return the Keras optimizer; its rate is Adam's, and that of matrices is in proportion to it."""
        return muon_class()(learning_rate, self.options, self.options.rate / highest, clip)

    def notes(self, variables: Sequence[keras.Variable]) -> list[str]:
        """Tell how many weights are orthogonalised, and which kernels are not although they look like it.

        Raises:
            TrainingError: the model has no matrices.
        """
        matrices = [variable for variable in variables if self.options.is_matrix(variable)]
        if not matrices:
            raise TrainingError(
                "muon finds no matrix among the model's weights, but those that training.optimizer.others "
                f"({self.options.others}) leaves to Adam: take --optimizer adam, or a model with Dense layers"
            )
        ours, all_of_them = (sum(math.prod(each.shape) for each in group) for group in (matrices, variables))
        notes = [f"muon trains {len(matrices)} matrices with {ours} of {all_of_them} weights, Adam the rest"]
        passed_over = [variable.path for variable in variables if self.options.is_passed_over(variable)]
        if passed_over:
            notes.append(f"muon leaves kernels of more than two axes to Adam: {', '.join(passed_over)}")
        return notes


def orthogonalised(matrices: Any, iterations: int) -> Any:
    """Bring the singular values of matrices (…, rows, columns) near to 1, by the iteration of Newton and Schulz."""
    from keras import ops

    rows, columns = matrices.shape[-2:]
    is_tall = rows > columns
    # The product of a matrix with its transpose is smaller for a wide one.
    wide = ops.swapaxes(matrices, -1, -2) if is_tall else matrices
    wide = wide / (ops.sqrt(ops.sum(ops.square(wide), axis=(-2, -1), keepdims=True)) + EPSILON)
    for _ in range(iterations):
        square = ops.matmul(wide, ops.swapaxes(wide, -1, -2))
        wide = A * wide + ops.matmul(B * square + C * ops.matmul(square, square), wide)
    return ops.swapaxes(wide, -1, -2) if is_tall else wide


def matrix_step(gradient: Any, momentum: Any, options: MuonOptions) -> tuple[Any, Any]:
    """Return the step of a matrix (rows, columns), and its momentum after it."""
    momentum = options.momentum * momentum + gradient
    step = orthogonalised(gradient + options.momentum * momentum, options.iterations)
    rows, columns = gradient.shape
    # What leaves the layer is as large, however many features there are.
    return step * math.sqrt(max(1.0, columns / rows)), momentum


def adam_step(gradient: Any, mean: Any, square: Any, steps: Any, options: MuonOptions) -> tuple[Any, Any, Any]:
    """Return Adam's step, the `steps`-th, with the mean and the mean square of the gradients after it."""
    from keras import ops

    mean = options.beta_1 * mean + (1 - options.beta_1) * gradient
    square = options.beta_2 * square + (1 - options.beta_2) * ops.square(gradient)
    root = ops.sqrt(square / (1 - ops.power(options.beta_2, steps)))
    return mean / (1 - ops.power(options.beta_1, steps)) / (root + EPSILON), mean, square


@cache
def muon_class() -> type[keras.Optimizer]:
    """Return the class of the Keras optimizer."""
    import keras
    from keras import ops

    class KerasMuon(keras.optimizers.Optimizer):  # type: ignore[misc]
        def __init__(self, learning_rate: Any, options: MuonOptions, ratio: float, clip: float | None) -> None:
            super().__init__(learning_rate, global_clipnorm=clip, name="muon")
            self.options, self.ratio = options, ratio

        def build(self, variables: Sequence[keras.Variable]) -> None:
            if self.built:
                return
            super().build(variables)
            self.momentums = [self.add_variable_from_reference(each, name="momentum") for each in variables]
            self.velocities = [
                None if self.options.is_matrix(each) else self.add_variable_from_reference(each, name="velocity")
                for each in variables
            ]

        def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
            place = self._get_variable_index(variable)
            momentum, velocity = self.momentums[place], self.velocities[place]
            rate = ops.cast(learning_rate, variable.dtype) * (self.ratio if velocity is None else 1.0)
            if velocity is None:
                step, new = matrix_step(gradient, momentum, self.options)
            else:
                steps = ops.cast(self.iterations + 1, variable.dtype)
                step, new, square = adam_step(gradient, momentum, velocity, steps, self.options)
                self.assign(velocity, square)
            self.assign(momentum, new)
            if self.options.weight_decay:
                step += self.options.weight_decay * variable
            self.assign_sub(variable, rate * step)

    return KerasMuon
