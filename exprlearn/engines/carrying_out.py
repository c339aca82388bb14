"""Carrying out units of work on an engine: what fails is tried again before it is reported."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeVar

from exprlearn.plugin import Engine, UnitFailure

Unit = TypeVar("Unit")
Result = TypeVar("Result")

#: How often a unit that failed is tried again: once more tells a lost machine from a fault of the unit.
RETRIES: Final = 1


def carry_out(
    engine: Engine, work: Callable[[Unit], Result], units: Sequence[Unit], *, retries: int = RETRIES
) -> Iterator[tuple[int, Result | UnitFailure]]:
    """Yield the place of every unit once, as it ends, with its result, or with what went wrong each time.

    Args:
        engine: where units run.
        work: what to do; other processes must be able to import it.
        units: what to do it with.
        retries: how often a unit that failed is tried again, when all others have had their turn.

    >>> from exprlearn.engines import SerialEngine
    >>> [(place, str(each)) for place, each in carry_out(SerialEngine(), int, ["7", "x", "9"])][:2]
    [(0, '7'), (2, '9')]
    """
    waiting = list(range(len(units)))
    for left in range(retries, -1, -1):
        failed: list[int] = []
        for number, outcome in _outcomes(engine, work, [units[place] for place in waiting]):
            if isinstance(outcome, UnitFailure) and left:
                failed.append(waiting[number])
            else:
                yield waiting[number], outcome
        waiting = failed


def _outcomes(engine: Engine, work: Callable[[Any], Any], units: Sequence[Any]) -> Iterator[tuple[int, Any]]:
    """Ask the engine where anything is left to do: starting one may take long."""
    return engine.run(work, units) if units else iter(())
