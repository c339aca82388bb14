"""Units of work that other processes import: the module is named on their path by the tests that hand them over."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path


def written(unit: tuple[str, int]) -> int:
    """Write a file and return its number."""
    folder, number = unit
    (Path(folder) / f"{number}.txt").write_text(f"{number}\n")
    return number


def killed_once(unit: tuple[str, int]) -> int:
    """Die in the middle of unit 2, the first time."""
    folder, number = unit
    mark = Path(folder) / "killed"
    if number == 2 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return written(unit)


def always_killed(unit: tuple[str, int]) -> int:
    """Die at unit 2 whenever it is tried, and note every attempt at any unit."""
    folder, number = unit
    with (Path(folder) / f"attempts-{number}").open("a") as attempts:
        attempts.write(".")
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def leaves(unit: int) -> int:
    """Try to leave the program at unit 1."""
    if unit == 1:
        sys.exit("enough")
    return unit


def process_of(unit: int) -> int:
    """Say which process it is, after a while."""
    time.sleep(0.2)
    return os.getpid()


def slow(unit: tuple[str, float]) -> str:
    """Take long."""
    folder, seconds = unit
    (Path(folder) / f"begun-{os.getpid()}").touch()
    time.sleep(seconds)
    return folder
