"""Workings: what is written before an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, Protocol

from exprlearn.plugin.spec import Kind, Spec, hookspec

if TYPE_CHECKING:
    from exprlearn.working import WorkingStep


Drop = int | Literal["all"]
"""How many parts of a working are left out from its beginning; "all" leaves the answer alone."""


class ShownLine(NamedTuple):
    """One thing that a working says: an expression and what it is worth.

    Attributes:
        expression: as the text shows it, `3*18` or `8+1|3`; empty where only a value is shown.
        stated: the number, line or answer that the text gives for it.
        is_part: it only serves the calculation that is shown next, as a partial product does.
    """

    expression: str
    stated: str
    is_part: bool = False


@dataclass(frozen=True, kw_only=True)
class WorkingBounds:
    """What is known of the expressions whose workings are written; the lengths are in characters.

    Attributes:
        steps: calculations at most.
        line: the longest line, the expression itself included.
        number: the longest number in any line, sign included.
        answer: the longest answer.
    """

    steps: int
    line: int
    number: int
    answer: int


class Working(Protocol):
    """Writes the calculations of an expression before its answer, and finds both again."""

    @property
    def characters(self) -> str:
        """Return every character that stands between the digits, signs and strokes of numbers and the answer."""

    @property
    def is_deterministic(self) -> bool:
        """Tell whether the same steps always give the same text."""

    def write(self, steps: Sequence[WorkingStep], answer: str) -> str:
        """Write the working, numbers most significant digit first; the text ends with the answer."""

    def answer(self, text: str) -> str:
        """Return the answer that a text ends with, empty where the text breaks off; no text makes it raise."""

    def lines(self, text: str) -> Sequence[ShownLine]:
        """List all that a text says, in its order, for the proof and the check; no text makes it raise."""

    def longest(self, bounds: WorkingBounds) -> int:
        """Return a number of characters that no working of such expressions exceeds."""


@dataclass(frozen=True, kw_only=True)
class WorkingSpec(Spec):
    """What is written before an answer."""

    kind: ClassVar[str] = "working"
    make: Callable[[Any], Working]


@hookspec
def exprlearn_workings() -> Iterable[WorkingSpec]:  # type: ignore[empty-body]
    """Yield workings, for `--working NAME`.

    A working writes the calculations of an expression down before its answer. It is handed the steps, each with
    operator, left, right, value and the line after it, in the order in which they are done; the text it makes ends
    with the answer. It says again what a text shows, right or wrong, so that held-out expressions can be found in it
    and every line can be checked. Values are written by `write_value`, fractions as `1|3`; where numbers are written
    units first, they are turned round afterwards, each by itself.
    """


KIND = Kind(
    spec=WorkingSpec,
    hook=exprlearn_workings,
    component=Working,
    works_with={
        "exprlearn.plugin:ShownLine": (),
        "exprlearn.plugin:WorkingBounds": (),
        "exprlearn.working:WorkingStep": (),
    },
    example="spoken",
    command="exprlearn data build sums --grammar sums --train 10000 --working {name}",
    page="working",
)
