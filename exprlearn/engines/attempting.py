"""One attempt at a unit of work, whatever it raises."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import TypeVar

from exprlearn.errors import ExprLearnError
from exprlearn.plugin import UnitFailure

Unit = TypeVar("Unit")
Result = TypeVar("Result")


def attempt(work: Callable[[Unit], Result], unit: Unit) -> Result | UnitFailure:
    """Do the work once; what it raises becomes a `UnitFailure`, so that any process can send it on.

    >>> attempt(int, "12"), attempt(int, "x").said
    (12, "ValueError: invalid literal for int() with base 10: 'x'")
    """
    try:
        return work(unit)
    except ExprLearnError as error:
        return UnitFailure(_one_line(str(error)), is_expected=True, trace=traceback.format_exc())
    except KeyboardInterrupt:
        raise
    # A unit may raise anything, and may try to leave the program; it is told by name and the other units go on.
    except BaseException as error:
        return UnitFailure(_one_line(f"{type(error).__name__}: {error}"), trace=traceback.format_exc())


def _one_line(text: str) -> str:
    return " ".join(text.split())
