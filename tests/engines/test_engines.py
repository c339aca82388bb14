"""Every engine does every unit once; a lost process costs the unit that it was at one attempt, and no other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import units  # type: ignore[import-not-found]

from exprlearn.engines import SerialEngine, run_units
from exprlearn.engines.processes import ProcessesEngine, ProcessesOptions
from exprlearn.plugin import UnitFailure


def processes(workers: int) -> ProcessesEngine:
    return ProcessesEngine(ProcessesOptions(workers=workers))


def numbered(folder: Path, count: int = 6) -> list[tuple[str, int]]:
    return [(str(folder), number) for number in range(count)]


@pytest.mark.parametrize("engine", [SerialEngine(), processes(1), processes(3)], ids=["serial", "one", "three"])
def test_files_are_the_same_on_every_engine(engine: Any, tmp_path: Path) -> None:
    outcomes = dict(run_units(engine, units.written, numbered(tmp_path)))
    assert outcomes == {number: number for number in range(6)}
    assert sorted(path.read_text() for path in tmp_path.iterdir()) == [f"{number}\n" for number in range(6)]


def test_units_run_side_by_side_in_processes_of_their_own() -> None:
    found = [outcome for _, outcome in processes(2).run(units.process_of, list(range(4)))]
    assert len(set(found)) == 2
    assert os.getpid() not in found


def test_a_fresh_process_does_one_unit_only() -> None:
    engine = ProcessesEngine(ProcessesOptions(workers=2, fresh=True))
    assert len({outcome for _, outcome in engine.run(units.process_of, list(range(4)))}) == 4


def test_a_unit_whose_process_is_killed_is_done_by_another(tmp_path: Path) -> None:
    outcomes = dict(run_units(processes(2), units.killed_once, numbered(tmp_path)))
    assert outcomes == {number: number for number in range(6)}


def test_a_unit_that_kills_its_process_each_time_is_named_and_the_others_are_done_once(tmp_path: Path) -> None:
    outcomes = dict(run_units(processes(2), units.always_killed, numbered(tmp_path)))
    assert {place: outcome for place, outcome in outcomes.items() if place != 2} == {0: 0, 1: 1, 3: 3, 4: 4, 5: 5}
    assert outcomes[2] == UnitFailure("its process was lost (SIGKILL), perhaps for want of memory")
    attempts = [len((tmp_path / f"attempts-{number}").read_text()) for number in range(6)]
    assert attempts == [1, 1, 2, 1, 1, 1]


def test_without_retries_a_lost_unit_is_told_at_once(tmp_path: Path) -> None:
    outcomes = dict(run_units(processes(1), units.killed_once, numbered(tmp_path), retries=0))
    assert [place for place, outcome in outcomes.items() if isinstance(outcome, UnitFailure)] == [2]
    assert len(outcomes) == 6


@pytest.mark.parametrize("engine", [SerialEngine(), processes(1)], ids=["serial", "processes"])
def test_a_unit_that_tries_to_leave_the_program_is_a_failure(engine: Any) -> None:
    outcomes = dict(engine.run(units.leaves, [0, 1, 2]))
    assert outcomes[1].said == "SystemExit: enough"
    assert (outcomes[0], outcomes[2]) == (0, 2)


def test_whoever_stops_listening_ends_the_units_at_work(tmp_path: Path) -> None:
    outcomes: Iterator[Any] = processes(2).run(units.slow, [(str(tmp_path), 0.1), (str(tmp_path), 600)])
    assert next(outcomes) == (0, str(tmp_path))
    started = time.monotonic()
    outcomes.close()  # type: ignore[attr-defined]
    assert time.monotonic() - started < 5
    begun = [int(path.name.removeprefix("begun-")) for path in tmp_path.iterdir()]
    assert not any(Path(f"/proc/{process}").exists() for process in begun)


ORPHANS = """
import signal, sys
import units
from exprlearn.engines.processes import ProcessesEngine, ProcessesOptions
if __name__ == "__main__":
    # What a shell starts in the background ignores interruptions, and hands that on.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    list(ProcessesEngine(ProcessesOptions(workers=2)).run(units.slow, [(sys.argv[1], 600), (sys.argv[1], 600)]))
"""


def test_workers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    program = tmp_path / "orphans.py"
    program.write_text(ORPHANS)
    marks = tmp_path / "marks"
    marks.mkdir()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    with subprocess.Popen([sys.executable, str(program), str(marks)], env=environment) as process:
        while len(list(marks.iterdir())) < 2 and process.poll() is None:
            time.sleep(0.02)
        process.kill()
    begun = [Path("/proc") / path.name.removeprefix("begun-") for path in marks.iterdir()]
    deadline = time.monotonic() + 20
    while any(place.exists() for place in begun) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(begun) == 2
    assert not any(place.exists() for place in begun)


def test_an_interruption_is_told_by_the_one_process_that_was_started_by_hand(tmp_path: Path) -> None:
    program = tmp_path / "interrupted.py"
    program.write_text(ORPHANS)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    command = [sys.executable, str(program), str(tmp_path)]
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        # Soon enough for the workers to be still on their way up.
        while len(children_of(process.pid)) < 2 and process.poll() is None:
            time.sleep(0.01)
        time.sleep(0.1)
        os.killpg(process.pid, signal.SIGINT)
        try:
            _, told = process.communicate(timeout=30)
        finally:
            process.kill()
    assert told.count("Traceback") == 1
    assert told.rstrip().endswith("KeyboardInterrupt")


def children_of(process: int) -> list[str]:
    """List the processes that a process has started, but for the one that tracks what they share."""
    started = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="utf-8").split()
    return [child for child in started if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]
