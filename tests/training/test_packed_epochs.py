"""Epochs whose rows hold several examples, of a fresh stream, a fixed set and the stages of a curriculum."""

from __future__ import annotations

import json
from dataclasses import asdict
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from exprlearn.config import RunConfig, resolve
from exprlearn.dataset import load_space, load_splits
from exprlearn.decoding.answerer import Answerer
from exprlearn.decoding.rewriting import RewritingRules
from exprlearn.errors import TrainingError
from exprlearn.plugin.manager import Plugins
from exprlearn.runs.checkpoint import Position
from exprlearn.runs.preparation import load_stages, make_encoder
from exprlearn.training.batches import Batches, measure_batches
from exprlearn.training.training_data import training_data

PLUGINS = Plugins(only=(), strict=True)
STAGES = [{"name": "sums", "grammar": {"terms": 2}}, {"name": "task"}]
KINDS: dict[str, dict[str, Any]] = {
    "fresh": {},
    "fixed": {"data": {"train": 150}},
    "curriculum": {
        "curriculum": {
            "name": "stages",
            "stages": STAGES,
            "schedule": {"name": "mixed", "strategy": "mix"},
            "held_out": 9,
        }
    },
}


def data_of(**sections: Any) -> Any:
    training = {"examples_per_epoch": 400, "batch_size": 40, **sections.pop("training", {})}
    data = {"validation": 9, "test": 9, **sections.pop("data", {})}
    config = {"grammar": {"name": "mixed", "terms": "2..3"}, "model": {"name": "rewriter"}, "data": data}
    components = resolve(RunConfig.model_validate({**config, "training": training, **sections}), PLUGINS)
    space = load_space(components.config.grammar, components)
    stages = load_stages(space, components)
    encoder = make_encoder(space, components, stages)
    answerer = Answerer(SimpleNamespace(rules=RewritingRules().adapted(components)), encoder)
    run = SimpleNamespace(
        config=components.config, components=components, encoder=encoder, answerer=answerer, stages=stages
    )
    return training_data(run, load_splits(space, components))


@pytest.mark.parametrize("kind", KINDS)
def test_an_epoch_follows_from_the_position_that_a_checkpoint_holds(kind: str) -> None:
    data, position = data_of(**KINDS[kind]), Position()
    shapes, sources = set(), []
    for _ in range(3):
        again = Position.of(json.loads(json.dumps(asdict(position))))
        epoch, same = data.epoch(position), data_of(**KINDS[kind]).epoch(again)
        assert all(np.array_equal(epoch.arrays[name], same.arrays[name]) for name in ("source", "target", "segments"))
        assert np.array_equal(epoch.order, same.order)
        assert epoch.examples == 400
        assert np.array_equal(np.sort(epoch.order.ravel()), np.arange(len(epoch.arrays["source"])))
        shapes.add((epoch.order.shape, *(array.shape for array in epoch.arrays.values())))
        sources.append(epoch.arrays["source"])
        position.end_epoch(cursor=epoch.cursor, examples=epoch.examples, course=epoch.course)
    # Another shape would be compiled anew.
    assert len(shapes) == 1
    assert not np.array_equal(sources[0], sources[1])
    assert position.examples == 1200


@pytest.mark.parametrize("kind", ["fresh", "fixed"])
def test_a_batch_has_as_many_rows_as_its_examples_take_on_average(kind: str) -> None:
    epoch = data_of(**KINDS[kind]).epoch(Position())
    rows, times = np.unique(epoch.arrays["source"], axis=0, return_counts=True)
    # Ten batches, none of which is half a row longer than its share.
    assert times.max() <= 2
    assert len(rows) >= len(epoch.arrays["source"]) - 5


def test_all_processes_can_share_the_rows_of_a_batch() -> None:
    settings = {"backend": "jax", "batch_size": 48}
    alone, shared = (data_of(training={**settings, "processes": count}).epoch(Position()) for count in (1, 4))
    assert alone.order.shape[1] % 4
    assert shared.order.shape[1] % 4 == 0
    assert 0 < shared.order.shape[1] - alone.order.shape[1] < 4


def test_rows_begin_anew_where_they_do_not_suffice_and_are_cut_where_they_are_more() -> None:
    batches = Batches(steps=2, size=9, rows=3, packs=True)
    assert batches.fill({"source": np.arange(5)})["source"].tolist() == [0, 1, 2, 3, 4, 0]
    assert batches.fill({"source": np.arange(8)})["source"].tolist() == [0, 1, 2, 3, 4, 5]
    assert batches.in_order.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert batches.examples == 18


def test_a_training_without_a_line_to_learn_from_is_refused() -> None:
    components = resolve(RunConfig(), PLUGINS)
    splits = load_splits(load_space(components.config.grammar, components), components)
    with pytest.raises(TrainingError, match="there is nothing to learn from"):
        measure_batches(components.config, splits, lambda examples, epoch: {"source": np.zeros((0, 48), np.int32)})
