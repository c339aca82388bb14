"""What holds for every engine: each unit comes once, whatever becomes of it, and the others go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from exprlearn.errors import DataError
from exprlearn.plugin import Engine, UnitFailure
from exprlearn.testing.check import Subject, demand
from exprlearn.testing.contract import Contract

UNITS = tuple(range(7))
REFUSED = 3


class EngineContract(Contract, kind="engine"):
    """What every engine promises."""


@EngineContract.check()
def it_tells_how_many_units_run_at_once(subject: Subject) -> None:
    """Ask before anything has run."""
    with _open(subject) as engine:
        demand(engine.workers >= 1, f"workers is {engine.workers!r}: at least one")


@EngineContract.check()
def without_units_nothing_comes(subject: Subject) -> None:
    """Hand it no unit at all."""
    with _open(subject) as engine:
        outcomes = list(engine.run(square, []))
    demand(not outcomes, f"of no units came {outcomes!r}")


@EngineContract.check()
def every_unit_comes_once_with_its_result(subject: Subject) -> None:
    """Square some numbers, in whatever order."""
    with _open(subject) as engine:
        _demand_squares(engine, UNITS)


@EngineContract.check(needs=every_unit_comes_once_with_its_result)
def a_unit_that_raises_is_a_failure_and_the_others_go_on(subject: Subject) -> None:
    """Let one unit fail as exprlearn expects it, and one as nobody does."""
    with _open(subject) as engine:
        outcomes = dict(_outcomes(engine, refuse, UNITS))
    failures = {index: outcome for index, outcome in outcomes.items() if isinstance(outcome, UnitFailure)}
    demand(list(outcomes) and sorted(outcomes) == list(UNITS), f"the units {sorted(outcomes)} came, not {list(UNITS)}")
    demand(sorted(failures) == [REFUSED, REFUSED + 1], f"the units {sorted(failures)} failed, not 3 and 4")
    expected, unexpected = failures[REFUSED], failures[REFUSED + 1]
    demand("three is refused" in expected.said and expected.is_expected, f"a refusal became {expected!r}")
    demand("ValueError" in unexpected.said and not unexpected.is_expected, f"a fault became {unexpected!r}")


@EngineContract.check(needs=every_unit_comes_once_with_its_result)
def it_can_be_used_again_after_it_was_closed(subject: Subject) -> None:
    """Close it between two runs."""
    with _open(subject) as engine:
        _demand_squares(engine, UNITS[:2])
        engine.close()
        _demand_squares(engine, UNITS[2:])


def square(number: int) -> int:
    """Square a number; engines import it by name."""
    return number * number


def refuse(number: int) -> int:
    """Raise for two of the numbers; engines import it by name."""
    if number == REFUSED:
        raise DataError("three is refused")
    if number == REFUSED + 1:
        raise ValueError("nobody expects four")
    return number


@contextmanager
def _open(subject: Subject) -> Iterator[Engine]:
    engine: Engine = subject.make()
    try:
        yield engine
    finally:
        engine.close()


def _outcomes(engine: Engine, work: Callable[[Any], Any], units: Sequence[Any]) -> Iterator[tuple[int, Any]]:
    """Run units and see to it that none comes twice."""
    seen: set[int] = set()
    for index, outcome in engine.run(work, units):
        demand(index not in seen, f"unit {index} came twice")
        seen.add(index)
        yield index, outcome


def _demand_squares(engine: Engine, units: Sequence[int]) -> None:
    wanted = {index: unit * unit for index, unit in enumerate(units)}
    outcomes = dict(_outcomes(engine, square, units))
    demand(outcomes == wanted, f"the squares of {list(units)} came as {outcomes}")
