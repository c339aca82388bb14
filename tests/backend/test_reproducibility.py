from __future__ import annotations

import os
import subprocess
import sys

import pytest

from exprlearn.backend.reproducibility import FLAG, ask_xla_for_determinism

pytestmark = pytest.mark.long

SMALL = """\
[grammar]
range = "0..9"
[data]
validation = 5
test = 5
[model]
name = "repeat-vector"
units = 4
embedding = 4
dropout = 0.2
[training]
epochs = 2
examples_per_epoch = 64
batch_size = 32
"""


def exprlearn(*arguments, folder):
    command = [sys.executable, "-m", "exprlearn.cli.main", *arguments, "--progress", "none"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)


def test_two_deterministic_processes_give_the_same_bits(tmp_path):
    (tmp_path / "small.toml").write_text(SMALL, encoding="utf-8")
    backend = os.environ.get("EXPRLEARN_TEST_BACKEND", "tensorflow")
    trained = exprlearn("train", "--config", "small.toml", "--backend", backend, "--deterministic", folder=tmp_path)
    assert (trained.returncode, trained.stderr) == (0, "")
    again = exprlearn("reproduce", "latest", folder=tmp_path)
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.splitlines()[-1] == "identical through epoch 2, and so are the last weights"
    for name in ("addition-repeat-vector-1", "addition-repeat-vector-2"):
        assert "deterministic = true" in (tmp_path / "runs" / name / "config.toml").read_text(encoding="utf-8")


def test_the_compiler_is_asked_once_and_keeps_its_other_flags(monkeypatch):
    monkeypatch.setenv("XLA_FLAGS", "--xla_cpu_enable_fast_math=false")
    ask_xla_for_determinism()
    ask_xla_for_determinism()
    assert os.environ["XLA_FLAGS"] == f"--xla_cpu_enable_fast_math=false {FLAG}"
