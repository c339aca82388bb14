"""One command in several processes: real ones, which need no Keras to be lost, to fail or to be asked to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from exprlearn.distributed import launching
from exprlearn.distributed.launching import Ending, run_together

RANK = "import os, signal, sys, time; rank = int(os.environ['KERAS_DISTRIBUTION_PROCESS_ID']); "


def program(text: str) -> list[str]:
    return [sys.executable, "-c", RANK + text]


def test_each_process_knows_which_one_it_is_and_only_the_first_is_heard(capfd, tmp_path):
    told = "print(rank, os.environ['KERAS_DISTRIBUTION_NUM_PROCESSES']); "
    address = f"open({str(tmp_path)!r} + f'/{{rank}}', 'w').write(os.environ['KERAS_DISTRIBUTION_JOB_ADDRESSES'])"
    assert run_together(program(told + address), 3) == Ending(0)
    assert capfd.readouterr() == ("0 3\n", "")
    (address,) = {(tmp_path / str(rank)).read_text() for rank in range(3)}
    assert address.startswith("127.0.0.1:")


@pytest.mark.parametrize("lost", [0, 1])
def test_a_process_that_is_killed_ends_all_of_them_soon(monkeypatch, lost):
    monkeypatch.setattr(launching, "GRACE_SECONDS", 0.1)
    started = time.monotonic()
    ending = run_together(program(f"rank == {lost} and os.kill(os.getpid(), signal.SIGKILL); time.sleep(60)"), 2)
    assert ending == Ending(1, lost, "was killed by SIGKILL", cut=True)
    assert time.monotonic() - started < 10


def test_a_process_that_fails_unheard_is_shown_with_what_it_said(monkeypatch):
    monkeypatch.setattr(launching, "GRACE_SECONDS", 0.1)
    ending = run_together(program("rank == 1 and sys.exit('error: the disk is full'); time.sleep(60)"), 2)
    assert ending == Ending(1, 1, "ended with exit code 1:\nerror: the disk is full", cut=True)


def test_the_first_process_tells_itself_why_it_failed(monkeypatch, capfd):
    monkeypatch.setattr(launching, "GRACE_SECONDS", 0.1)
    fails = "rank == 0 and (print('error: no such grammar', file=sys.stderr), sys.exit(2)); time.sleep(60)"
    assert run_together(program(fails), 2) == Ending(2)
    assert capfd.readouterr().err == "error: no such grammar\n"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_wish_to_stop_is_handed_on_to_each_process_once(tmp_path, number, code):
    heard = f"signal.signal({int(number)}, lambda *_: (open({str(tmp_path)!r} + f'/heard-{{rank}}', 'a').write('x'))); "
    ready = f"open({str(tmp_path)!r} + f'/ready-{{rank}}', 'w').close(); "
    waits = f"[time.sleep(0.01) for _ in iter(lambda: os.path.exists({str(tmp_path)!r} + f'/heard-{{rank}}'), True)]; "

    def ask() -> None:
        while len(list(tmp_path.glob("ready-*"))) < 2:
            time.sleep(0.01)
        os.kill(os.getpid(), number)

    threading.Thread(target=ask, daemon=True).start()
    assert run_together(program(heard + ready + waits + f"time.sleep(0.2); sys.exit({code})"), 2) == Ending(code)
    assert [(tmp_path / f"heard-{rank}").read_text() for rank in (0, 1)] == ["x", "x"]
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_whoever_does_not_heed_the_second_wish_is_killed(monkeypatch, tmp_path):
    monkeypatch.setattr(launching, "GRACE_SECONDS", 0.1)

    def ask() -> None:
        while len(list(tmp_path.glob("ready-*"))) < 2:
            time.sleep(0.01)
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(0.1)

    threading.Thread(target=ask, daemon=True).start()
    deaf = f"signal.signal(signal.SIGTERM, signal.SIG_IGN); open({str(tmp_path)!r} + f'/ready-{{rank}}', 'w').close(); "
    assert run_together(program(deaf + "time.sleep(60)"), 2) == Ending(143, cut=True)


def test_a_process_ends_with_the_one_that_started_it(tmp_path):
    alive = tmp_path / "alive"
    watches = "from exprlearn.distributed.launching import end_with_launcher; end_with_launcher(); "
    writes = f"[(open({str(alive)!r}, 'w').write(str(os.getpid())), time.sleep(0.05)) for _ in range(1200)]"
    starts = f"from exprlearn.distributed.launching import run_together; run_together({program(watches + writes)!r}, 1)"
    launcher = subprocess.Popen([sys.executable, "-c", starts])
    while not alive.exists() or not alive.read_text():
        time.sleep(0.01)
    launcher.kill()
    launcher.wait()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        alive.unlink(missing_ok=True)
        time.sleep(0.5)
        if not alive.exists():
            break
    assert not alive.exists()
