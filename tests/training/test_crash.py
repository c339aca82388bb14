"""Training survives being killed, a full disk and a wish to stop: real processes, real signals, real limits.

    EXPRLEARN_KILLS=300 pytest -n 0 tests/training/test_crash.py -k "killed or at_once"

sends so many kills, to trainings with other losses and optimizers too; each costs two seconds of one core. Without the
variable nothing is killed: a training that is asked to stop, and goes on, stands for it.
"""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest

from exprlearn.runs import checkpoint
from exprlearn.runs.run_files import read_lines

pytestmark = pytest.mark.long

KILLS = int(os.environ.get("EXPRLEARN_KILLS", "20"))
KILLING = () if "EXPRLEARN_KILLS" in os.environ else pytest.mark.slow
# Six epochs of sixteen steps, and the beginning.
MOMENTS = 97
BACKEND = os.environ.get("EXPRLEARN_TEST_BACKEND", "jax")
TRAIN = [sys.executable, "-m", "exprlearn.cli.main", "train", "--progress", "json"]
SMALL = {
    "grammar.range": "0..19",
    "data.validation": 8,
    "data.test": 8,
    "training.examples_per_epoch": 6400000,
    "training.batch_size": 32,
    "model.units": 8,
    "model.dropout": 0.3,
}
NEW = ["--grammar", "addition", "--model", "repeat-vector", "--backend", BACKEND, "--max-time", "none"]
SETS = [flag for key, value in SMALL.items() for flag in ("--set", f"{key}={value}")]


STAGES = [
    "curriculum.stages=[{name='easy', constraints=[{name='carries', maximum=0}]}, {name='task'}]",
    "curriculum.held_out=8",
    "curriculum.schedule={name='mixed', patience=1}",
]
PACKED = ["grammar.name=mixed", "grammar.range=1..9", "grammar.terms=2..3"]
PACKED += ["model.units=16", "model.head=8", "model.layers=1"]
LINES, WORKINGS = ([*PACKED, f"model.name={name}"] for name in ("rewriter", "causal-transformer"))
INTERNALISED = [
    *WORKINGS,
    "working.name=expressions",
    "working.drop=all",
    "curriculum.stages=[{name='whole', drop=0}, {name='shorter', drop=1}, {name='alone'}]",
    "curriculum.held_out=8",
    "curriculum.schedule={name='fixed', epochs=2}",
]


