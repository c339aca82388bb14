from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

TESTS = Path(__file__).parent
MODELS = ("seq2seq", "repeat-vector", "transducer")
SMALL = [
    "training.backend=jax",
    "grammar.range=0..19",
    "data.validation=8",
    "data.test=8",
    "training.epochs=2",
    "training.examples_per_epoch=512",
    "model.units=16",
]
TRAIN = """
import json, sys
from pathlib import Path
from exprlearn.config import read_config, resolve
from exprlearn.plugin.manager import Plugins
from exprlearn.walk import learn
runs, *settings = sys.argv[1:]
for model in ("seq2seq", "repeat-vector", "transducer"):
    plugins = Plugins(only=())
    components = resolve(read_config(None, {}, [f"model.name={model}", *settings], plugins=plugins).config, plugins)
    learn(components.config, components, runs=Path(runs), name=model)
"""
ANSWER = """
import json, sys
from exprlearn.runs.starting import load
backend, *folders = sys.argv[1:]
asked, runs = ["12+3", "19+19", "0+0", "7+18"], [load(folder, backend=backend) for folder in folders]
assert {type(run.model).__module__.partition(".")[0] for run in runs} == {"keras"}
told = [[[row.answer, row.probability] for row in run.predict(asked)] for run in runs]
print(json.dumps(told))
"""


@pytest.mark.slow
def test_the_models_do_on_jax_what_they_do_on_tensorflow(tmp_path):
    shown = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-n0",
            "models",
            "backend/test_reproducibility.py",
            "training/test_compiled_steps.py",
            "test_walk.py",
            "-k",
            "not complete and not new_process and not fixed",
        ],
        cwd=TESTS,
        env=os.environ | {"EXPRLEARN_TEST_BACKEND": "jax"} | compiling_once(tmp_path),
        capture_output=True,
        text=True,
        timeout=1800,
    )
    assert shown.returncode == 0, shown.stdout[-3000:]


def test_runs_that_tensorflow_trained_give_the_same_answers_on_jax(tmp_path):
    assert_same_answers(TESTS / "kept" / "trained", tmp_path)


@pytest.mark.slow
def test_runs_that_jax_trained_give_the_same_answers_on_tensorflow(tmp_path):
    _python(tmp_path, TRAIN, str(tmp_path), *SMALL)
    assert_same_answers(tmp_path, tmp_path)


def assert_same_answers(trained, folder):
    """Ask the run of each model on both backends."""
    runs = [str(trained / model) for model in MODELS]
    here, there = (json.loads(_python(folder, ANSWER, backend, *runs)) for backend in ("jax", "tensorflow"))
    assert len(here) == len(MODELS)
    for answers, others in zip(here, there, strict=True):
        assert [answer for answer, _ in answers] == [answer for answer, _ in others]
        assert [p for _, p in answers] == pytest.approx([p for _, p in others], abs=1e-5)


def compiling_once(folder):
    """Let processes that run on JAX find what others have compiled."""
    return {
        "JAX_COMPILATION_CACHE_DIR": str(folder / "compiled"),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }


def _python(folder, program, *arguments):
    ran = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=os.environ | compiling_once(folder),
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout
