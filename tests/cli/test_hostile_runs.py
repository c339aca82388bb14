"""No run folder, whatever it holds, ends in a traceback, takes long or fills the memory."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

DAMAGING = Path(__file__).with_name("hostile_runs.py")
#: Of one reader and one case: processor seconds, and megabytes beyond what reading a whole run takes.
SECONDS, MEGABYTES = 2, 300


def damaged(run: Path, place: Path, cases: int, seed: int) -> dict[str, Any]:
    shutil.copytree(run, place / "run")
    # Nothing of the user's own comes in between, and no backend is loaded.
    command = [sys.executable, str(DAMAGING), str(place / "run"), str(cases), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | {"COLUMNS": "80"})
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def check(found: dict[str, Any], cases: int) -> None:
    assert found["failures"] == []
    assert found["slowest"][0] < SECONDS, found["slowest"]
    assert found["megabytes"] < MEGABYTES
    assert found["ends"]["refused"] > cases / 2


@pytest.mark.long
def test_a_damaged_run_is_read_or_refused_by_name_in_no_time(trained: Any, tmp_path: Path) -> None:
    check(damaged(trained.runs / "tiny", tmp_path, 100, 0), 100)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 101))
def test_a_hundred_thousand_damaged_runs_are_read_or_refused(trained: Any, tmp_path: Path, seed: int) -> None:
    check(damaged(trained.runs / "tiny", tmp_path, 1000, seed), 1000)
