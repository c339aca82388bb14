"""Real sweeps in real processes: some trials fail, whoever asked is killed, and the rest is as it should be.

pytest -n 0 -m slow tests/sweep
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from faulty import KILLED, RAISES, SLOW, TINY  # type: ignore[import-not-found]

from exprlearn import locking
from exprlearn.runs import checkpoint

pytestmark = pytest.mark.slow
HERE = Path(__file__).parent
UNITS = range(1, 13)


def command(folder: Path, *further: str) -> list[str]:
    plugin, out = str(HERE / "faulty.py"), str(folder / "out")
    flags = ["--plugin", plugin, "--plugins", "", "--out", out, "--progress", "none", *further]
    return [sys.executable, "-m", "exprlearn.cli.main", "sweep", str(folder / "sweep.toml"), *flags]


def noted(folder: Path, kind: str) -> Counter[str]:
    """Count the notes of one kind by what they say first, such as the units of the trial."""
    lines = (folder / "notes.txt").read_text().splitlines() if (folder / "notes.txt").exists() else []
    return Counter(" ".join(line.split()[1 : 3 if kind == "epoch" else 2]) for line in lines if line.startswith(kind))


def finished(folder: Path) -> dict[str, int]:
    """Return when each trial's result was written."""
    return {file.parent.name: file.stat().st_mtime_ns for file in (folder / "out" / "trials").glob("*/trial.json")}


def wait_for_orphans(folder: Path) -> None:
    """Wait until the processes that were at work have found that nobody asks for it any more."""
    at_work = {line.split()[2] for line in (folder / "notes.txt").read_text().splitlines() if line.startswith("begun")}
    deadline = time.monotonic() + 30
    while any(Path("/proc", process).exists() for process in at_work):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    section = f'[sweep.parameters]\n"model.units" = {list(UNITS)}\n'
    (tmp_path / "sweep.toml").write_text(TINY + section, encoding="utf-8")
    monkeypatch.setenv("EXPRLEARN_TEST_NOTES", str(tmp_path))
    return tmp_path


