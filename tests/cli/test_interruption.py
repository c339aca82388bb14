from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SMALL = ["--set", "model.units=8", "--set", "model.attention=false", "--set", "training.examples_per_epoch=64"]
FEW = ["--set", "grammar.range=0..9", "--set", "data.validation=5", "--set", "data.test=5"]


@pytest.mark.slow
def test_an_interrupted_training_ends_its_epoch_is_judged_and_tells_how_to_go_on(tmp_path: Path) -> None:
    flags = ["--grammar", "addition", "--epochs", "100000", "--max-time", "none", "--progress", "json", *SMALL, *FEW]
    command = [sys.executable, "-m", "exprlearn.cli.main", "train", *flags]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        first = json.loads(process.stderr.readline())
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert first["epoch"] == 1
    assert all(json.loads(line)["epoch"] > 1 for line in err.splitlines())
    assert out.startswith("test")
    assert "stopped  interrupted" in out
    assert "exprlearn train --resume addition-seq2seq-1" in out
    assert (
        json.loads((tmp_path / "runs/addition-seq2seq-1/run.json").read_text(encoding="utf-8"))["state"] == "finished"
    )
    assert list((tmp_path / "runs/addition-seq2seq-1/checkpoints").iterdir())
