from __future__ import annotations

from typing import get_args

import pytest

import exprlearn.plugin
from exprlearn.errors import PluginError
from exprlearn.plugin import ReversalSpec
from exprlearn.plugin.kinds import KINDS


@pytest.mark.parametrize("name", ["Both", "two words", "1st", "a--b", "-a", "a-", "", "ä"])
def test_a_name_of_another_form_is_refused(name: str) -> None:
    with pytest.raises(PluginError, match="write lower-case words joined by '-'"):
        ReversalSpec(name=name, summary="A reversal.", make=lambda options: None)


@pytest.mark.parametrize("summary", ["", "two\nlines"])
def test_a_summary_is_one_line(summary: str) -> None:
    with pytest.raises(PluginError, match="the summary of reversal 'both' must be one line"):
        ReversalSpec(name="both", summary=summary, make=lambda options: None)


def test_every_hook_is_declared_documented_and_yields_its_spec() -> None:
    for kind in KINDS.values():
        assert kind.purpose
        assert kind.example
        assert kind.spec.__name__ in kind.hook.__annotations__["return"]


def test_the_public_names_are_those_an_author_imports() -> None:
    names = exprlearn.plugin.__all__
    assert names == sorted(names)
    assert all(hasattr(exprlearn.plugin, name) for name in names)
    assert {kind.spec.__name__ for kind in KINDS.values()} <= set(names)


def test_framings_are_four() -> None:
    from exprlearn.plugin.kinds.model import Framing

    assert get_args(Framing) == ("mapping", "sequence", "teacher-forced", "causal", "rewriting")
