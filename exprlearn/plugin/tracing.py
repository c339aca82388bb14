"""Telling what plugins do: a line for each plugin that is loaded and each hook that is called, and whole tracebacks.

The variable EXPRLEARN_TRACE_PLUGINS turns it on; the lines go to standard error.
"""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from exprlearn.visible import tell

TRACE = "EXPRLEARN_TRACE_PLUGINS"


def is_traced() -> bool:
    """Tell whether somebody wants to read along."""
    return os.environ.get(TRACE, "") not in ("", "0")


@contextmanager
def trace(what: str) -> Iterator[list[str]]:
    """Time what is done and tell it, with the words that are put into the list meanwhile."""
    words: list[str] = []
    started = time.perf_counter()
    try:
        yield words
    except BaseException:
        _tell(what, started, "failed")
        raise
    _tell(what, started, ", ".join(words) or "nothing")


def trace_failure(error: BaseException) -> None:
    """Write the traceback of a failure that is otherwise told in one line."""
    if is_traced():
        tell("".join(traceback.format_exception(error)).rstrip())


def _tell(what: str, started: float, outcome: str) -> None:
    if is_traced():
        tell(f"trace: {what} in {1000 * (time.perf_counter() - started):.1f} ms: {outcome}")
