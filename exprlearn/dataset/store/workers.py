"""Independent units of work, done in this process or shared out over several."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from typing import TypeVar

from exprlearn.errors import DataError

Unit = TypeVar("Unit")
Result = TypeVar("Result")


def spread(work: Callable[[Unit], Result], units: Sequence[Unit], workers: int) -> Iterator[Result]:
    """Yield the result of every unit as it comes; the first failure ends it all.

    Args:
        work: what to do; other processes must be able to import it.
        units: what to do it with.
        workers: how many processes; 1 is this one.

    Raises:
        DataError: a worker was killed.
    """
    workers = min(workers, len(units))
    if workers <= 1:
        yield from map(work, units)
        return
    # Started anew, not forked: a fork takes over locks that threads of this process may hold.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_follow) as pool:
        futures = [pool.submit(work, unit) for unit in units]
        try:
            for future in as_completed(futures):
                yield future.result()
        except BrokenProcessPool as error:
            raise DataError(
                "a worker was killed, perhaps for want of memory: run the command again to go on"
            ) from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _follow() -> None:
    """Leave interruptions to the parent, and end when it ends, however it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
