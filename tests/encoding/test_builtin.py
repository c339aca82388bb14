from __future__ import annotations

import pytest

from exprlearn.encoding import BOTH, NONE, SOURCE, TARGET, Digits, Numbers
from exprlearn.plugin import ReversalSpec, TokenizerSpec
from exprlearn.plugin.manager import Plugins


@pytest.fixture(scope="module")
def plugins() -> Plugins:
    return Plugins(only=())


def test_tokenizers_paddings_and_reversals_are_registered_by_name(plugins: Plugins) -> None:
    assert {kind: plugins.registries[kind].names for kind in ("tokenizer", "padding", "reversal")} == {
        "tokenizer": ["characters", "digits", "numbers"],
        "padding": ["left", "per-term", "right"],
        "reversal": ["both", "none", "source", "target"],
    }


def test_options_reach_the_components(plugins: Plugins) -> None:
    assert plugins[TokenizerSpec].make("digits", {"group": "3"}) == Digits(3)
    assert plugins[TokenizerSpec].make("numbers", {"limit": 50}) == Numbers(50)


def test_reversals_turn_the_sides_they_name(plugins: Plugins) -> None:
    made = [plugins[ReversalSpec].make(name) for name in ("none", "source", "target", "both")]
    assert made == [NONE, SOURCE, TARGET, BOTH]
