"""The engine `processes`: several processes of this machine, each doing one unit after the other."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any, cast

from pydantic import Field

from exprlearn.engines.worker import Worker
from exprlearn.plugin import Options

#: How long a worker that is to end may take, as a training does that saves where it stands.
GRACE_SECONDS = 10.0


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
        """Yield the place and the outcome of every unit, as they end."""
        waiting = list(enumerate(units))[::-1]
        workers: list[Worker] = []
        busy: dict[Connection, tuple[int, Worker]] = {}

        def give(worker: Worker) -> None:
            place, unit = waiting.pop()
            worker.take(unit)
            busy[worker.connection] = place, worker

        try:
            for _ in range(min(self.workers, len(units))):
                workers.append(Worker(work))
                give(workers[-1])
            while busy:
                for ready in cast(list[Connection], wait(list(busy))):
                    place, worker = busy.pop(ready)
                    outcome = worker.outcome()
                    if waiting and (worker.is_lost or self.options.fresh):
                        worker.ask_to_end()
                        workers = [each for each in workers if each.is_running]
                        workers.append(worker := Worker(work))
                    if waiting:
                        give(worker)
                    yield place, outcome
        finally:
            for worker in workers:
                worker.ask_to_end()
            for worker in workers:
                worker.end(GRACE_SECONDS)

    def close(self) -> None:
        """Hold nothing between runs."""
