from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exprlearn.config import RunConfig, resolve
from exprlearn.dataset import load_space
from exprlearn.decoding.answerer import Answerer
from exprlearn.encoding import alphabet_of
from exprlearn.plugin.manager import Plugins
from exprlearn.runs.generalisation import Beyond
from exprlearn.runs.preparation import make_encoder
from exprlearn.runs.resizing import resize
from exprlearn.runs.run import Run
from exprlearn.runs.starting import start_run
from exprlearn.sampling import ExpressionSpace
from exprlearn.scoring.cube import Axes, Coordinates

OPTIONS: dict[str, dict[str, Any]] = {
    "seq2seq": {"units": 8, "embedding": 4},
    "repeat-vector": {"units": 8, "embedding": 4},
    "transducer": {"units": 8, "embedding": 4},
    "stacked-lstm": {"units": 4, "layers": 1},
    "mapping-mlp": {},
    "rewriter": {"units": 8, "layers": 1, "head": 4, "spare": 3},
    "causal-transformer": {"units": 8, "layers": 1, "head": 4},
}
# Few enough to be answered without compiling.
ASKED = [f"{place // 10}+{place % 10}" for place in range(0, 100, 7)]


def made(keras: Any, folder: Path, model: str, **sections: Any) -> Run:
    """Make a run of sums up to 9+9 that has learned nothing: its weights are drawn by chance."""
    grammar = {"name": "addition", "range": "0..9"}
    backend = {"backend": str(keras.backend.backend())}
    tree = {"grammar": grammar, "model": {"name": model, **OPTIONS[model]}, "training": backend, **sections}
    components = resolve(RunConfig.model_validate(tree), Plugins(only=[]))
    space = load_space(components.config.grammar, components)
    encoder = make_encoder(space, components)
    run = start_run(components, encoder, runs=folder, name=None, data=space, common_answer="9", scale=18.0)
    draw = np.random.default_rng([5, 1, 0])
    for variable in run.model.trainable_variables:
        variable.assign(draw.normal(0.0, 1.0, variable.shape))
    return run


def needed(run: Run, **options: Any) -> Any:
    space = ExpressionSpace.from_text('start: N "+" N | N "+" N "+" N\nN: /0|[1-9][0-9]{0,2}/', **options)
    return alphabet_of(space, run.components.division, 4)


@pytest.mark.parametrize("model", OPTIONS)
def test_built_anew_for_the_same_lengths_a_model_answers_the_same(keras: Any, tmp_path: Path, model: str) -> None:
    run = made(keras, tmp_path, model)
    again = resize(run, run.encoder.alphabet)
    assert isinstance(again, Answerer)
    before, after = run.answerer.answer(ASKED), again.answer(ASKED)
    assert after.texts == before.texts
    assert after.probabilities == (before.probabilities and pytest.approx(before.probabilities, rel=1e-4))
    assert len(set(before.texts if before.probabilities is None else before.probabilities)) > 5


@pytest.mark.parametrize("model", ["seq2seq", "repeat-vector", "transducer", "stacked-lstm"])
def test_models_that_read_step_by_step_can_be_asked_longer_expressions(keras: Any, tmp_path: Path, model: str) -> None:
    run = made(keras, tmp_path, model)
    wider = resize(run, needed(run, ranges=(0, 999)))
    assert isinstance(wider, Answerer)
    assert len(wider.answer(["123+45+6", "7+8"]).texts) == 2
    assert wider.encoder.shape.source_length > run.encoder.shape.source_length
    assert wider.encoder.shape.target_length > run.encoder.shape.target_length
    assert wider.encoder.number_rows.scale == run.encoder.number_rows.scale


def test_what_cannot_be_asked_says_why(keras: Any, tmp_path: Path) -> None:
    fixed = made(keras, tmp_path, "mapping-mlp")
    assert resize(fixed, needed(fixed, ranges=(0, 9))) == "its weights depend on how long expressions are"
    signs = replace(fixed.encoder.alphabet, literals=("+", "*"))
    assert resize(fixed, signs) == "it has no symbol for *"
    whole = made(keras, tmp_path, "repeat-vector", tokenizer={"name": "numbers"})
    assert str(resize(whole, needed(whole, ranges=(0, 999)))).startswith("it has no symbol for ")


def test_every_cell_is_asked_or_says_why_not(keras: Any, tmp_path: Path) -> None:
    run = made(keras, tmp_path, "seq2seq")
    asking = Beyond(run, per_cell=8)
    assert (list(asking.axes.digits), list(asking.axes.terms), list(asking.axes.depth)) == ([1, 2, 3], [2, 3], [0, 1])
    told: list[tuple[int, int]] = []
    cube = asking.cube(
        Axes([1, 2], [2, 3], [0, 1], ["+", "*"]), on_progress=lambda done, count: told.append((done, count))
    )
    cells = {cell.coordinates: cell for cell in cube.cells}
    assert told[-1] == (len(cells), len(cells)) == (12, 12)
    inside, wide, long, deep = (cells[Coordinates(*at, "+")] for at in ((1, 2, 0), (2, 2, 0), (1, 3, 0), (1, 3, 1)))
    assert (inside.mark, wide.mark, long.mark, deep.mark) == ("in", "out", "out", "out")
    assert all(cell.exact_match is not None and cell.exact_match.count <= 8 for cell in (inside, wide, long))
    assert (deep.exact_match, deep.reason) == (None, "cannot be asked: it has no symbol for ( )")
    assert cells[Coordinates(1, 2, 0, "*")].reason == "cannot be asked: it has no symbol for *"


def test_lengths_grow_where_the_training_is_shortest(keras: Any, tmp_path: Path) -> None:
    asking = Beyond(made(keras, tmp_path, "stacked-lstm"), per_cell=3)
    cube = asking.cube(asking.lengths(range(1, 4)))
    assert [cell.coordinates for cell in cube.cells] == [Coordinates(digits, 2, 0, "+") for digits in (1, 2, 3)]
    assert all(cell.exact_match is not None for cell in cube.cells)


def test_a_run_split_by_position_is_asked_only_what_it_cannot_have_learned(keras: Any, tmp_path: Path) -> None:
    data = {"split": "position", "validation": 10, "test": 20}
    asking = Beyond(
        made(keras, tmp_path, "stacked-lstm", data=data, division={"policy": "floor-remainder"}), per_cell=9
    )
    own = set(asking.splits.test.expressions.tolist())
    inside, outside = (asking._questions(Coordinates(digits, 2, 0, "+")) for digits in (1, 2))
    assert (inside.mark, outside.mark) == ("in", "out")
    assert set(inside.examples.expressions.tolist()) <= own
    assert len(outside.examples) == 9
