"""Training in several processes: starting them here, or being one of those that something else has started."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import typer

from exprlearn.cli.app import INTERRUPTED
from exprlearn.cli.options import Progress
from exprlearn.cli.output import echo, echo_error
from exprlearn.config import Components
from exprlearn.distributed.workers import COUNT, TrainingWorker
from exprlearn.errors import ExprLearnError, OptionError
from exprlearn.runs.run_folder import RunFolder


@dataclass(frozen=True)
class RankContext:
    """What one process of a training works with: the first writes and shows, the others do so where nobody looks.

    Attributes:
        components: what it trains with.
        folder: the run it goes on with, None for a new one.
        runs: where its run folders lie.
        progress: how it shows training.
        silent: whether its results are nobody's.
    """

    components: Components
    folder: RunFolder | None
    runs: Path
    progress: Progress
    silent: bool = False


def start_processes(count: int, *, when_cut: Callable[[], None]) -> int:
    """Run this very command in `count` processes and return its exit code; say when one of them is lost."""
    # Anyone who trains in one process needs nothing of this.
    from exprlearn.distributed.launching import run_together

    ending = run_together([sys.executable, *sys.orig_argv[1:]], count)
    if ending.lost is not None:
        echo_error(f"process {ending.lost} of {count} is lost and the others were ended: it {ending.why}")
    if ending.cut:
        when_cut()
    return ending.code


def check_count(worker: TrainingWorker | None, asked: int) -> None:
    """Refuse a config that asks for other processes than this one was told of."""
    if worker is not None and worker.count != asked:
        raise OptionError(
            f"training.processes: {asked} asked for, and {COUNT} is {worker.count}; leave one of them out"
        )


@contextmanager
def rank_context(worker: TrainingWorker | None, rank: RankContext) -> Iterator[RankContext]:
    """Give a process what it works with; of several, one that fails leaves at once."""
    if worker is None or worker.count == 1:
        yield rank
        return
    from exprlearn.distributed.launching import end_with_launcher

    end_with_launcher()
    with _leaving_at_once():
        if worker.first:
            yield rank
            return
        with tempfile.TemporaryDirectory(prefix="exprlearn-") as place:
            yield _out_of_sight(rank, Path(place))


def _out_of_sight(rank: RankContext, place: Path) -> RankContext:
    """Let a process that is not the first write to a folder of its own, which begins with the run to go on with."""
    folder = rank.folder
    if folder is not None:
        # What begins with a dot is only just being written.
        shutil.copytree(folder.path, place / folder.name, ignore=shutil.ignore_patterns(".*"))
        folder = RunFolder(place / folder.name)
    components = replace(rank.components, observers=())
    return RankContext(components, folder, place, "none", silent=True)


@contextmanager
def _leaving_at_once() -> Iterator[None]:
    """End this process when it fails: on its way out JAX would wait minutes for the others, who wait for this one."""
    try:
        yield
    except typer.Exit:
        raise
    except ExprLearnError as error:
        echo_error(error)
        _leave(error.exit_code)
    except KeyboardInterrupt:
        echo("interrupted", err=True)
        _leave(INTERRUPTED)
    except BaseException:
        echo(traceback.format_exc(), err=True, nl=False)
        _leave(1)


def _leave(code: int) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
