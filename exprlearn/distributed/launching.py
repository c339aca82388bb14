"""Running one command in several processes of this machine that know of each other, and ending all when one is lost."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import IO

from exprlearn.distributed.workers import TrainingWorker

#: How long the others may take to end by themselves when one is lost; anyone who waits for it would wait for minutes.
GRACE_SECONDS = 5.0
#: Done, and stopped as asked for after a checkpoint.
ENDED_WELL = (0, 129, 130, 143)

#: The variable that tells a process which other one has started it here.
LAUNCHER = "EXPRLEARN_LAUNCHER"

_HANDED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_POLL_SECONDS = 0.05
_WATCH_SECONDS = 0.5


@dataclass(frozen=True)
class ProcessEnding:
    """How a command ended in all of its processes.

    Attributes:
        code: the exit code for the whole.
        lost: the process that did not end well and has not said so itself; None when there is none.
        why: how it ended, and what it said last.
        cut: whether the first process could not say how to go on.
    """

    code: int
    lost: int | None = None
    why: str = ""
    cut: bool = False


@dataclass
class _Processes:
    """The processes by rank, with what the silent ones wrote to stderr."""

    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    said: dict[int, IO[bytes]] = field(default_factory=dict)
    #: The signals that were handed on.
    asked: list[int] = field(default_factory=list)
    #: When those that are left are killed.
    deadline: float | None = None

    def ask(self, number: int, frame: FrameType | None = None) -> None:
        """Hand a signal on; after the second one, nobody is waited for.

        Of a terminal that is closed both the system and the shell may tell: that is one wish.
        """
        if number == signal.SIGHUP and number in self.asked:
            return
        self.asked.append(number)
        for process in self.running:
            process.send_signal(number)
        if len(self.asked) > 1:
            self.hurry()

    def hurry(self) -> None:
        """Give those that are left a few seconds."""
        if self.deadline is None:
            self.deadline = time.monotonic() + GRACE_SECONDS

    def kill(self) -> None:
        """End all that are left, and wait for them."""
        for process in self.running:
            process.kill()
        for process in self.running:
            process.wait()


def run_together(command: Sequence[str], count: int) -> ProcessEnding:
    """Run a command in `count` processes, each with the variables that tell it which one it is.

    The first one writes to this process's stdout and stderr, the others are not heard. SIGINT, SIGTERM and SIGHUP are
    handed on to each once: all of them are in sessions of their own, so that a terminal's Ctrl-C does not come twice.
    """
    with ExitStack() as stack:
        processes = _Processes()
        stack.enter_context(_handing_on(processes))
        stack.callback(processes.kill)
        address = f"127.0.0.1:{free_port()}"
        for rank in range(count):
            quiet = None if rank == 0 else stack.enter_context(tempfile.TemporaryFile())
            if quiet is not None:
                processes.said[rank] = quiet
            processes.running.append(_started(command, TrainingWorker(rank, count, address), quiet))
        return _ending(processes, _first_failures(processes))


def end_with_launcher() -> None:
    """Watch the process that started this one here, if any, and end with it: it may be killed, and not say so."""
    launcher = os.environ.get(LAUNCHER)
    if launcher is not None:
        threading.Thread(target=_watch, args=(int(launcher),), daemon=True).start()


def _watch(launcher: int) -> None:
    while os.getppid() == launcher:
        time.sleep(_WATCH_SECONDS)
    # A run that is killed loses nothing that was told to be saved.
    os._exit(1)


def free_port() -> int:
    """Find a port of the loopback interface that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _started(command: Sequence[str], worker: TrainingWorker, quiet: IO[bytes] | None) -> subprocess.Popen[bytes]:
    # Without its own address JAX would listen on every interface, to anyone who comes.
    bound = {"JAX_COORDINATOR_BIND_ADDRESS": worker.address, LAUNCHER: str(os.getpid())}
    return subprocess.Popen(
        command,
        env={**os.environ, **worker.variables(), **bound},
        stdin=subprocess.DEVNULL,
        stdout=None if quiet is None else subprocess.DEVNULL,
        stderr=quiet,
        start_new_session=True,
    )


@contextmanager
def _handing_on(processes: _Processes) -> Iterator[None]:
    before = {number: signal.signal(number, processes.ask) for number in _HANDED_ON}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _first_failures(processes: _Processes) -> dict[int, int]:
    """Wait until all have ended; return the exit codes of those that failed first, by rank."""
    failed: dict[int, int] = {}
    while None in (codes := [process.poll() for process in processes.running]):
        found = {rank: code for rank, code in enumerate(codes) if code is not None and code not in ENDED_WELL}
        if found:
            failed = failed or found
            processes.hurry()
        if processes.deadline is not None and time.monotonic() > processes.deadline:
            processes.kill()
        time.sleep(_POLL_SECONDS)
    return failed or {rank: code for rank, code in enumerate(codes) if code not in (None, *ENDED_WELL)}


def _ending(processes: _Processes, failed: dict[int, int]) -> ProcessEnding:
    """Say how it ended: the one that was killed is why the others failed."""
    if not failed:
        return ProcessEnding(processes.running[0].returncode)
    if processes.asked:
        return ProcessEnding(128 + processes.asked[0], cut=0 in failed)
    rank, code = min(failed.items(), key=lambda each: (each[1] > 0, each[0]))
    if rank == 0 and code > 0:
        return ProcessEnding(code)
    if code < 0:
        return ProcessEnding(1, rank, f"was killed by {signal.Signals(-code).name}", cut=True)
    stream = processes.said[rank]
    stream.seek(0)
    said = stream.read().decode(errors="replace").strip()
    return ProcessEnding(1, rank, f"ended with exit code {code}" + (f":\n{said}" if said else ""), cut=True)
