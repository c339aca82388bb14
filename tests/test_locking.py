"""A folder has one writer at a time: real processes, real kills.

pytest -n 0 -m slow tests/test_locking.py
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from exprlearn import locking
from exprlearn.errors import DataError, RunError

PROGRAM = str(Path(__file__).with_name("contending.py"))
DOING = "the folder is being written"
REFUSED = (
    rf"folder is being written by process (\d+) on {re.escape(platform.node())} since \d{{4}}-\d\d-\d\d \d\d:\d\d .*: "
)
REFUSED += r"wait for its end, or stop it with: kill \1"


class Contender:
    """A process that takes a lock when it is told to."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, PROGRAM, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def order(self, what: str) -> None:
        self.process.stdin.write(f"{what}\n")
        self.process.stdin.flush()

    def answer(self) -> str:
        return self.process.stdout.readline().rstrip()

    def asked(self, what: str) -> str:
        self.order(what)
        return self.answer()

    def killed(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def contenders(folder: Path, count: int) -> Iterator[list[Contender]]:
    with ExitStack() as stack:
        made = [Contender(folder) for _ in range(count)]
        for each in made:
            stack.enter_context(each.process)
            stack.callback(each.process.kill)
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "folder").mkdir()
    return tmp_path / "folder"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locking, "PATIENCE_SECONDS", 0.05)


@pytest.mark.parametrize("rounds", [3, pytest.param(30, marks=pytest.mark.slow)])
@pytest.mark.parametrize("count", [2, 4])
def test_of_processes_that_ask_at_once_one_holds_and_the_others_say_who(folder: Path, rounds: int, count: int) -> None:
    with contenders(folder, count) as asking:
        for _ in range(rounds):
            for each in asking:
                each.order("hold")
            answers = [each.answer() for each in asking]
            assert answers.count("held") == 1
            holder = asking[answers.index("held")]
            told = [re.fullmatch(REFUSED, answer) for answer in answers if answer != "held"]
            assert [int(found[1]) for found in told if found] == [holder.process.pid] * (count - 1), answers
            assert holder.asked("release") == "released"
            assert [*folder.iterdir()] == []


def test_the_lock_of_a_process_that_was_killed_is_taken_over(folder: Path) -> None:
    with contenders(folder, 2) as (first, second):
        assert first.asked("hold") == "held"
        assert locking.is_held(folder)
        first.killed()
        assert not locking.is_held(folder)
        assert json.loads((folder / locking.NAME).read_text())["process"] == first.process.pid
        assert second.asked("hold") == "held"
        assert json.loads((folder / locking.NAME).read_text())["process"] == second.process.pid


def test_whoever_only_looks_keeps_nobody_from_the_lock(folder: Path) -> None:
    with contenders(folder, 1) as (holder,):
        for _ in range(20):
            holder.order("hold")
            while not locking.is_held(folder):
                pass
            assert holder.answer() == "held"
            assert holder.asked("release") == "released"
            assert not locking.is_held(folder)


def test_a_child_that_outlives_its_parent_does_not_keep_its_lock(folder: Path) -> None:
    script = "import os, sys, time; from pathlib import Path; from exprlearn import locking\n"
    script += "from exprlearn.errors import RunError\nlock = locking.hold(Path(sys.argv[1]), 'it is', RunError)\n"
    script += "child = os.fork()\nprint(child, flush=True) if child else time.sleep(600)\ntime.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE, text=True) as process:
        child = int(process.stdout.readline())
        assert locking.is_held(folder)
        process.kill()
    try:
        # On a busy machine the child may not yet have come to forget it.
        locking.wait_until_free(folder, 10)
        locking.hold(folder, DOING, RunError).release()
    finally:
        os.kill(child, 9)


def test_several_may_share_a_folder_and_the_last_one_removes_the_lock(folder: Path, impatient: None) -> None:
    first = locking.hold(folder, DOING, DataError, shared=True)
    with locking.hold(folder, DOING, DataError, shared=True), pytest.raises(DataError, match=DOING):
        locking.hold(folder, DOING, DataError)
    assert (folder / locking.NAME).exists()
    first.release()
    assert [*folder.iterdir()] == []


