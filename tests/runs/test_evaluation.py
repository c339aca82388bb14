from __future__ import annotations

from exprlearn.config import RunConfig, resolve
from exprlearn.dataset import load_space, load_splits
from exprlearn.plugin.manager import Plugins
from exprlearn.runs.evaluation import seen_sizes
from exprlearn.scoring import score


def test_sizes_outside_of_a_fixed_training_set_are_told_apart() -> None:
    config = RunConfig.model_validate({"grammar": {"name": "sums"}, "data": {"train": 4, "test": 300}})
    components = resolve(config, Plugins(only=[]))
    splits = load_splits(load_space(config.grammar, components), components)
    axes = seen_sizes(config.data, splits)
    trained = splits.train.take(4, start=0)[0].expressions.tolist()
    label = axes["sizes"]
    assert {label(expression, "") for expression in trained} == {"seen"}
    assert label("1+2+3+4+5+6+7+8", "") == "unseen"
    judged = score(*([*splits.test.expressions.tolist()], *[[*splits.test.answers.tolist()]] * 2), axes=axes)
    groups = {group.group: group.interval.count for group in judged.breakdown["sizes"]}
    assert set(groups) == {"seen", "unseen"}
    assert sum(groups.values()) == 300


def test_where_every_size_may_be_drawn_there_is_nothing_to_tell() -> None:
    config = RunConfig.model_validate({"grammar": {"name": "sums"}})
    components = resolve(config, Plugins(only=[]))
    assert seen_sizes(config.data, load_splits(load_space(config.grammar, components), components)) == {}