def test_a_sweep_that_was_killed_ends_with_ten_results_and_two_named_failures_and_runs_no_trial_twice(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPRLEARN_TEST_HOLD", "yes")
    with subprocess.Popen(command(folder, "--workers", "2")) as killed:
        while not ((folder / "held").exists() and len(finished(folder)) >= 4):
            assert killed.poll() is None
            time.sleep(0.05)
        killed.kill()
    wait_for_orphans(folder)
    before = finished(folder)

    again = subprocess.run(command(folder, "--workers", "2", "--json"), capture_output=True, text=True, check=False)
    assert again.returncode == 1, again.stderr
    document = json.loads(again.stdout)
    states = {trial["settings"]["model.units"]: trial for trial in document["trials"]}
    assert sorted(states) == list(UNITS)
    assert {units for units, trial in states.items() if trial["state"] == "failed"} == {RAISES, KILLED}
    assert states[RAISES]["error"] == "ArithmeticError: five units are too many"
    assert states[KILLED]["error"] == "its process was lost (SIGKILL), perhaps for want of memory"
    assert all(name in again.stderr for name in (states[RAISES]["trial"], states[KILLED]["trial"]))

    assert {name: when for name, when in finished(folder).items() if name in before} == before
    check_that_nothing_ran_twice(folder, {states[units]["trial"]: units for units in UNITS}, before)

    begun = noted(folder, "begun")
    third = subprocess.run(command(folder, "--json"), capture_output=True, text=True, check=False)
    assert (third.returncode, json.loads(third.stdout)) == (1, document)
    assert noted(folder, "begun") == begun


def check_that_nothing_ran_twice(folder: Path, units: dict[str, int], before: dict[str, int]) -> None:
    begun, epochs = noted(folder, "begun"), noted(folder, "epoch")
    # A trial in flight was begun again, from its checkpoint: no epoch was done twice.
    assert all(begun[str(units[name])] == 1 for name in before)
    assert begun[str(SLOW)] == 2
    assert max(epochs.values()) == 1
    assert epochs[f"{SLOW} 1"] == epochs[f"{SLOW} 2"] == epochs[f"{SLOW} 3"] == 1
    for name, count in units.items():
        metrics = folder / "out" / "trials" / name / "metrics.jsonl"
        if count not in (RAISES, KILLED):
            assert [json.loads(line)["epoch"] for line in metrics.read_text().splitlines()] == [1, 2, 3]


STOPPED = """\
[sweep]
search = "random"
trials = 4
[sweep.parameters]
"training.learning_rate" = { low = 1e-3, high = 1e-1, log = true }
"model.units" = [8, 16]
[sweep.stop]
after = [1, 2]
"""


def test_results_are_the_same_in_one_process_and_in_two(folder: Path) -> None:
    found: list[Any] = []
    for place, workers in ((folder / "one", 1), (folder / "two", 2)):
        place.mkdir()
        (place / "sweep.toml").write_text(TINY + STOPPED, encoding="utf-8")
        flags = ("--workers", str(workers), "--json")
        done = subprocess.run(command(place, *flags), capture_output=True, text=True, check=True, env=dict(os.environ))
        curves = {
            file.parent.name: json.loads(file.read_text())["curve"]
            for file in (place / "out" / "trials").glob("*/trial.json")
        }
        document = json.loads(done.stdout)
        found.append((document["trials"] and [{**each, "run": ""} for each in document["trials"]], curves))
    assert found[0] == found[1]
    states = [(trial["state"], trial["epochs"]) for trial in found[0][0]]
    assert states == [("done", 3), ("stopped", 2), ("stopped", 1), ("stopped", 1)]


KILLS = int(os.environ.get("EXPRLEARN_KILLS", "20"))
#: A kill comes after an epoch or two, and a trial has three.
SOUND = [units for units in range(1, 13) if units not in (RAISES, KILLED)][: max(2, KILLS // 2)]


def bits_of(folder: Path) -> dict[str, Any]:
    """Return everything of a sweep that must not depend on when it was killed, by trial."""
    found = {}
    for run in (file.parent for file in (folder / "out" / "trials").glob("*/trial.json")):
        newest, notes = checkpoint.newest(run / "checkpoints")
        assert not notes
        result = json.loads((run / "trial.json").read_text()) | {"seconds": 0}
        rows = [{**json.loads(line), "seconds": 0} for line in (run / "metrics.jsonl").read_text().splitlines()]
        texts = [(run / name).read_text() for name in ("samples.jsonl", "predictions.jsonl")]
        found[run.name] = checkpoint.digest_of(newest.variables), result, rows, texts
    return found


def hit(folder: Path, further: list[str], wait: int, delay: float) -> bool:
    """Kill a sweep a moment after so many more epochs; tell whether it was still at work."""
    until = noted(folder, "epoch").total() + wait
    with subprocess.Popen(command(folder, *further), stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None and noted(folder, "epoch").total() < until:
            time.sleep(0.02)
        time.sleep(delay)
        was_at_work = process.poll() is None
        process.kill()
        said = process.stderr.read() if process.stderr else ""
    assert "is being" not in said
    return was_at_work


def test_a_sweep_killed_again_and_again_loses_nothing_and_comes_to_the_same_bits(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = TINY + f'[sweep.parameters]\n"model.units" = {SOUND}\n'
    for place in (whole := folder / "whole", cut := folder / "cut"):
        place.mkdir()
        (place / "sweep.toml").write_text(section, encoding="utf-8")
    monkeypatch.setenv("EXPRLEARN_TEST_NOTES", str(whole))
    subprocess.run(command(whole), check=True, capture_output=True)
    monkeypatch.setenv("EXPRLEARN_TEST_NOTES", str(cut))
    random, killed, done = np.random.default_rng([31, KILLS]), 0, dict[str, int]()
    while killed < KILLS and len(finished(cut)) < len(SOUND):
        workers = ["--workers", str(random.integers(1, 3))]
        killed += hit(cut, workers, int(random.integers(0, 3)), float(random.uniform(0, 0.5)))
        now = finished(cut)
        assert now.items() >= done.items()
        done = now
    last = subprocess.run(command(cut), capture_output=True, text=True, check=False)
    assert last.returncode == 0, last.stderr
    assert finished(cut).items() >= done.items()
    assert max(noted(cut, "epoch").values()) == 1
    assert killed >= min(KILLS, 10)
    assert bits_of(cut) == bits_of(whole)
    assert not [*(cut / "out").rglob(locking.NAME)]
