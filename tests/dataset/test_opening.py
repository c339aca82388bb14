"""Config to space and parts: every setting of the sections arrives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from exprlearn.config import Components, read_config, resolve
from exprlearn.dataset import Splits, load_space, load_splits
from exprlearn.errors import DataError, GrammarError
from exprlearn.plugin.manager import Plugins

TWO_WAYS = '//@ size terms=1..4\nstart: e\ne: e "+" e | N\nN: /[0-9]/'

Chosen = Callable[..., Components]


@pytest.fixture(scope="module")
def chosen() -> Chosen:
    plugins = Plugins(only=[])

    def resolved(*settings: str) -> Components:
        return resolve(read_config(None, {}, settings, plugins=plugins).config, plugins)

    return resolved


def opened(components: Components) -> Splits:
    return load_splits(load_space(components.config.grammar, components), components)


@pytest.fixture
def two_ways(tmp_path: Path) -> str:
    path = tmp_path / "two_ways.lark"
    path.write_text(TWO_WAYS, encoding="utf-8")
    return f"grammar.name={path}"


def test_an_ambiguous_grammar_is_refused_unless_the_config_allows_it(chosen: Chosen, two_ways: str) -> None:
    refused = chosen(two_ways)
    with pytest.raises(GrammarError, match=r"'0\+0\+0' has 2 derivations"):
        load_space(refused.config.grammar, refused)
    for mode in ("strings", "derivations"):
        allowed = chosen(two_ways, f"grammar.ambiguity={mode}")
        assert load_space(allowed.config.grammar, allowed).mode == mode


def test_expressions_of_an_ambiguous_grammar_come_as_often_as_others(chosen: Chosen, two_ways: str) -> None:
    sizes = ["data.validation=20", "data.test=20", "data.level=string"]
    strings = opened(chosen(two_ways, *sizes, "grammar.ambiguity=strings"))
    examples, cursor = strings.train.take(4000)
    assert (examples.expressions != "").all()
    assert strings.train.stream.items(0, cursor).indices.count(-1) > 1000
    assert strings.proof(examples).holds
    derivations = opened(chosen(two_ways, *sizes, "grammar.ambiguity=derivations"))
    assert -1 not in derivations.train.stream.items(0, 4000).indices


def test_the_config_chooses_what_decides_on_parts(chosen: Chosen) -> None:
    settings = ["data.split=position", "data.validation=30", "data.test=40"]
    components = chosen(*settings)
    space = load_space(components.config.grammar, components)
    splits = load_splits(space, components)
    assert (splits.by, len(splits.validation), len(splits.test)) == ("position", 30, 40)
    fewer = load_splits(space, components, sizes={"test": 10})
    assert list(fewer.test) == list(splits.test[:10])
    assert list(fewer.validation) == list(splits.validation)
    with pytest.raises(DataError, match=r"41 test examples asked for, but data\.split=position has set 40 aside"):
        load_splits(space, components, sizes={"test": 41})
