"""What answering without thinking scores, and what a plain perceptron does: what a model is measured against."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from exprlearn.errors import RunError
from exprlearn.scoring.metrics import exact_match

FIRST_NUMBER = re.compile(r"[0-9]+")

Activation = Literal["linear", "relu"]
FORMAT = 1
#: Characters of a fault that a message shows.
MOST_SAID = 200


def most_common_answer(answers: Iterable[str]) -> str:
    """Return the answer that occurs most often, the smallest text among equals; blank without answers.

    >>> most_common_answer(["7", "12", "7", "12", "3"])
    '12'
    """
    counts = Counter(answers)
    return min(counts, key=lambda answer: (-counts[answer], answer), default="")


def first_number(expression: str) -> str:
    """Copy the first number of an expression; blank when it has none.

    >>> first_number("(12+34)*5")
    '12'
    """
    found = FIRST_NUMBER.search(expression)
    return found.group() if found else ""


def baselines(
    expressions: Sequence[str],
    truths: Sequence[str],
    common_answer: str | None = None,
    further: Mapping[str, Callable[[Sequence[str]], Sequence[str]]] | None = None,
) -> dict[str, float]:
    """Score three models that know nothing, and further ones from expressions to answers: name → exact match.

    Without `common_answer`, of the *training*, the most common truth stands in, which no constant answer can beat: the
    baseline is flattered, never the model.

    >>> baselines(["1+1", "2+0", "8-1"], ["2", "2", "7"], common_answer="7")
    {'blank': 0.0, 'most-common-answer': 0.3333333333333333, 'copy-first-number': 0.3333333333333333}
    """
    constant = most_common_answer(truths) if common_answer is None else common_answer
    return {
        "blank": exact_match([""] * len(truths), truths),
        "most-common-answer": exact_match([constant] * len(truths), truths),
        "copy-first-number": exact_match([first_number(expression) for expression in expressions], truths),
        **{name: exact_match(answers(expressions), truths) for name, answers in (further or {}).items()},
    }


@dataclass(frozen=True, eq=False)
class Perceptron:
    """A multilayer perceptron that is done learning: dense layers from the numbers of an expression to its answer.

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
        values = np.nan_to_num(hidden[:, 0].astype(np.float64) * self.scale)
        return [str(int(value)) for value in np.rint(values)]

    @property
    def inputs(self) -> int:
        """Return how many numbers a row has."""
        return len(self.layers[0][0])

    def document(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        layers = [{"kernel": kernel.tolist(), "bias": bias.tolist()} for kernel, bias in self.layers]
        return {"format": FORMAT, "activation": self.activation, "scale": self.scale, "layers": layers}

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> Perceptron:
        """Make the perceptron that `document` wrote; a `RunError` when something is missing or does not fit."""
        try:
            with np.errstate(over="ignore"):
                layers = [
                    (np.array(layer["kernel"], np.float32), np.array(layer["bias"], np.float32))
                    for layer in document["layers"]
                ]
            perceptron = cls(layers, document["activation"], float(document["scale"]))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            said = repr(error)[:MOST_SAID]
            raise RunError(f"baseline.json is damaged: {said}; remove it to evaluate without this baseline") from error
        if not perceptron._fits_together():
            raise RunError("baseline.json is damaged: its layers do not fit; remove it to evaluate without it")
        return perceptron

    def _fits_together(self) -> bool:
        """Tell whether each layer takes what the one before gives, and the last gives one number."""
        shapes = [kernel.shape for kernel, _ in self.layers]
        if not shapes or any(len(shape) != 2 for shape in shapes) or shapes[-1][1] != 1:
            return False
        are_chained = all(before[1] == after[0] for before, after in pairwise(shapes))
        has_biases = all(bias.shape == kernel.shape[1:] for kernel, bias in self.layers)
        return are_chained and has_biases and self.activation in get_args(Activation) and math.isfinite(self.scale)
