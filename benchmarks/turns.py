"""Several sides measured in turns: other work on the machine slows whatever runs at that moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
from time import process_time
from typing import TypeVar

Side = TypeVar("Side")
Measured = Mapping[str, list[float]]
"""What each side took, turn by turn."""


def seconds(call: Callable[[], object]) -> float:
    """Return the processor seconds of a call."""
    start = process_time()
    call()
    return process_time() - start


def in_turns(sides: Mapping[str, Side], turns: int, measure: Callable[[Side], float] = seconds) -> Measured:
    """Measure every side once a turn, in processor seconds if nothing else is said."""
    found: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(turns):
        for name, side in sides.items():
            found[name].append(measure(side))
    return found


def medians(measured: Measured) -> dict[str, float]:
    return {name: median(each) for name, each in measured.items()}


def ratio(measured: Measured, name: str, beside: str) -> float:
    """Return how many times as long as another a side took: the median of the ratios within a turn."""
    return median(one / other for one, other in zip(measured[name], measured[beside], strict=True))


def verdict(met: bool) -> str:
    return "met" if met else "MISSED"
