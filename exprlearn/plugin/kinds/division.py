"""Division policies: what is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

from exprlearn.plugin.kinds.constraint import VALUES, JudgesValues
from exprlearn.plugin.spec import Kind, Spec, hookspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from exprlearn.arithmetic import Values
    from exprlearn.arithmetic.bounds import Extent


class Division(Protocol):
    """Says how `/` computes and how an answer is written."""

    @property
    def operation(self) -> str:
        """Tell how expressions are computed: `exact` keeps rationals, `floor` rounds quotients down, or `modulo 97`."""

    @property
    def characters(self) -> str:
        """Return every character an answer can hold."""

    def answer(self, value: Fraction, expression: str = "") -> str:
        """Write the answer, or raise an `EvaluationError` that says why there is none."""

    def answers(self, values: Values) -> tuple[NDArray[np.str_], NDArray[np.bool_]]:
        """Write the answers of a block of n rows, (n,) each; the bool mask tells which rows have one."""


@runtime_checkable
class BoundsLength(Protocol):
    """What a division policy may tell: how long its answers are, so that rows can be laid out without a constraint."""

    def longest(self, extent: Extent) -> float:
        """Return a number of characters that no answer exceeds, infinite where nothing bounds it.

        The `extent` of all values has `low`, `high`, `digits`, `sign` and `whole_digits`.
        """


@dataclass(frozen=True, kw_only=True)
class DivisionSpec(Spec):
    """What `/` means and how an answer is written.

    Attributes:
        make: returns the division policy for its options.
    """

    kind: ClassVar[str] = "division"
    make: Callable[[Any], Division]


@hookspec
def exprlearn_divisions() -> Iterable[DivisionSpec]:  # type: ignore[empty-body]
    """Yield division policies, for `--division NAME`.

    A policy says how expressions are computed, exactly, rounding down or modulo a number, and how values are written.
    A subclass of `exprlearn.arithmetic.divisions.DivisionPolicy` need only write one answer. Where a policy writes
    more than integers it tells `longest`, or data is drawn with the constraint `answer-length`.
    """


KIND = Kind(
    spec=DivisionSpec,
    hook=exprlearn_divisions,
    component=Division,
    offers=(BoundsLength, JudgesValues),
    works_with={"exprlearn.arithmetic:Values": VALUES, "exprlearn.arithmetic.divisions:DivisionPolicy": ()},
    example="mixed-number",
    command="exprlearn train --grammar mixed --division {name}",
    page="data",
)
