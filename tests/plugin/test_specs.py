from __future__ import annotations

from typing import get_args

import pytest

import exprlearn.plugin
from exprlearn.errors import PluginError
from exprlearn.plugin import ReversalSpec, hookspecs
from exprlearn.plugin.hookspecs import HOOKS


@pytest.mark.parametrize("name", ["Both", "two words", "1st", "a--b", "-a", "a-", "", "ä"])
def test_a_name_of_another_form_is_refused(name: str) -> None:
    with pytest.raises(PluginError, match="write lower-case words joined by '-'"):
        ReversalSpec(name=name, summary="A reversal.", make=lambda options: None)


@pytest.mark.parametrize("summary", ["", "two\nlines"])
def test_a_summary_is_one_line(summary: str) -> None:
    with pytest.raises(PluginError, match="the summary of reversal 'both' must be one line"):
        ReversalSpec(name="both", summary=summary, make=lambda options: None)


def test_every_hook_is_declared_documented_and_yields_its_spec() -> None:
    for hook, spec in HOOKS.items():
        declared = getattr(hookspecs, hook)
        assert declared.__doc__
        assert spec.__name__ in declared.__annotations__["return"]


def test_the_public_names_are_those_an_author_imports() -> None:
    names = exprlearn.plugin.__all__
    assert names == sorted(names)
    assert all(hasattr(exprlearn.plugin, name) for name in names)
    assert {spec.__name__ for spec in HOOKS.values()} <= set(names)


def test_framings_are_three() -> None:
    from exprlearn.plugin.specs import Framing

    assert get_args(Framing) == ("mapping", "sequence", "teacher-forced")
