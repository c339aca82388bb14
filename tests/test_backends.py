from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ANSWER = """
import json, sys
from exprlearn.training.starting import load
run = load(sys.argv[1], backend=sys.argv[2])
print(json.dumps([[row.answer, row.probability] for row in run.predict(["12+3", "19+19", "0+0", "7+18"])]))
"""


def test_the_models_do_on_jax_what_they_do_on_tensorflow():
    shown = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "models",
            "training",
            "test_walk.py",
            "-k",
            "not same_in and not crash and not fixed",
        ],
        cwd=TESTS,
        env=os.environ | {"EXPRLEARN_TEST_BACKEND": "jax"},
        capture_output=True,
        text=True,
        timeout=560,
    )
    assert shown.returncode == 0, shown.stdout[-3000:]


@pytest.mark.parametrize("model", ["seq2seq", "repeat-vector"])
def test_a_run_of_one_backend_gives_the_same_answers_on_the_other(model, tmp_path):
    train = [sys.executable, "-m", "exprlearn.cli.main", "train", "--grammar", "addition", "--model", model]
    small = ["grammar.range=0..19", "data.validation=8", "data.test=8", "training.examples_per_epoch=1024"]
    flags = [flag for setting in small for flag in ("--set", setting)]
    run = tmp_path / "run"
    subprocess.run(
        [*train, *flags, "--epochs", "3", "--backend", "jax", "--runs", str(tmp_path), "--name", "run"],
        check=True,
        capture_output=True,
        timeout=300,
    )
    here, there = _answers(run, "jax"), _answers(run, "tensorflow")
    assert [answer for answer, _ in here] == [answer for answer, _ in there]
    assert [p for _, p in here] == pytest.approx([p for _, p in there], abs=1e-5)


def _answers(run, backend):
    asked = subprocess.run(
        [sys.executable, "-c", ANSWER, str(run), backend], capture_output=True, text=True, check=True
    )
    return json.loads(asked.stdout)
