"""Training survives being killed, a full disk and a wish to stop: real processes, real signals, real limits."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from exprlearn.training import checkpoint
from exprlearn.training.files import read_lines

KILLS = int(os.environ.get("EXPRLEARN_KILLS", "2"))
BACKEND = os.environ.get("EXPRLEARN_TEST_BACKEND", "jax")
TRAIN = [sys.executable, "-m", "exprlearn.cli.main", "train", "--progress", "json"]
SMALL = {
    "grammar.range": "0..19",
    "data.validation": 8,
    "data.test": 8,
    "training.examples_per_epoch": 256,
    "training.batch_size": 32,
    "model.units": 8,
    "model.dropout": 0.3,
}
NEW = ["--grammar", "addition", "--model", "repeat-vector", "--backend", BACKEND, "--epochs", str(8 + 4 * KILLS)]
SETS = [flag for key, value in SMALL.items() for flag in ("--set", f"{key}={value}")]


def start(runs, *flags):
    return subprocess.Popen(
        [*TRAIN, "--runs", str(runs), *flags],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false"},
    )


def finish(process):
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    runs = tmp_path_factory.mktemp("runs")
    finish(start(runs, *NEW, *SETS, "--name", "whole"))
    return runs / "whole"


def told_epochs(run):
    """Return the epochs whose checkpoints were told to be there."""
    return [row["epoch"] for row in read_lines(run / "metrics.jsonl")]


def digest(run):
    return {name: values.tobytes() for name, values in checkpoint.newest(run / "checkpoints")[0].variables.items()}


def test_a_run_killed_again_and_again_ends_with_the_same_bits(whole, tmp_path):
    random = np.random.default_rng([3, KILLS])
    run, flags = tmp_path / "cut", [*NEW, *SETS, "--name", "cut"]
    for _ in range(KILLS):
        before = len(told_epochs(run)) if run.exists() else 0
        process = start(tmp_path, *flags)
        while process.poll() is None and (not run.exists() or len(told_epochs(run)) <= before):
            time.sleep(0.005)
        time.sleep(float(random.uniform(0, 0.3)))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        told = told_epochs(run)
        found, _ = checkpoint.newest(run / "checkpoints")
        # The line of an epoch is written before its checkpoint, which is told only when it is there.
        assert found.epoch >= told[-1] - 1
        flags = ["--resume", str(run)]
    finish(start(tmp_path, "--resume", str(run)))
    assert digest(run) == digest(whole)
    for name in ("samples.jsonl", "predictions.jsonl"):
        assert (run / name).read_text() == (whole / name).read_text()
    told = [[row["loss"] for row in read_lines(place / "metrics.jsonl")] for place in (run, whole)]
    assert told[0] == told[1]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_wish_to_stop_saves_tells_how_to_go_on_and_leaves(tmp_path, number, code):
    process = start(tmp_path, *NEW[:-1], "100000", *SETS, "--name", "cut")
    run = tmp_path / "cut"
    while process.poll() is None and not (run / "metrics.jsonl").exists():
        time.sleep(0.01)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == code
    assert "exprlearn train --resume" in said
    assert checkpoint.newest(run / "checkpoints")[0].epoch == told_epochs(run)[-1]
    assert json.loads((run / "run.json").read_text())["state"] == "finished"


def test_a_full_disk_is_told_and_the_checkpoint_before_still_loads(whole, tmp_path):
    run = shutil.copytree(whole, tmp_path / "full")
    size = max(file.stat().st_size for file in run.glob("checkpoints/*/variables.npz"))
    kept, _ = checkpoint.newest(run / "checkpoints")
    random = np.random.default_rng(11)
    for limit in random.integers(1, size, 20).tolist():
        left = _saved_under(run, limit)
        assert left.returncode == 1
        assert "cannot write the checkpoint" in left.stdout
        found, notes = checkpoint.newest(run / "checkpoints")
        assert (found.epoch, notes) == (kept.epoch, [])
    assert not list(run.glob("checkpoints/.*"))


SAVE = """
import sys
from pathlib import Path
from exprlearn.errors import CheckpointError
from exprlearn.training import checkpoint
folder = Path(sys.argv[1]) / "checkpoints"
found, _ = checkpoint.newest(folder)
try:
    checkpoint.save(folder, dict(found.variables), {**found.state, "epoch": found.epoch + 1})
except CheckpointError as error:
    print(error)
    sys.exit(1)
"""


def _saved_under(run, limit):
    """Save the newest checkpoint as the next one in a process that may write files of `limit` bytes only."""
    return subprocess.run(
        [sys.executable, "-c", SAVE, str(run)],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
