"""A constraint plugin in one file: keep what is divisible by a number."""

from collections.abc import Iterable
from fractions import Fraction

from pydantic import Field

from exprlearn.plugin import ConstraintSpec, Options, hookimpl


class DivisibleOptions(Options):
    """What answers must be divisible by."""

    by: int = Field(default=2, ge=1, le=1_000_000, description="The divisor.")


class Divisible:
    """Keeps expressions whose value is a multiple of a number.

    >>> Divisible(DivisibleOptions(by=3)).holds("1+2", Fraction(3))
    True
    """

    def __init__(self, options: DivisibleOptions) -> None:
        self.options = options

    def keep(self, block, values):
        """Tell for each row of a block whether it stays; bool [n]."""
        return (values.denominators == 1) & (values.numerators % self.options.by == 0)

    def holds(self, expression: str, value: Fraction) -> bool:
        """Tell the same of one expression."""
        return value.denominator == 1 and value.numerator % self.options.by == 0


@hookimpl
def exprlearn_constraints() -> Iterable[ConstraintSpec]:
    """Yield the constraint, for `data.constraints`."""
    yield ConstraintSpec(
        name="divisible",
        summary="The value is a multiple of a number.",
        options=DivisibleOptions,
        make=Divisible,
    )
