"""Kills a training again and again, and lets it go on; a program, for the test of that name.

    python killing.py FOLDER KILLS [SECTION.KEY=VALUE ...]

The parent imports everything once, and every training is a fork of it that starts the backend and finds what the first
one compiled, so that one costs two seconds instead of twelve. The parent sends signals at random moments. After each it
reads what is left: a whole checkpoint must be there, no older than the last one that was told to be saved. Trainings
that reach their end, after however many signals, must have the same bits, losses and samples as one that was left
alone; then the next one begins.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import numpy as np

from exprlearn.config import read_config, resolve
from exprlearn.dataset import load_space, load_splits
from exprlearn.plugin.manager import Plugins
from exprlearn.runs import checkpoint
from exprlearn.runs.checkpoint import Position
from exprlearn.runs.preparation import load_stages, make_encoder, read_stages
from exprlearn.runs.run_files import read_lines
from exprlearn.runs.run_folder import RunFolder
from exprlearn.runs.starting import reopen, start_run
from exprlearn.training import compiled_steps as steps
from exprlearn.training import trainer
from exprlearn.training.observers import Silent
from exprlearn.training.stopping import SIGNALS

BACKEND = os.environ.get("EXPRLEARN_TEST_BACKEND", "jax")
SETTINGS = [
    f"training.backend={BACKEND}",
    "grammar.range=0..19",
    "data.validation=8",
    "data.test=8",
    "training.examples_per_epoch=256",
    "training.batch_size=16",
    "training.epochs=6",
]
MODEL = ["model.name=repeat-vector", "model.units=4", "model.embedding=4", "model.dropout=0.3"]
ASKING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
TOLD = {signal.SIGTERM: 143, signal.SIGINT: 130, signal.SIGHUP: 129}
EARLY, LATE = 1.0, 0.04
# A moment is a number of saved checkpoints, not of seconds: a slow machine is hit at as many moments as a fast one.
SAVED = 12


def import_all(compiled: Path) -> None:
    """Import Keras and its backend, which starts with its first operation only, and in the forks."""
    os.environ |= {
        "KERAS_BACKEND": BACKEND,
        "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
        "JAX_COMPILATION_CACHE_DIR": str(compiled),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }
    importlib.import_module("keras")


class Prepared:
    """Everything a training needs that needs no backend."""

    def __init__(self, further: list[str]) -> None:
        plugins = Plugins(only=())
        model = [] if any(each.startswith("model.name=") for each in further) else MODEL
        settings = [*SETTINGS, *model, *further]
        self.components = resolve(read_config(None, {}, settings, plugins=plugins).config, plugins)
        self.space = load_space(self.components.config.grammar, self.components)
        self.splits = load_splits(self.space, self.components)
        self.stages = load_stages(self.space, self.components)
        self.encoder = make_encoder(self.space, self.components, self.stages)

    def start(self, folder: Path):
        """Make a new run, or open the one that is there."""
        if (folder / "run.json").exists():
            lock = RunFolder(folder).hold()
            run, resumed = reopen(RunFolder(folder), self.components)
            run.lock = lock
            run.stages = read_stages(run.folder, self.space, self.components)
            return run, resumed
        kept = {"runs": folder.parent, "name": folder.name, "data": self.space}
        kept["stages"] = self.stages
        return start_run(self.components, self.encoder, **kept, common_answer="1", scale=1.0), None


def train(prepared: Prepared, folder: Path, told: int, cut: bool) -> int:
    """Train in a forked process; write the moment of every checkpoint to `told` once it is saved."""
    if cut:
        steps.CALL_SECONDS, trainer.CHECKPOINT_SECONDS = 0.004, 0.0
        _compile_for_oneself()
    keep = checkpoint.save

    def save(place, variables, state):
        saved = keep(place, variables, state)
        os.write(told, f"{state['epoch']} {state['step']}\n".encode())
        return saved

    checkpoint.save = save
    run, resumed = prepared.start(folder)
    outcome = trainer.train(run, prepared.splits, Silent(), resumed=resumed)
    return {reason: TOLD[number] for number, reason in SIGNALS.items()}.get(outcome.stopped_by, 0)


def _compile_for_oneself() -> None:
    """Read what others compiled and write nothing, since a kill may come."""
    if BACKEND == "jax":
        import jax

        jax.config.update("jax_persistent_cache_min_compile_time_secs", 1e9)


def forked(prepared: Prepared, folder: Path, *, cut: bool = True) -> tuple[int, int]:
    """Begin a training; return its process and where it tells what is saved."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        code = 70
        try:
            os.close(reading)
            code = train(prepared, folder, writing, cut)
        except KeyboardInterrupt:
            # The wish came when the last step was done, and nobody listened any more.
            code = TOLD[signal.SIGINT]
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    os.close(writing)
    return process, reading


