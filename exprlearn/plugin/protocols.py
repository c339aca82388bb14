"""What the components that a spec makes must do: the contracts between a plugin and the core."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from exprlearn.plugin.stages import ScheduleState, Stage, StageResult


class Tokenizer(Protocol):
    """Cuts text into tokens and joins them again; `join(split(text)) == text`."""

    @property
    def per_character(self) -> bool:
        """Tell whether every token is one character, so that whole blocks are looked up at once."""

    def symbols(self, alphabet: Any) -> Sequence[str]:
        """List every token that can occur, in a fixed order, without padding, start and end."""

    def split(self, text: str) -> list[str]:
        """Cut `text` into tokens."""

    def join(self, tokens: Sequence[str]) -> str:
        """Write tokens as text again."""


class Padding(Protocol):
    """Lays rows of ids, tokens at the left and padding behind them, out in rows of a fixed width."""

    def width(self, alphabet: Any, vocabulary: Any) -> int:
        """Tell the width that every expression of the alphabet fits in."""

    def pad(self, ids: NDArray[np.int32], vocabulary: Any, width: int) -> NDArray[np.int32]:
        """Spread packed ids (n, longest) over rows (n, width)."""


class Reversal(Protocol):
    """Says which sides are written back to front."""

    @property
    def source(self) -> bool:
        """Tell whether source rows are reversed."""

    @property
    def target(self) -> bool:
        """Tell whether answers are reversed, before their end mark."""


class Constraint(Protocol):
    """Keeps or drops expressions."""

    def keep(self, block: Any, values: Any) -> NDArray[np.bool_]:
        """Tell for each row of a block whether it stays."""

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


@runtime_checkable
class BoundsLength(Protocol):
    """What a division policy may tell: how long its answers are, so that rows can be laid out without a constraint."""

    def longest(self, extent: Any) -> float:
        """Return a number of characters that no answer exceeds, infinite where nothing bounds it.

        The `extent` of all values has `low`, `high`, `digits`, `sign` and `whole_digits`.
        """


class Division(Protocol):
    """Says how `/` computes and how an answer is written."""

    @property
    def operation(self) -> Literal["exact", "floor"]:
        """Tell whether `/` keeps rationals or rounds down."""

    @property
    def characters(self) -> str:
        """Return every character an answer can hold."""

    def answer(self, value: Fraction, expression: str = "") -> str:
        """Write the answer, or raise an `EvaluationError` that says why there is none."""

    def answers(self, values: Any) -> tuple[NDArray[np.str_], NDArray[np.bool_]]:
        """Write the answers of a block; the mask tells which rows have one."""


class Curriculum(Protocol):
    """Says in which stages a task is taught, the easiest first."""

    def stages(self, space: Any) -> Sequence[Stage]:
        """List the stages for a run whose own expressions are those of `space`, an `ExpressionSpace`."""


class Schedule(Protocol):
    """Says how much of each epoch comes from which stage; every method is a function of its arguments alone.

    It may tell `problems(stages, best)`, a sentence for each stage that not even its best result would end.
    """

    def begin(self, stages: Sequence[Stage]) -> ScheduleState:
        """Return the state before the first epoch."""

    def shares(self, state: ScheduleState) -> Sequence[float]:
        """Return the share of each stage in the next epoch; they sum to 1."""

    def after(self, state: ScheduleState, results: Sequence[StageResult]) -> ScheduleState:
        """Return the state after an epoch, from how each stage's held-out expressions were answered."""


class Metric(Protocol):
    """Scores decoded answers."""

    def score(self, answers: Sequence[str], truths: Sequence[str]) -> float:
        """Return the score over all items; higher is better unless the summary says otherwise."""


class Engine(Protocol):
    """Runs independent units of work: each is a function of plain data alone and leaves its result as a file."""

    @property
    def workers(self) -> int:
        """Tell how many units run at once."""

    def run(self, work: Callable[[Any], Any], units: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        """Yield the place of every unit once, as it ends, with what `work` returns for it, or with a `UnitFailure`.

        One attempt is enough: whoever asks tries again. `work` is a function that other processes can import, or a
        `functools.partial` of one; `exprlearn.engines.attempt` calls it and turns what it raises into a `UnitFailure`.
        """

    def close(self) -> None:
        """Let go of what it holds between runs."""
