"""The recipe `grokking` learns exactly half of all quotients modulo 97, a token a number, and nothing of the rest."""

from __future__ import annotations

from exprlearn.config import read_config, resolve
from exprlearn.dataset import load_space, load_splits
from exprlearn.plugin.manager import Plugins
from exprlearn.recipes.catalogue import find_recipe
from exprlearn.runs import make_encoder


def test_half_of_all_pairs_are_trained_on_and_answered_modulo_97() -> None:
    plugins = Plugins(only=())
    components = resolve(read_config(preset=find_recipe("grokking").preset, plugins=plugins).config, plugins)
    space = load_space(components.config.grammar, components)
    splits = load_splits(space, components)
    train, _ = splits.train.take(components.config.data.train, start=0)
    asked = set(train.expressions.tolist())
    assert 2 * len(asked) == 2 * len(train) == sum(stratum.size for stratum in space.strata) == 97 * 96
    assert asked.isdisjoint([*splits.validation.expressions.tolist(), *splits.test.expressions.tolist()])
    assert splits.proof(train).holds
    for expression, answer in train:
        dividend, divisor = map(int, expression.split("/"))
        assert int(answer) * divisor % 97 == dividend
    encoder = make_encoder(space, components)
    assert encoder.sources(train.expressions[:9]).shape == (9, 3)
    assert [name for name, _ in components.callbacks] == ["training-match"]
