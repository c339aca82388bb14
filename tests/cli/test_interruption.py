from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SMALL = ["--set", "model.units=8", "--set", "model.attention=false", "--set", "training.examples_per_epoch=64"]
FEW = ["--set", "grammar.range=0..9", "--set", "data.validation=5", "--set", "data.test=5"]


RUN = "runs/addition-seq2seq-1"


def train_and_interrupt(folder: Path, times: int) -> tuple[int, str, str]:
    """Train in `folder`, press Ctrl-C after the first epoch, and return exit code, stdout and stderr."""
    flags = ["--grammar", "addition", "--epochs", "100000", "--max-time", "none", "--progress", "json", *SMALL, *FEW]
    command = [sys.executable, "-m", "exprlearn.cli.main", "train", *flags]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert json.loads(process.stderr.readline())["epoch"] == 1
        for _ in range(times):
            process.send_signal(signal.SIGINT)
            time.sleep(0.01)
        out, err = process.communicate(timeout=120)
    return process.returncode, out, err


@pytest.mark.slow
def test_an_interrupted_training_ends_its_epoch_is_evaluated_and_tells_how_to_go_on(tmp_path: Path) -> None:
    code, out, err = train_and_interrupt(tmp_path, 1)
    assert code == 130
    assert out.startswith("test")
    assert "stopped  interrupted" in out
    *_, last = err.splitlines()
    assert last.startswith(f"note: the checkpoint {RUN}/checkpoints/epoch-0")
    assert last.endswith("is left; go on with: exprlearn train --resume addition-seq2seq-1")
    assert json.loads((tmp_path / RUN / "run.json").read_text(encoding="utf-8"))["state"] == "finished"


@pytest.mark.slow
def test_a_second_interruption_ends_at_once_and_tells_how_to_go_on(tmp_path: Path) -> None:
    code, out, err = train_and_interrupt(tmp_path, 2)
    assert code == 130
    assert "Traceback" not in err
    assert "go on with: exprlearn train --resume addition-seq2seq-1" in err
    assert out == "" or out.startswith("test")
