"""Training as one call: on a grammar by name, or on a dataset that was made before."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

import exprlearn as xl
from exprlearn.dataset import load_space, load_splits
from exprlearn.errors import OptionError
from exprlearn.plugin.manager import Plugins

PLUGINS = Plugins(only=())
SHORT: dict[str, Any] = {
    "model": "mapping-mlp",
    "epochs": 1,
    "examples_per_epoch": 64,
    "plugins": PLUGINS,
}
SETTINGS = [
    f"training.backend={os.environ.get('EXPRLEARN_TEST_BACKEND', 'tensorflow')}",
    "model.units=4",
    "training.batch_size=32",
]


def entries(**settings: Any) -> Any:
    return xl.dataset("addition", size=200, seed=5, range="0..19", plugins=PLUGINS, **settings)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        pytest.param({"by": "position", "validation": 8, "test": 8}, marks=pytest.mark.slow),
    ],
)
def test_a_model_learns_from_exactly_the_entries_of_a_dataset(tmp_path: Path, settings: dict[str, Any]) -> None:
    data = entries(**settings)
    held_out = [] if "by" in settings else ["data.validation=8", "data.test=8"]
    run = xl.train(data, settings=[*SETTINGS, *held_out], runs=tmp_path, **SHORT)
    assert (run.config.data.train, run.config.seed, run.config.grammar.name) == (200, 5, "addition")
    space = load_space(run.config.grammar, run.components)
    drawn = load_splits(space, run.components).train.take(run.config.data.train)[0]
    assert drawn.expressions.tolist() == [entry["question"] for entry in data]
    assert drawn.answers.tolist() == [entry["answer"] for entry in data]
    held_out_texts = {row.expression for row in run.evaluate("test").predictions}
    assert len(held_out_texts) == 8
    assert not held_out_texts & {entry["question"] for entry in data}
    assert "<td>mapping-mlp</td>" in run._repr_html_()


def test_settings_that_would_draw_other_examples_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError) as refused:
        xl.train(entries(), settings=["grammar.range=0..99", "data.train=7"], runs=tmp_path, **SHORT)
    assert "grammar.range: the dataset was made with" in str(refused.value)
    assert "data.train: the dataset was made with 200, not with 7" in str(refused.value)
    assert not list(tmp_path.iterdir())


def test_entries_that_test_are_not_learned_from(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="a model learns from training entries, these are for test"):
        xl.train(entries(split="test"), runs=tmp_path, **SHORT)


def test_questions_in_words_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"models read expressions, not 'What is {expression}"):
        xl.train(entries(template="What is {expression}?"), runs=tmp_path, **SHORT)


def test_entries_with_workings_are_none_for_models_that_write_numbers(tmp_path: Path) -> None:
    data = xl.dataset("mixed", size=50, working="equations", plugins=Plugins(only=()))
    with pytest.raises(OptionError, match=r"working.name: .*: leave 'equations' out"):
        xl.train(data, model="mapping-mlp", runs=tmp_path, plugins=Plugins(only=()))
