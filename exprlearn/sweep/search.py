"""Which settings are tried: every combination, or independent draws; both are asked for in one go."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from exprlearn.sweep.section import Choices, Parameter, Range, SweepSection

if TYPE_CHECKING:
    from exprlearn.sweep.sweeping import End

#: The second entry of a seed: what the random numbers are for.
DRAW: Final = 31
#: Significant digits of a number that is drawn: enough to search with, and few enough to read.
DIGITS: Final = 4

Settings = dict[str, Any]


class Search(Protocol):
    """Says what to try next."""

    def ask(self) -> list[Settings]:
        """Return the settings of the next trials; none when enough were tried."""

    def tell(self, ends: Sequence[End]) -> None:
        """Hear how the trials asked for last ended, in their order."""


class AtOnce:
    """A search whose trials are known before the first has ended."""

    def __init__(self, settings: list[Settings]) -> None:
        self._settings = settings

    def ask(self) -> list[Settings]:
        """Return all settings, once."""
        asked, self._settings = self._settings, []
        return asked

    def tell(self, ends: Sequence[End]) -> None:
        """Learn nothing from it."""


def search_of(section: SweepSection) -> Search:
    """Make the search that a section names; optuna is imported only where it is asked for.

    Raises:
        BackendError: optuna is not installed.
    """
    if section.search == "optuna":
        from exprlearn.sweep.optuna import OptunaSearch

        return OptunaSearch(section)
    if section.search == "random":
        return AtOnce([drawn(section.parameters, section.seed, index) for index in range(section.trials or 0)])
    return AtOnce(grid(section.parameters))


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
