"""Runs that begin with the weights of another one."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from exprlearn.backend.keras_import import array_of
from exprlearn.config import read_config, resolve
from exprlearn.dataset import load_space
from exprlearn.errors import DataError, OptionError, RunError
from exprlearn.plugin.manager import Plugins
from exprlearn.runs import checkpoint
from exprlearn.runs.frozen_weights import freeze, stable_paths
from exprlearn.runs.preparation import make_encoder
from exprlearn.runs.run import Run
from exprlearn.runs.run_folder import RunFolder
from exprlearn.runs.starting import load, start_run
from exprlearn.walk import learn, resume

pytestmark = pytest.mark.long

PLUGINS = Plugins(only=())
SETS = ["data.validation=8", "data.test=8", "training.epochs=2", "training.max_time=none"]
SETS += ["training.examples_per_epoch=32", "training.batch_size=16", "working.name=none"]
NETWORKS = {
    "lstm": ["model.network=lstm", "model.units=6", "model.embedding=5"],
    "transformer": ["model.network=transformer", "model.units=8", "model.head=4", "model.layers=1"],
}


def components(keras: Any, grammar: str, *sets: str) -> Any:
    sets = (*SETS, f"grammar.name={grammar}", f"training.backend={keras.backend.backend()}", *sets)
    return resolve(read_config(None, {}, sets, plugins=PLUGINS).config, PLUGINS)


def started(folder: Path, name: str, made: Any) -> Run:
    """Start a run and save other weights than those it was drawn with, as if it had been trained."""
    space = load_space(made.config.grammar, made)
    encoder = make_encoder(space, made)
    run = start_run(made, encoder, runs=folder, name=name, data=space, common_answer="1", scale=1.0)
    run.lock.release()
    draw = np.random.default_rng([6, 0, 0])
    drawn = {name: array_of(variable) for name, variable in run.variables.items()}
    values = {name: each + draw.standard_normal(each.shape).astype(each.dtype) for name, each in drawn.items()}
    checkpoint.save(run.folder.checkpoints, values, asdict(checkpoint.Position()))
    return run


def weights(run: Run) -> dict[str, np.ndarray]:
    return {path: array_of(each) for path, each in zip(stable_paths(run.model), run.model.variables, strict=True)}


@pytest.mark.parametrize("network", NETWORKS)
def test_weights_are_taken_and_those_of_tokens_token_by_token(tmp_path: Path, keras: Any, network: str) -> None:
    started(tmp_path, "first", components(keras, "addition", *NETWORKS[network]))
    first = load(tmp_path / "first", plugins=PLUGINS)
    further = (*NETWORKS[network], "seed=5")
    fresh = started(tmp_path, "fresh", components(keras, "mixed", *further))
    warm = started(tmp_path, "warm", components(keras, "mixed", *further, "training.init_from=first"))
    old, drawn, new = weights(first), weights(fresh), weights(warm)
    assert list(old) == list(drawn) == list(new)
    here, there = warm.encoder.vocabulary, first.encoder.vocabulary
    unknown = [symbol for symbol in here.symbols if symbol not in there.ids]
    assert set("*/()") <= set(unknown)
    shared = [symbol for symbol in here.symbols if symbol in there.ids]
    here_ids, there_ids = ([0, 1, 2, *(each.id(symbol) for symbol in shared)] for each in (here, there))
    new_ids = [here.id(symbol) for symbol in unknown]
    by_token = [path for path in new if len(here) in new[path].shape]
    assert len(by_token) >= 2
    for path in new:
        if path in by_token:
            axis = new[path].shape.index(len(here))
            taken, learned = np.take(new[path], here_ids, axis), np.take(old[path], there_ids, axis)
            np.testing.assert_array_equal(taken, learned, err_msg=path)
            kept, chance = np.take(new[path], new_ids, axis), np.take(drawn[path], new_ids, axis)
            np.testing.assert_array_equal(kept, chance, err_msg=path)
        elif new[path].dtype.kind == "f":
            np.testing.assert_array_equal(new[path], old[path], err_msg=path)
    kept_facts = json.loads((tmp_path / "warm" / "run.json").read_text(encoding="utf-8"))["init_from"]
    assert (kept_facts["run"], kept_facts["left_count"], kept_facts["unknown_tokens"]) == ("first", 0, unknown)
    assert warm.notes[0] == f"begins with {kept_facts['taken']} of {kept_facts['taken']} weights of first"


def test_what_does_not_fit_is_told_and_what_nothing_fits_is_refused(tmp_path: Path, keras: Any) -> None:
    started(tmp_path, "first", components(keras, "addition", *NETWORKS["transformer"]))
    wider = [*NETWORKS["transformer"], "model.feed_forward=64", "model.layers=2", "training.init_from=latest"]
    run = started(tmp_path, "second", components(keras, "addition", *wider))
    assert "begins anew: block_0_inner/kernel, which is (8, 64) here and" in " ".join(run.notes)
    assert any(
        note.startswith("begins anew: block_1_queries/kernel, which the other run does not have") for note in run.notes
    )
    # The config names the run for good, whatever is the latest one later.
    assert load(tmp_path / "second", plugins=PLUGINS).config.training.init_from == "first"
    with pytest.raises(OptionError, match="no weight of first fits"):
        started(tmp_path, "third", components(keras, "addition", "model.name=mapping-mlp", "training.init_from=first"))
    with pytest.raises(RunError, match="no run 'nobody'"):
        started(tmp_path, "third", components(keras, "addition", "training.init_from=nobody"))
    assert not (tmp_path / "third").exists()


def test_frozen_weights_stay_and_a_run_with_them_goes_on(tmp_path: Path, keras: Any) -> None:
    sets = [*NETWORKS["transformer"], "training.freeze=['embedding', 'block_0_queries']", "training.epochs=1"]
    before = weights(started(tmp_path, "before", components(keras, "addition", *sets)))
    made = components(keras, "addition", *sets)
    learn(made.config, made, runs=tmp_path, name="frozen")
    resume(RunFolder(tmp_path / "frozen"), components(keras, "addition", *sets, "training.epochs=2"))
    after = weights(load(tmp_path / "frozen", plugins=PLUGINS))
    is_frozen = {path: "embedding" in path or "block_0_queries" in path for path in after}
    assert sum(is_frozen.values()) >= 3
    for path, value in after.items():
        assert np.array_equal(value, before[path]) == is_frozen[path], path


def test_patterns_that_freeze_nothing_or_everything_are_refused(keras: Any) -> None:
    source = keras.Input((2,))
    model = keras.Model([source], keras.layers.Dense(1, name="logits")(source))
    with pytest.raises(OptionError, match="'norm' is in the path of no weight: logits/kernel, logits/bias"):
        freeze(model, ["norm"])
    with pytest.raises(OptionError, match="no regular expression"):
        freeze(model, ["("])
    with pytest.raises(OptionError, match="nothing is left to be learned"):
        freeze(model, ["logits"])


def test_paths_do_not_depend_on_what_was_built_before() -> None:
    def paths(*named: str) -> list[str]:
        return stable_paths(SimpleNamespace(variables=[SimpleNamespace(path=path) for path in named]))

    first = paths("lstm/lstm_cell/kernel", "lstm/lstm_cell/bias", "dense/kernel", "dense_1/kernel", "block_0/bias")
    later = paths(
        "lstm_4/lstm_cell_9/kernel", "lstm_4/lstm_cell_9/bias", "dense_7/kernel", "dense_8/kernel", "block_3/bias"
    )
    assert first == later
    assert len({*first}) == 5


@pytest.mark.parametrize(
    ("source", "new", "said"),
    [
        (["data.split=position"], ["data.split=position"], "data.split=position"),
        (["data.level=string"], [], "data.level=string"),
        (["working.name=results", "grammar.range=0..9"], ["grammar.range=0..99"], "learned from workings"),
    ],
)
def test_a_run_that_may_have_learned_what_is_held_out_is_refused(
    tmp_path: Path, keras: Any, source: list[str], new: list[str], said: str
) -> None:
    network = NETWORKS["transformer"]
    started(tmp_path, "first", components(keras, "addition", *network, *source))
    with pytest.raises(DataError, match=said):
        started(tmp_path, "second", components(keras, "addition", *network, *new, "training.init_from=first"))


def test_a_run_that_learned_from_workings_may_be_taken_to_a_grammar_that_holds_nothing_more(
    tmp_path: Path, keras: Any
) -> None:
    network = [*NETWORKS["transformer"], "working.name=results", "grammar.range=0..99"]
    started(tmp_path, "first", components(keras, "addition", *network))
    smaller = [*network, "grammar.range=0..50", "training.init_from=first"]
    assert started(tmp_path, "second", components(keras, "subtraction", *smaller)).facts["init_from"]["taken"] > 0
