"""Units of work: one attempt at each, and all of them on an engine, where what fails is tried again."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar

from exprlearn.errors import ExprLearnError
from exprlearn.plugin import Engine, NoOptions, UnitFailure

Unit = TypeVar("Unit")
Result = TypeVar("Result")

#: How often a unit that failed is tried again: once more tells a lost machine from a fault of the unit.
RETRIES: Final = 1


def attempt(work: Callable[[Unit], Result], unit: Unit) -> Result | UnitFailure:
    """Do the work once; what it raises becomes a `UnitFailure`, so that any process can send it on.

    >>> attempt(int, "12"), attempt(int, "x").said
    (12, "ValueError: invalid literal for int() with base 10: 'x'")
    """
    try:
        return work(unit)
    except KeyboardInterrupt:
        raise
    # A unit may raise anything, and may try to leave the program; it is told by name and the other units go on.
    except BaseException as error:
        is_expected = isinstance(error, ExprLearnError)
        said = str(error) if is_expected else f"{type(error).__name__}: {error}"
        return UnitFailure(" ".join(said.split()), is_expected=is_expected, trace=traceback.format_exc())


def run_units(
    engine: Engine, work: Callable[[Unit], Result], units: Sequence[Unit], *, retries: int = RETRIES
) -> Iterator[tuple[int, Result | UnitFailure]]:
    """Yield the index of every unit once, as it ends, with its result, or with what went wrong each time.

    Args:
        engine: where units run.
        work: what to do; other processes must be able to import it.
        units: what to do it with.
        retries: how often a unit that failed is tried again, when all others have had their turn.

    >>> [(index, str(each)) for index, each in run_units(SerialEngine(), int, ["7", "x", "9"])][:2]
    [(0, '7'), (2, '9')]
    """
    waiting = list(range(len(units)))
    for left in range(retries, -1, -1):
        # Starting an engine may take long, so that one without units is not asked.
        outcomes = engine.run(work, [units[index] for index in waiting]) if waiting else iter(())
        failed: list[int] = []
        for number, outcome in outcomes:
            if isinstance(outcome, UnitFailure) and left:
                failed.append(waiting[number])
            else:
                yield waiting[number], outcome
        waiting = failed


class SerialEngine:
    """The engine `serial`: runs units in their order, in this process.

    >>> list(SerialEngine().run(len, ["one", "three"]))
    [(0, 3), (1, 5)]
    """

    workers = 1

    def __init__(self, options: NoOptions | None = None) -> None:
        self.options = options or NoOptions()

    def run(self, work: Callable[[Unit], Result], units: Sequence[Unit]) -> Iterator[tuple[int, Result | UnitFailure]]:
        """Yield the index and the outcome of every unit."""
        return ((index, attempt(work, unit)) for index, unit in enumerate(units))

    def close(self) -> None:
        """Hold nothing."""
