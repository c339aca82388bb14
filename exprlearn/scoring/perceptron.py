"""A multilayer perceptron that is done learning: the baseline that maps the numbers of an expression to its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from exprlearn.errors import RunError

Activation = Literal["linear", "relu"]
FORMAT = 1


@dataclass(frozen=True, eq=False)
class Perceptron:
    """Dense layers from rows of numbers to one scaled number.

    Attributes:
        layers: for each layer its kernel (inputs, outputs) float32 and its bias (outputs,) float32.
        activation: between layers.
        scale: the answer that the last layer calls 1.
    """

    layers: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]]
    activation: Activation
    scale: float

    def answers(self, rows: NDArray[np.float32]) -> list[str]:
        """Answer rows (n, steps, features) float32 with whole numbers.

        >>> ones = np.ones((2, 1), np.float32), np.zeros(1, np.float32)
        >>> Perceptron([ones], "linear", 10.0).answers(np.array([[[0.5], [0.7]]], np.float32))
        ['12']
        """
        hidden = rows.reshape(len(rows), -1)
        for number, (kernel, bias) in enumerate(self.layers, start=1):
            hidden = hidden @ kernel + bias
            if self.activation == "relu" and number < len(self.layers):
                hidden = np.maximum(hidden, 0)
        values = np.nan_to_num(hidden[:, 0].astype(np.float64)) * self.scale
        return [str(int(value)) for value in np.rint(values)]

    def document(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        layers = [{"kernel": kernel.tolist(), "bias": bias.tolist()} for kernel, bias in self.layers]
        return {"format": FORMAT, "activation": self.activation, "scale": self.scale, "layers": layers}

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> Perceptron:
        """Make the perceptron that `document` wrote.

        Raises:
            RunError: something is missing or does not fit together.
        """
        try:
            layers = [
                (np.array(layer["kernel"], np.float32), np.array(layer["bias"], np.float32))
                for layer in document["layers"]
            ]
            shapes = [(kernel.shape[1],) == bias.shape for kernel, bias in layers]
            perceptron = cls(layers, document["activation"], float(document["scale"]))
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise RunError(f"baseline.json is damaged: {error!r}; remove it to judge without this baseline") from error
        if not layers or not all(shapes):
            raise RunError("baseline.json is damaged: its layers do not fit; remove it to judge without this baseline")
        return perceptron
