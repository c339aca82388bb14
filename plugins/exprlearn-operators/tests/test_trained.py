"""What is trained on expressions with these operators leaves, and comes out the same again."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SMALL = ("model.units=8", "training.examples_per_epoch=128", "data.validation=20", "data.test=20", "working.name=none")
QUESTIONS = [(f"{a}^{b}", a**b) for a in range(1, 16) for b in range(4)]
QUESTIONS += [(f"max({a}, {b}) =", max(a, b)) for a in range(12) for b in range(6)]
QUESTIONS += [(f"0x{a:x}+{b}", a + b) for a in range(30) for b in range(3)]
QUESTIONS += [(f"{a}<{b}", str(a < b).lower()) for a in range(12) for b in range(6)]


def run(folder: Path, *words: str | Path) -> str:
    """Run a program of this environment in a folder, and return what it writes."""
    program = Path(sys.executable).with_name(str(words[0]))
    done = subprocess.run(
        [program, *words[1:]],
        cwd=folder,
        env={**os.environ, "KERAS_BACKEND": "tensorflow"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module", params=["grammar", "pairs"])
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Train a tiny model called tiny, and tell what it may be asked."""
    folder = tmp_path_factory.mktemp(request.param)
    settings = [word for each in SMALL for word in ("--set", each)]
    if request.param == "grammar":
        data = ["--grammar", "functions"]
        lines = run(folder, "exprlearn", "grammar", "sample", "functions", "-n", "12", "--json").splitlines()
        questions = [json.loads(line)["expression"] for line in lines]
    else:
        with (folder / "own.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("question", "answer"), *QUESTIONS])
        data, questions = ["--data", "own.csv"], [question for question, _ in QUESTIONS[::25]]
    run(folder, "exprlearn", "train", *data, *settings, "--epochs", "1", "--name", "tiny", "--progress", "none")
    return folder, questions


@pytest.mark.slow
def test_an_exported_model_answers_as_the_run_does(trained: tuple[Path, list[str]]) -> None:
    folder, questions = trained
    run(folder, "exprlearn", "export", "tiny", "out", "--format", "keras")
    written = run(folder, "python", Path("out") / "decode.py", *questions)
    answers = json.loads(run(folder, "exprlearn", "predict", "--run", "tiny", *questions, "--json"))["answers"]
    assert [row["expression"] for row in answers] == questions
    assert written.splitlines() == [f"{row['expression']} = {row['answer']}" for row in answers]


@pytest.mark.slow
def test_a_run_comes_out_the_same_again(trained: tuple[Path, list[str]]) -> None:
    folder, _ = trained
    assert "identical through epoch 1, and so are the last weights" in run(folder, "exprlearn", "reproduce", "tiny")
