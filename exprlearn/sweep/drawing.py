"""Settings of trials: every combination of values, or independent draws."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import product
from typing import Any, Final

import numpy as np

from exprlearn.sweep.section import Choices, Parameter, Range

#: The second entry of a seed: what the random numbers are for.
DRAW: Final = 31
#: Significant digits of a number that is drawn: enough to search with, and few enough to read.
DIGITS: Final = 4

Settings = dict[str, Any]


def grid(parameters: Mapping[str, Parameter]) -> list[Settings]:
    """List every combination of values; the last parameter changes fastest.

    >>> grid({"seed": Choices(values=[0, 1]), "model.units": Choices(values=[64])})
    [{'seed': 0, 'model.units': 64}, {'seed': 1, 'model.units': 64}]
    """
    values = [parameter.values for parameter in parameters.values() if isinstance(parameter, Choices)]
    return [dict(zip(parameters, chosen, strict=True)) for chosen in product(*values)]


def drawn(parameters: Mapping[str, Parameter], seed: int, index: int) -> Settings:
    """Draw the settings of one trial, which follow from the seed and its index alone.

    >>> drawn({"model.units": Range(low=32, high=256, log=True, whole=True)}, seed=0, index=3)
    {'model.units': ...}
    """
    generator = np.random.default_rng([seed, DRAW, index])
    return {key: _draw(parameter, generator) for key, parameter in parameters.items()}


def _draw(parameter: Parameter, generator: np.random.Generator) -> Any:
    if isinstance(parameter, Choices):
        return parameter.values[int(generator.integers(len(parameter.values)))]
    # Of whole numbers, the last has a stretch of its own behind it, as every other one has.
    ends = parameter.low, parameter.high + parameter.whole
    low, high = map(math.log, ends) if parameter.log else ends
    value = float(generator.uniform(low, high))
    return rounded(math.exp(value) if parameter.log else value, parameter)


def rounded(value: float, parameter: Range) -> float | int:
    """Write a number of a range as a setting.

    >>> rounded(0.00123456, Range(low=1e-4, high=1e-2)), rounded(64.9, Range(low=1, high=64, whole=True))
    (0.001235, 64)
    """
    if parameter.whole:
        return int(min(max(math.floor(value), parameter.low), parameter.high))
    return min(max(float(f"{value:.{DIGITS}g}"), parameter.low), parameter.high)
