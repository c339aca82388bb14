"""The engine `processes`: several processes of this machine, each doing one unit after the other."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from typing import Any, cast

from pydantic import Field

from exprlearn.engines.units import attempt
from exprlearn.plugin import Options, UnitFailure

#: How long a worker that is to end may take, as a training does that saves where it stands.
GRACE_SECONDS = 10.0
# Started anew, not forked: a fork takes over locks that threads of this process may hold.
_CONTEXT = get_context("spawn")


def usable_cores() -> int:
    """Tell how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class ProcessesOptions(Options):
    """How many processes, and for how long each."""

    workers: int = Field(default_factory=usable_cores, ge=1, description="processes; one a core when left out")
    fresh: bool = Field(default=False, description="a new process for each unit, to which no other leaves anything")


class ProcessesEngine:
    """Runs units in processes of this machine.

    A pool of the standard library gives up all its units when one process dies, and names none. Here each process has a
    connection of its own: the unit that it was at is known, and another process takes the next one.
    """

    def __init__(self, options: ProcessesOptions | None = None) -> None:
        self.options = options or ProcessesOptions()

    @property
    def workers(self) -> int:
        """Tell how many units run at once."""
        return self.options.workers

    def run(self, work: Callable[[Any], Any], units: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        """Yield the index and the outcome of every unit, as they end."""
        waiting = list(enumerate(units))[::-1]
        workers: list[Worker] = []
        busy: dict[Connection, tuple[int, Worker]] = {}

        def give(worker: Worker) -> None:
            index, unit = waiting.pop()
            worker.take(unit)
            busy[worker.connection] = index, worker

        try:
            for _ in range(min(self.workers, len(units))):
                workers.append(Worker(work))
                give(workers[-1])
            while busy:
                for ready in cast(list[Connection], wait(list(busy))):
                    index, worker = busy.pop(ready)
                    outcome = worker.outcome()
                    if waiting and (worker.is_lost or self.options.fresh):
                        worker.ask_to_end()
                        workers = [each for each in workers if each.is_running]
                        workers.append(worker := Worker(work))
                    if waiting:
                        give(worker)
                    yield index, outcome
        finally:
            for worker in workers:
                worker.ask_to_end()
            for worker in workers:
                worker.end(GRACE_SECONDS)

    def close(self) -> None:
        """Hold nothing between runs."""


class Worker:
    """A process and the connection to it.

    Args:
        work: what it does with every unit; it must be able to import it.

    Attributes:
        connection: ready when the unit at hand has ended, or the process has.
        is_at_work: whether it has a unit at hand.
        is_lost: whether the process has ended without being asked to.
    """

    def __init__(self, work: Callable[[Any], Any]) -> None:
        self.connection, theirs = _CONTEXT.Pipe()
        self.is_at_work = self.is_lost = False
        self._process = _CONTEXT.Process(target=_serve, args=(work, theirs), daemon=True)
        with _interruptions_ignored():
            self._process.start()
        theirs.close()

    @property
    def is_running(self) -> bool:
        """Tell whether the process has not ended; of one that has, nothing stays in the list of processes then."""
        return self._process.is_alive()

    def take(self, unit: Any) -> None:
        """Begin with a unit."""
        self.is_at_work = True
        try:
            self.connection.send(unit)
        except (BrokenPipeError, ConnectionResetError):
            # It ended before it began, which `outcome` will find as well.
            self.is_lost = True

    def outcome(self) -> Any:
        """Return what came of the unit at hand."""
        self.is_at_work = False
        try:
            return self.connection.recv()
        except (EOFError, ConnectionResetError):
            self.is_lost = True
            self._process.join()
            return UnitFailure(f"its process was lost ({_ending(self._process.exitcode)}), perhaps for want of memory")

    def ask_to_end(self) -> None:
        """Let it end: at once when it is idle, and when it is at work as soon as it has saved what it can."""
        if self.is_at_work:
            self._process.terminate()
        self.connection.close()

    def end(self, seconds: float) -> None:
        """Wait for its end, and end it when that takes too long."""
        self._process.join(seconds)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _ending(code: int | None) -> str:
    """Say how a process ended.

    >>> _ending(-9), _ending(3)
    ('SIGKILL', 'exit code 3')
    """
    return signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"


@contextmanager
def _interruptions_ignored() -> Iterator[None]:
    """Start processes that hear no Ctrl-C: it reaches every process, and the one that was started by hand decides."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _serve(work: Callable[[Any], Any], connection: Connection) -> None:
    """Do unit after unit until nobody hands one over any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        while True:
            connection.send(attempt(work, connection.recv()))
    except (EOFError, BrokenPipeError):
        connection.close()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
