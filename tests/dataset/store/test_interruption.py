from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

Bytes = Callable[[Path], Mapping[str, bytes]]

BUILD = [
    "--grammar",
    "mixed",
    "--train",
    "30000",
    "--shards",
    "12",
    "--progress",
    "none",
    "--set",
    "grammar.terms=2..3",
]


def command(folder: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "exprlearn.cli.main", "data", "build", str(folder), *BUILD, *more]


def uninterrupted(folder: Path, *more: str) -> float:
    """Build a folder in one go; return the seconds it took."""
    start = time.monotonic()
    subprocess.run(command(folder, *more), check=True, capture_output=True)
    return time.monotonic() - start


def kill_until_done(folder: Path, moments: list[float], *more: str) -> int:
    """Kill builds at moments after their start, then let one end; return how many were killed half-way."""
    killed = 0
    for moment in moments:
        with subprocess.Popen(command(folder, *more), start_new_session=True, stdout=subprocess.DEVNULL) as process:
            try:
                process.wait(timeout=moment)
            except subprocess.TimeoutExpired:
                os.kill(process.pid, signal.SIGKILL)
                killed += (folder / ".building").exists()
    subprocess.run(command(folder, *more), check=True, capture_output=True)
    return killed


@pytest.mark.long
def test_a_build_that_is_killed_goes_on_to_the_same_bytes(tmp_path: Path, contents: Bytes) -> None:
    seconds = uninterrupted(tmp_path / "whole")
    moments = np.random.default_rng([12, 1]).uniform(0.5, 1, 3) * seconds
    kill_until_done(tmp_path / "killed", moments.tolist())
    assert contents(tmp_path / "killed") == contents(tmp_path / "whole")


def files_of(folder: Path) -> int:
    return len(list(folder.glob("*-of-*")))


def kill_after_files(folder: Path, files: int, delay: float, *more: str) -> bool:
    """Kill a build some seconds after it has finished so many more files; tell whether it was still at work."""
    until = files_of(folder) + files
    with subprocess.Popen(command(folder, *more), start_new_session=True, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None and not ((folder / ".building").exists() and files_of(folder) >= until):
            time.sleep(0.002)
        time.sleep(delay)
        was_at_work = process.poll() is None
        process.kill()
    return was_at_work


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rows", "terms", "setting", "workers"),
    [
        (200_000, "2..4", "data.split=content", 1),
        (200_000, "2..4", "data.split=content", 2),
        (200_000, "2..4", "data.split=position", 1),
    ],
)
def test_fifty_kills_leave_the_same_bytes(
    tmp_path: Path, contents: Bytes, rows: int, terms: str, setting: str, workers: int
) -> None:
    data = ("--train", f"{rows}", "--shards", "24", "--set", f"grammar.terms={terms}", "--set", setting)
    uninterrupted(tmp_path / "whole", *data)
    random, halfway = np.random.default_rng([12, 2]), 0
    for round_ in range(5):
        folder = tmp_path / f"killed-{round_}"
        # About as many files as there are, so that some builds are killed at the very end.
        for files in random.integers(0, 6, 10).tolist():
            halfway += kill_after_files(folder, files, random.uniform(0, 0.05), *data, "--workers", f"{workers}")
        subprocess.run(command(folder, *data), check=True, capture_output=True)
        assert contents(folder) == contents(tmp_path / "whole")
        shutil.rmtree(folder)
    assert halfway >= 30


@pytest.mark.long
def test_a_build_keeps_others_out_and_when_it_is_interrupted_says_so_and_can_go_on(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with subprocess.Popen(command(folder), stderr=subprocess.PIPE, text=True) as process:
        while not (folder / ".building").exists() and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGSTOP)
        second = subprocess.run(command(folder), capture_output=True, text=True, check=False)
        assert (second.returncode, second.stdout) == (1, "")
        assert second.stderr.startswith(f"error: {folder} is being built by process {process.pid} on ")
        process.send_signal(signal.SIGCONT)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told.splitlines()[-1] == "interrupted"
    subprocess.run(command(folder), check=True, capture_output=True)
    assert (folder / "manifest.json").is_file()


def processes_of_session(session: int) -> list[int]:
    """List the processes of a session that have not ended."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, own = stat.read_text(encoding="utf-8").rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(own) == session and state not in "ZX":
            found.append(int(stat.parent.name))
    return found


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs a list of processes")
def test_workers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    large = ("--train", "4000000", "--workers", "2")
    with subprocess.Popen(command(tmp_path / "data", *large), start_new_session=True) as process:
        while len(processes_of_session(process.pid)) < 3 and process.poll() is None:
            time.sleep(0.01)
        time.sleep(1)
        assert len(processes_of_session(process.pid)) >= 3
        process.kill()
    deadline = time.monotonic() + 20
    while processes_of_session(process.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes_of_session(process.pid) == []


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs a list of processes")
@pytest.mark.slow
def test_the_file_of_a_worker_that_was_killed_is_made_by_another(tmp_path: Path, contents: Bytes) -> None:
    folder, rows = tmp_path / "data", ("--train", "600000")
    uninterrupted(tmp_path / "whole", *rows)
    arguments = command(folder, *rows, "--workers", "2")
    with subprocess.Popen(arguments, start_new_session=True, stderr=subprocess.PIPE, text=True) as process:
        while not files_of(folder) and process.poll() is None:
            time.sleep(0.01)
        os.kill(max(processes_of_session(process.pid)), signal.SIGKILL)
        _, told = process.communicate(timeout=120)
    assert (process.returncode, told) == (0, "")
    assert contents(folder) == contents(tmp_path / "whole")
