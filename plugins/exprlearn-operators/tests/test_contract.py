"""Every promise of an operator and of a grammar, of all that the package brings."""

from __future__ import annotations

import pytest

from exprlearn.plugin import GrammarSpec, OperatorSpec
from exprlearn.plugin.manager import Plugins
from exprlearn.testing import checks_of, find_subject, run_checks

PLUGINS = Plugins(only=["operators"], strict=True)
BROUGHT = [
    (kind.kind, entry.spec.name)
    for kind in (OperatorSpec, GrammarSpec)
    for entry in PLUGINS[kind].entries
    if entry.plugin == "operators"
]


@pytest.mark.parametrize(("kind", "name"), BROUGHT)
def test_it_keeps_every_promise_of_its_kind(kind: str, name: str) -> None:
    outcomes = list(run_checks(checks_of(kind), find_subject(kind, f"operators/{name}", PLUGINS)))
    assert [(each.check.statement, each.why) for each in outcomes if each.state != "passed"] == []
