"""Keep sums and differences by their number of carries and borrows."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from exprlearn.arithmetic import UNLIMITED, Values, calculations, parse
from exprlearn.arithmetic.carries import count_block_carries, count_carries
from exprlearn.dataset.constraints.integer_intermediates import divides_evenly
from exprlearn.plugin import Options


class CarriesOptions(Options):
    """How many carries and borrows an expression may need."""

    minimum: Annotated[int, Field(ge=0, description="carries and borrows at least")] = 0
    maximum: Annotated[int | None, Field(ge=0, description="carries and borrows at most; none sets no limit")] = None


class CarriesConstraint:
    """Keeps expressions over integers whose additions and subtractions carry and borrow as often as wanted.

    All additions and subtractions on the way count together, done on paper in decimal: equal signs add and may
    carry, unequal signs take the smaller magnitude from the larger and may borrow. Products and quotients count
    nothing. An expression that leaves the integers on the way is dropped.

    >>> two = CarriesConstraint(CarriesOptions(minimum=2, maximum=2))
    >>> [two.holds(text, Fraction(0)) for text in ("75+48", "75+24", "100-1", "48-75")]
    [True, False, True, False]
    """

    def __init__(self, options: CarriesOptions | None = None) -> None:
        self.options = options or CarriesOptions()

    def __str__(self) -> str:
        maximum = "" if self.options.maximum is None else self.options.maximum
        return f"carries {self.options.minimum}..{maximum}"

    def keep(self, block: object, values: Values) -> NDArray[np.bool_]:
        """Tell for each row of a block whether it carries as often as wanted; bool [n]."""
        found = count_block_carries(values)
        counts = found.carries + found.borrows
        kept = divides_evenly(values) & (counts >= self.options.minimum)
        return kept if self.options.maximum is None else kept & (counts <= self.options.maximum)

    def holds(self, expression: str, value: Fraction) -> bool:
        """Tell whether `expression` carries as often as wanted."""
        steps = calculations(parse(expression, limits=UNLIMITED), limits=UNLIMITED)
        if any(step.result[1] != 1 for step in steps):
            return False
        found = count_carries(steps)
        count = found.carries + found.borrows
        return self.options.minimum <= count and (self.options.maximum is None or count <= self.options.maximum)
