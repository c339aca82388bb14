"""Constraints on how much there is to do: carries and borrows, and difficulty as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from exprlearn.arithmetic import UNLIMITED, Values, block_values, calculations, compile_skeletons, parse
from exprlearn.arithmetic.carries import count_block_carries, count_carries
from exprlearn.dataset.constraints.value_limits import divides_evenly
from exprlearn.dataset.difficulty import Weights, block_features, features_of, scores, weights_of
from exprlearn.plugin import Options
from exprlearn.sampling.writing.block import Block


class CarriesOptions(Options):
    """How many carries and borrows an expression may need."""

    minimum: Annotated[int, Field(ge=0, description="fewest carries and borrows")] = 0
    maximum: Annotated[int | None, Field(ge=0, description="carries and borrows at most; none sets no limit")] = None


@dataclass(frozen=True, eq=False)
class CarriesConstraint:
    """Keeps expressions over integers whose additions and subtractions carry and borrow as often as wanted.

    All additions and subtractions on the way count together, done on paper in decimal: equal signs add and may
    carry, unequal signs take the smaller magnitude from the larger and may borrow. Products and quotients count
    nothing. An expression that leaves the integers on the way is dropped.

    >>> two = CarriesConstraint(CarriesOptions(minimum=2, maximum=2))
    >>> [two.holds(text, Fraction(0)) for text in ("75+48", "75+24", "100-1", "48-75")]
    [True, False, True, False]
    """

    options: CarriesOptions = field(default_factory=CarriesOptions)

    def __str__(self) -> str:
        return f"carries {_span(self.options)}"

    def keep(self, block: object, values: Values) -> NDArray[np.bool_]:
        """Tell for each row of a block whether it carries as often as wanted; bool [n]."""
        found = count_block_carries(values)
        return divides_evenly(values) & _within(found.carries + found.borrows, self.options)

    def holds(self, expression: str, value: Fraction) -> bool:
        """Tell whether `expression` carries as often as wanted."""
        steps = calculations(parse(expression, limits=UNLIMITED), limits=UNLIMITED)
        found = count_carries(steps)
        even = all(step.result[1] == 1 for step in steps)
        return even and bool(_within(found.carries + found.borrows, self.options))


class DifficultyOptions(Options):
    """How many points an expression may have."""

    minimum: Annotated[int, Field(ge=0, description="points at least")] = 0
    maximum: Annotated[int | None, Field(ge=0, description="highest difficulty; none sets no limit")] = None
    weights: Weights = Field(default={})


class DifficultyConstraint:
    """Keeps expressions whose difficulty lies within bounds; quotients are taken exactly, whatever division does.

    >>> easy = DifficultyConstraint(DifficultyOptions(maximum=60))
    >>> [easy.holds(text, Fraction(0)) for text in ("1+2", "95+8")]
    [True, False]
    """

    def __init__(self, options: DifficultyOptions | None = None) -> None:
        self.options = options or DifficultyOptions()
        self._weights = weights_of(self.options.weights)

    def __str__(self) -> str:
        return f"difficulty {_span(self.options)}"

    def keep(self, block: Block, values: Values) -> NDArray[np.bool_]:
        """Tell for each row of a block whether it is of the wanted difficulty; bool [n]."""
        if values.operation != "exact":
            values = block_values(block, compile_skeletons(block.skeletons), "exact")
        return _within(scores(block_features(block, values), self._weights), self.options)

    def holds(self, expression: str, value: Fraction) -> bool:
        """Tell whether `expression` is of the wanted difficulty."""
        return bool(_within(scores(features_of(expression), self._weights), self.options))


def _span(options: CarriesOptions | DifficultyOptions) -> str:
    return f"{options.minimum}..{'' if options.maximum is None else options.maximum}"


def _within(amounts: Any, options: CarriesOptions | DifficultyOptions) -> NDArray[np.bool_]:
    """Tell which amounts, an array or one number, lie within the bounds."""
    kept: NDArray[np.bool_] = amounts >= options.minimum
    return kept if options.maximum is None else kept & (amounts <= options.maximum)
