"""Goes on with one run in several processes at once, again and again; a program, for the test of that name.

    python competing.py FOLDER ROUNDS PROCESSES

As in `killing.py` the parent imports everything once, and every training is a fork of it. In each round all forks go
on with the run at the same moment, for one epoch more: one must train, the others must say which process does.
"""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from exprlearn.errors import RunError
from exprlearn.runs.run_files import read_lines
from exprlearn.training import trainer
from exprlearn.training.observers import Silent

if TYPE_CHECKING:
    from killing import Prepared

# `killing` is imported where it is used: it lies beside this program, where no test finds it.
FEW = "training.examples_per_epoch=32"


def prepared_for(epochs: int) -> Prepared:
    """Prepare a training of so many epochs of two steps."""
    from killing import Prepared

    return Prepared([FEW, f"training.epochs={epochs}"])


def train(folder: Path, prepared: Prepared) -> None:
    """Begin a run in `folder`, or go on with it."""
    run, resumed = prepared.start(folder)
    with run.lock:
        trainer.train(run, prepared.splits, Silent(), resumed=resumed)


def forked(act: Callable[[], None]) -> tuple[int, int]:
    """Do something in a fork; return its process and where the error comes out that it ends with, if any."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        code = 70
        try:
            os.close(reading)
            act()
            code = 0
        except RunError as error:
            os.write(writing, str(error).encode())
            code = 1
        finally:
            sys.stderr.flush()
            os._exit(code)
    os.close(writing)
    return process, reading


def told_by(reading: int) -> str:
    with os.fdopen(reading, "rb") as stream:
        return stream.read().decode()


def compete(folder: Path, epochs: int, count: int) -> None:
    """Resume in `count` processes at once, and check what came of it."""
    from killing import leave_alone

    prepared = prepared_for(epochs)
    waiting, go = os.pipe()

    def go_on() -> None:
        os.close(go)
        os.read(waiting, 1)
        train(folder, prepared)

    begun = [forked(go_on) for _ in range(count)]
    os.close(waiting)
    os.close(go)
    codes = {process: leave_alone(process) for process, _ in begun}
    said = [told_by(reading) for _, reading in begun]
    assert sorted(codes.values()) == [0] + [1] * (count - 1), (codes, said)
    (winner,) = (process for process, code in codes.items() if code == 0)
    who = rf"run {folder.name} is being trained by process {winner} on {re.escape(platform.node())} since .*"
    assert all(re.fullmatch(who, refused) for refused in said if refused), said
    check(folder, epochs)


def check(folder: Path, epochs: int) -> None:
    """See that every epoch is written down once, and that nothing is left of the others."""
    assert [row["epoch"] for row in read_lines(folder / "metrics.jsonl")] == list(range(1, epochs + 1))
    samples = [row["epoch"] for row in read_lines(folder / "samples.jsonl")]
    assert samples == [epoch for epoch in range(1, epochs + 1) for _ in range(len(samples) // epochs)]
    assert not [place for place in folder.rglob(".*")]


def main(place: Path, rounds: int, count: int) -> None:
    """Train a run, and compete for it."""
    from killing import import_all, leave_alone

    import_all(place / "compiled")
    process, reading = forked(lambda: train(place / "run", prepared_for(1)))
    assert leave_alone(process) == 0, told_by(reading)
    os.close(reading)
    for number in range(rounds):
        compete(place / "run", 2 + number, count)
    print(f"{rounds} times one of {count} trained")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
