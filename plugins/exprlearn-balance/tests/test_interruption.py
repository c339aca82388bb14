"""Builds that are killed go on to the same bytes, though each begins with the tables of all answers."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

SETTINGS = ("grammar.terms=2..3", "data.balance=result")
ASKED = ("--grammar", "mixed", "--train", "20000", "--shards", "24", "--progress", "none")


def command(folder: Path) -> list[str]:
    settings = [part for setting in SETTINGS for part in ("--set", setting)]
    return [sys.executable, "-m", "exprlearn.cli.main", "data", "build", str(folder), *ASKED, *settings]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def files_of(folder: Path) -> int:
    return len(list(folder.glob("*-of-*")))


def kill_after_files(folder: Path, files: int, delay: float) -> bool:
    """Kill a build some seconds after it has finished so many more files; tell whether it was still at work."""
    until = files_of(folder) + files
    with subprocess.Popen(command(folder), start_new_session=True, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None and not ((folder / ".building").exists() and files_of(folder) >= until):
            time.sleep(0.002)
        time.sleep(delay)
        was_at_work = process.poll() is None
        process.kill()
    return was_at_work


@pytest.mark.slow
def test_fifty_kills_leave_the_same_bytes(tmp_path: Path) -> None:
    subprocess.run(command(tmp_path / "whole"), check=True, capture_output=True)
    random, halfway = np.random.default_rng([12, 2]), 0
    for number in range(5):
        folder = tmp_path / f"killed-{number}"
        # About as many files as there are, so that some builds are killed at the very end.
        for files in random.integers(0, 6, 10).tolist():
            halfway += kill_after_files(folder, files, random.uniform(0, 0.05))
        subprocess.run(command(folder), check=True, capture_output=True)
        assert contents(folder) == contents(tmp_path / "whole")
        shutil.rmtree(folder)
    assert halfway >= 30
