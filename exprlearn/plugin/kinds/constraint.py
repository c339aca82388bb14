"""Constraints: which expressions are kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

from exprlearn.plugin.spec import Kind, Spec, hookspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from exprlearn.arithmetic import Values
    from exprlearn.sampling import Block


class Constraint(Protocol):
    """Keeps or drops expressions."""

    def keep(self, block: Block, values: Values) -> NDArray[np.bool_]:
        """Tell for each of the n rows of a block whether it stays: bool (n,)."""

    def holds(self, expression: str, value: Fraction) -> bool:
        """Tell the same of one expression."""


@dataclass(frozen=True)
class Bounds:
    """What is known of the values that a constraint keeps.

    Attributes:
        low: no value is smaller.
        high: no value is larger.
        digits: no value has more digits, those of numerator and denominator together.
    """

    low: float = -math.inf
    high: float = math.inf
    digits: float = math.inf


@runtime_checkable
class BoundsValues(Protocol):
    """What a constraint may tell: bounds of the values it keeps, so that rows need be no wider than their answers."""

    def bounds(self) -> Bounds:
        """Return the bounds."""


@runtime_checkable
class JudgesValues(Protocol):
    """What a constraint or a division policy may offer that looks at values alone: data is balanced exactly then."""

    def keep_values(self, numerators: NDArray[np.int64], denominators: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell for each value, in lowest terms, whether it stays or has an answer; bool (n,)."""


@runtime_checkable
class DividesEvenly(Protocol):
    """What a constraint may tell: whether every quotient inside of what it keeps is whole."""

    @property
    def divides_evenly(self) -> bool:
        """Tell whether every quotient is whole."""


@dataclass(frozen=True, kw_only=True)
class ConstraintSpec(Spec):
    """A rule that keeps or drops expressions."""

    kind: ClassVar[str] = "constraint"
    make: Callable[[Any], Constraint]


@hookspec
def exprlearn_constraints() -> Iterable[ConstraintSpec]:  # type: ignore[empty-body]
    """Yield constraints, for `data.constraints`.

    A constraint keeps or drops expressions, the same ones whether it checks a block or one alone. With
    `constraints = [{name = "not-zero"}]` under `[data]` no part of the data holds what it drops.
    """


#: The members of `Values` that plugins may rely on.
VALUES = ("numerators", "denominators", "defined", "fits", "exact", "expressions", "fraction")

KIND = Kind(
    spec=ConstraintSpec,
    hook=exprlearn_constraints,
    component=Constraint,
    offers=(BoundsValues, JudgesValues, DividesEvenly),
    works_with={
        "exprlearn.plugin:Bounds": (),
        "exprlearn.sampling:Block": ("numbers", "expressions"),
        "exprlearn.arithmetic:Values": VALUES,
    },
    example="multiple",
    command="exprlearn train --set 'data.constraints=[\"{name}\"]'",
    page="data",
)