@pytest.mark.parametrize(
    ("further", "kills"),
    [
        pytest.param([], KILLS, id="task", marks=KILLING),
        pytest.param(["training.optimizer=muon", "training.schedule=trapezoid"], KILLS, id="muon", marks=KILLING),
        pytest.param(LINES, KILLS, id="lines", marks=KILLING),
        pytest.param(WORKINGS, max(KILLS, 20), id="workings", marks=pytest.mark.slow),
        pytest.param(STAGES, max(KILLS, 20), id="curriculum", marks=pytest.mark.slow),
        pytest.param(INTERNALISED, max(KILLS, 20), id="internalised", marks=pytest.mark.slow),
    ],
)
def test_a_run_killed_again_and_again_ends_with_the_same_bits(tmp_path, further, kills):
    program = Path(__file__).with_name("killing.py")
    shown = subprocess.run(
        [sys.executable, str(program), str(tmp_path), str(kills), *further], capture_output=True, text=True, check=False
    )
    assert shown.returncode == 0, shown.stderr
    told = re.fullmatch(
        r"(\d+) killed, (\d+) asked to stop, at (\d+) moments; (\d+) trainings ended .*\n", shown.stdout
    )
    assert told is not None
    killed, _, moments, ended = map(int, told.groups())
    assert killed == kills
    assert moments >= min(kills // 2, 3 * MOMENTS // 4)
    assert ended >= 1


@pytest.mark.parametrize(
    ("rounds", "count"),
    [
        pytest.param(1, 2, marks=KILLING),
        pytest.param(30, 2, marks=pytest.mark.slow),
        pytest.param(30, 4, marks=pytest.mark.slow),
    ],
)
def test_of_processes_that_go_on_with_one_run_at_once_one_trains_and_the_others_say_which(tmp_path, rounds, count):
    program = Path(__file__).with_name("competing.py")
    command = [sys.executable, str(program), str(tmp_path), str(rounds), str(count)]
    shown = subprocess.run(command, capture_output=True, text=True, check=False)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout == f"{rounds} times one of {count} trained\n"


def test_a_wish_to_stop_saves_in_the_middle_of_an_epoch_tells_how_to_go_on_and_leaves(tmp_path):
    process = subprocess.Popen(
        [*TRAIN, "--runs", str(tmp_path), *NEW, *SETS, "--name", "cut"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    run = tmp_path / "cut"
    while process.poll() is None and not checkpoint.list_checkpoints(run / "checkpoints"):
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 143, said
    assert "saving after the steps at hand" in said
    assert "exprlearn train --resume" in said
    epoch, step = checkpoint.newest(run / "checkpoints")[0].moment
    assert epoch == 0
    assert 0 < step < 200000
    assert read_lines(run / "metrics.jsonl") == []
    assert json.loads((run / "run.json").read_text())["stopped_by"] == "terminated"


def _open_terminal():
    """Make the terminal at hand that of the session, which is the first that it opens, and hear when it is closed."""
    os.close(os.open(os.ttyname(0), os.O_RDWR))
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.mark.slow
def test_a_training_whose_terminal_is_closed_saves_and_is_evaluated(tmp_path):
    terminal, inner = pty.openpty()
    process = subprocess.Popen(
        [*TRAIN[:-1], "live", "--runs", str(tmp_path), *NEW, *SETS, "--name", "cut"],
        stdin=inner,
        stdout=inner,
        stderr=inner,
        start_new_session=True,
        preexec_fn=_open_terminal,
    )
    os.close(inner)
    run, shown = tmp_path / "cut", b""
    while b"compiling" not in shown:
        shown += os.read(terminal, 1000)
    while process.poll() is None and not checkpoint.list_checkpoints(run / "checkpoints"):
        time.sleep(0.01)
    time.sleep(1)
    os.close(terminal)
    # A shell tells what it has started too.
    process.send_signal(signal.SIGHUP)
    assert process.wait(timeout=120) == 129
    epoch, step = checkpoint.newest(run / "checkpoints")[0].moment
    assert epoch == 0
    assert 0 < step < 200000
    facts = json.loads((run / "run.json").read_text())
    assert (facts["state"], facts["stopped_by"]) == ("finished", "hung up")


SAVE = """
import os, resource, sys
from pathlib import Path
import numpy as np
from exprlearn.errors import CheckpointError
from exprlearn.runs import checkpoint
folder = Path(sys.argv[1])
for limit in sys.argv[2:]:
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        continue
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    try:
        checkpoint.save(folder, {"model/0000/kernel": np.ones(4000, np.float32)}, {"epoch": 2, "step": 0})
    except CheckpointError as error:
        os.write(1, f"{error}\\n".encode())
    os._exit(0)
"""


def test_a_full_disk_is_told_and_the_checkpoint_before_still_loads(tmp_path):
    place = checkpoint.save(tmp_path, {"model/0000/kernel": np.zeros(4000, np.float32)}, {"epoch": 1, "step": 0})
    size = (place / checkpoint.VARIABLES).stat().st_size
    limits = [str(limit) for limit in np.random.default_rng(11).integers(1, size, 20).tolist()]
    shown = subprocess.run([sys.executable, "-c", SAVE, str(tmp_path), *limits], capture_output=True, text=True)
    lines = shown.stdout.splitlines()
    assert len(lines) == 20, shown.stderr
    assert all(line.startswith(f"cannot write the checkpoint {tmp_path / 'epoch-00002'}: ") for line in lines)
    found, notes = checkpoint.newest(tmp_path)
    assert (found.epoch, notes) == (1, [])
    assert not found.variables["model/0000/kernel"].any()
    assert [left.name for left in tmp_path.iterdir()] == ["epoch-00001"]


READ_ONLY = """
import os, sys
from pathlib import Path
import numpy as np
from exprlearn.runs import checkpoint
if os.geteuid() == 0:
    os.setuid(65534)
checkpoint.save(Path(sys.argv[1]), {"kernel": np.ones(3, np.float32)}, {"epoch": 2})
"""


def test_a_folder_that_may_not_be_written_is_told_and_its_checkpoint_still_loads():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        checkpoint.save(folder, {"kernel": np.zeros(3, np.float32)}, {"epoch": 1})
        folder.chmod(0o555)
        shown = subprocess.run([sys.executable, "-c", READ_ONLY, name], capture_output=True, text=True, check=False)
        folder.chmod(0o755)
        assert f"cannot write the checkpoint {folder / 'epoch-00002'}: Permission denied" in shown.stderr
        assert checkpoint.newest(folder)[0].epoch == 1
