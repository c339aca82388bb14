from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exprlearn.decoding.forced import TIE
from exprlearn.errors import OptionError, RunError
from exprlearn.scoring.baselines import Perceptron
from exprlearn.scoring.census import Tally, counts_of, wrong_answers
from exprlearn.scoring.scores import score

BACKEND = os.environ.get("EXPRLEARN_TEST_BACKEND", "tensorflow")
A_LITTLE = ["grammar.range=0..19", "training.epochs=9", "training.examples_per_epoch=6400", "model.units=48"]


def test_blocks_added_up_score_like_the_whole() -> None:
    expressions, truths = ["1+2", "9+9", "10+20", "4+4"], ["3", "18", "30", "8"]
    answers = ["3", "118", "3", "8"]
    tally, column = Tally(), np.array(truths)
    for start in (0, 2):
        rows = slice(start, start + 2)
        wrong = np.flatnonzero(np.array(answers[rows]) != column[rows])
        counts = counts_of(column[rows], wrong, [answers[rows][row] for row in wrong])
        tally.add(counts, {"answer-length": np.char.str_len(column[rows])}, {"blank": float(start == 0)})
    whole, added = score(expressions, answers, truths), tally.scores({})
    assert (tally.count, tally.wrong) == (4, 2)
    assert added.exact_match.value == added.exact_match.low == added.exact_match.high == whole.exact_match.value
    assert added.digit_accuracy == whole.digit_accuracy
    assert added.baselines == {"blank": 0.5}
    one, other = added.breakdown["answer-length"], whole.breakdown["answer-length"]
    assert [(g.group, g.interval.value, g.digit_accuracy) for g in one] == [
        (g.group, g.interval.value, g.digit_accuracy) for g in other
    ]


def test_a_perceptron_is_the_same_after_it_was_written_down() -> None:
    draw = np.random.default_rng(0)
    sizes = [(6, 4), (4, 1)]
    layers = [(draw.normal(size=s).astype(np.float32), draw.normal(size=s[1]).astype(np.float32)) for s in sizes]
    rows = draw.normal(size=(50, 3, 2)).astype(np.float32)
    perceptron = Perceptron(layers, "relu", 100.0)
    read = Perceptron.of_document(json.loads(json.dumps(perceptron.document())))
    assert read.answers(rows) == perceptron.answers(rows)
    assert len(set(read.answers(rows))) > 10


@pytest.mark.parametrize(
    "document", [{}, {"layers": [], "activation": "linear", "scale": 1}, {"layers": [{"kernel": [[1]], "bias": []}]}]
)
def test_a_damaged_perceptron_is_one_error(document: Any) -> None:
    with pytest.raises(RunError, match=r"baseline\.json is damaged"):
        Perceptron.of_document({"activation": "linear", "scale": 1.0, **document} if document else document)


@pytest.mark.slow
@pytest.mark.parametrize("model", ["seq2seq", "repeat-vector", "mapping-mlp"])
def test_of_a_model_trained_a_little_one_pass_and_decoding_say_the_same_of_every_expression(
    model: str, tmp_path: Path
) -> None:
    sets = [flag for setting in A_LITTLE for flag in ("--set", setting)]
    train = [sys.executable, "-m", "exprlearn.cli.main", "train", "--grammar", "addition", "--model", model, *sets]
    train += ["--backend", BACKEND, "--runs", str(tmp_path), "--name", "run", "--progress", "none"]
    subprocess.run(train, check=True, capture_output=True, timeout=300)
    from exprlearn.runs.starting import load

    run = load(tmp_path / "run")
    expressions = np.array([f"{one}+{other}" for one in range(20) for other in range(20)])
    truths = np.array([str(one + other) for one in range(20) for other in range(20)])
    decoded = np.array(run.answerer.answer(expressions).texts)
    assert 0 < (decoded == truths).mean() <= 1
    wrong, answers = wrong_answers(run.answerer, expressions, truths)
    assert wrong.tolist() == np.flatnonzero(decoded != truths).tolist()
    assert answers == decoded[wrong].tolist()
    if model != "mapping-mlp":
        margins = run.answerer.margins(expressions, truths)
        decided = np.abs(margins) > TIE
        assert ((margins > 0) == (decoded == truths))[decided].all()
    else:
        with pytest.raises(OptionError, match="a mapping model answers with one number"):
            run.predict(["1+2"], beam=2)
    census = run.evaluate("all").census
    assert census is not None
    assert (census.answered, census.wrong) == (400, len(wrong))
    assert {item.expression for item in census.examples} <= set(expressions[wrong].tolist())
    with pytest.raises(OptionError, match="addition has 400 expressions, at most 399 are answered one by one"):
        run.evaluate("all", 399)