def told_by(reading: int, before: bytes) -> list[tuple[int, int]]:
    """Read the moments of all checkpoints that a process that is no more has told, some of which were read `before`."""
    with os.fdopen(reading, "rb") as stream:
        lines = (before + stream.read()).decode().split("\n")[:-1]
    return [(int(epoch), int(step)) for epoch, step in (line.split() for line in lines)]


def result_of(folder: Path):
    """Return everything a training leaves that must not depend on when it was cut."""
    found, notes = checkpoint.newest(folder / "checkpoints")
    assert not notes, notes
    position = asdict(Position.of(found.state)) | {"seconds": 0.0}
    losses = [row["loss"] for row in read_lines(folder / "metrics.jsonl")]
    bits = {name: values.tobytes() for name, values in found.variables.items()}
    return bits, position, losses, (folder / "samples.jsonl").read_text()


def leave_alone(process: int) -> int:
    """Wait for a process; return its exit code, or minus the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def hit(process: int, reading: int, random: np.random.Generator, number: int) -> tuple[int, bytes]:
    """Send a signal at a random moment, one kill in eight while training is being set up; return what was told."""
    early = number == signal.SIGKILL and random.uniform() < 1 / 8
    saved, told = 0 if early else int(random.integers(1, SAVED + 1)), b""
    while told.count(b"\n") < saved and (more := os.read(reading, 64)):
        told += more
    time.sleep(float(random.uniform(0, EARLY if early else LATE)))
    os.kill(process, number)
    return leave_alone(process), told


def check(folder: Path, told: list[tuple[int, int]]) -> tuple[int, int] | None:
    """Find a whole checkpoint no older than the last one told; None when none was ever begun."""
    if not told and not checkpoint.list_checkpoints(folder / "checkpoints"):
        return None
    found, notes = checkpoint.newest(folder / "checkpoints")
    assert not notes, notes
    assert not told or found.moment >= told[-1], (found.moment, told[-1])
    return found.moment


def main(place: Path, kills: int, *further: str) -> None:
    """Send that many kills and some friendlier signals, until a training that was hit has ended too."""
    import_all(place / "compiled")
    prepared, random = Prepared([*further]), np.random.default_rng([3, kills])
    process, reading = forked(prepared, place / "whole", cut=False)
    assert leave_alone(process) == 0
    os.close(reading)
    whole = result_of(place / "whole")
    codes, moments, trainings = Counter(), set(), 0
    while codes[-signal.SIGKILL] < kills or codes[0] < trainings:
        folder = place / f"cut-{codes[0]}"
        trainings = codes[0] + 1
        process, reading = forked(prepared, folder)
        number = ASKING[int(random.integers(len(ASKING)))] if random.uniform() < 1 / 5 else signal.SIGKILL
        enough = codes[-signal.SIGKILL] >= kills
        code, told = (leave_alone(process), b"") if enough else hit(process, reading, random, number)
        assert code in (0, -number, TOLD.get(number)), code
        codes[code] += 1
        moments.add(check(folder, told_by(reading, told)))
        if code == 0:
            assert result_of(folder) == whole
    asked = sum(codes[code] for code in TOLD.values())
    print(f"{codes[-signal.SIGKILL]} killed, {asked} asked to stop, at {len(moments)} moments; ", end="")
    print(f"{codes[0]} trainings ended as the one left alone")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
