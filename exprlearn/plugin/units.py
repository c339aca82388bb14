"""What becomes of a unit of work that an engine runs and that does not end well."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class UnitFailure:
    """A unit of work that did not end well, as plain data that any process can take along.

    Attributes:
        said: what went wrong, in one line.
        is_expected: whether the work raised an `ExprLearnError`, which is told without a traceback.
        trace: the traceback of what it raised; empty when the worker was lost.
    """

    said: str
    is_expected: bool = False
    trace: str = ""

    def __str__(self) -> str:
        return self.said