@pytest.mark.parametrize("loss", ["removed", "replaced", "renamed", "unlocked"])
def test_a_folder_that_is_gone_is_found_out_and_what_came_in_its_place_is_let_alone(folder: Path, loss: str) -> None:
    lock = locking.hold(folder, DOING, RunError)
    lock.check()
    (folder / locking.NAME).unlink() if loss in ("removed", "unlocked") else folder.rename(folder.with_name("old"))
    if loss == "removed":
        folder.rmdir()
    if loss == "replaced":
        folder.mkdir()
        (folder / locking.NAME).write_text("another's")
    with pytest.raises(RunError, match="was removed, renamed or taken over by another process"):
        lock.check()
    lock.release()
    assert loss != "replaced" or (folder / locking.NAME).read_text() == "another's"


def test_what_was_left_by_another_machine_is_told(folder: Path) -> None:
    left = {
        "doing": "run a is being trained",
        "process": 7,
        "host": "else\x1b[2Jwhere",
        "since": "2026-01-01 12:00 UTC",
    }
    (folder / locking.NAME).write_text(json.dumps(left))
    with locking.hold(folder, DOING, RunError) as lock:
        (said,) = lock.notes
    assert said.startswith("process 7 on else␛[2Jwhere began to write here on 2026-01-01 12:00 UTC and did not say")
    with locking.hold(folder, DOING, RunError) as lock:
        assert lock.notes == ()


@pytest.mark.parametrize("left", ["", "{", "[]", "null", '{"process": "x"}', "[" * 1500, '{"process": -1}'])
def test_a_lock_file_that_says_nothing_is_taken_over(folder: Path, left: str) -> None:
    (folder / locking.NAME).write_text(left)
    with locking.hold(folder, DOING, RunError) as lock:
        assert lock.notes == ()


def test_a_lock_that_cannot_be_a_file_is_refused(folder: Path) -> None:
    (folder / locking.NAME).symlink_to(folder.parent / "elsewhere")
    with pytest.raises(RunError, match=r"cannot write .*\.lock: "):
        locking.hold(folder, DOING, RunError)
    assert not (folder.parent / "elsewhere").exists()
    with pytest.raises(RunError, match=r"cannot write .*\.lock: No such file"):
        locking.hold(folder / "nowhere", DOING, RunError)


READ_ONLY = """
import os, sys
from pathlib import Path
from exprlearn import locking
from exprlearn.errors import RunError
os.chdir(sys.argv[1])
os.geteuid() or os.setuid(65534)
try:
    print(repr(locking.hold(Path("."), "it is read", RunError).notes))
except RunError as error:
    print(error)
"""


def test_a_folder_that_cannot_be_written_needs_no_lock_unless_somebody_else_writes_it(folder: Path) -> None:
    folder.chmod(0o555)
    command = [sys.executable, "-c", READ_ONLY, str(folder)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "()\n"
    folder.chmod(0o755)
    with locking.hold(folder, DOING, RunError):
        refused = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert refused.startswith(DOING)


def test_where_a_file_system_keeps_no_locks_that_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(descriptor: int, mode: int) -> None:
        raise OSError(locking.errno.ENOLCK, "No locks available")

    monkeypatch.setattr(locking.fcntl, "flock", none)
    with locking.hold(folder, DOING, RunError) as lock:
        assert "keeps no locks" in lock.notes[0]
        lock.check()
        assert locking.is_held(folder)


def test_a_process_that_is_about_to_end_is_waited_for(folder: Path) -> None:
    with contenders(folder, 1) as (holder,):
        holder.asked("hold")
        before = time.monotonic()
        locking.wait_until_free(folder, 0.1)
        assert 0.1 <= time.monotonic() - before < 5
        holder.order("release")
        locking.wait_until_free(folder, 30)
        assert not locking.is_held(folder)
