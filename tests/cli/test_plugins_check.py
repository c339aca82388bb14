from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exprlearn.testing import checks_of

Cli = Callable[..., Any]
TESTS = Path(__file__).parents[1]
CLOSE = str(TESTS.parent / "docs" / "examples" / "close.py")
BROKEN = str(TESTS / "testing" / "broken.py")
DISTRIBUTIONS = TESTS / "plugin" / "distributions"


def rows_of(outcome: Any) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads(outcome.out)["checks"]
    return rows


def test_each_check_of_a_working_plugin_is_told(cli: Cli) -> None:
    outcome = cli("plugins", "check", "close", "--plugin", CLOSE, "--json")
    assert outcome.code == 0
    rows = rows_of(outcome)
    assert [row["check"] for row in rows] == [check.statement for check in checks_of("metric")]
    assert {(row["component"], row["result"], row["why"]) for row in rows} == {("metric close", "passed", "")}


def test_a_plugin_whose_component_breaks_a_promise_fails_with_the_reason(cli: Cli) -> None:
    outcome = cli("plugins", "check", "broken", "--kind", "metric", "--plugin", BROKEN, "--plugins", "")
    assert (outcome.code, outcome.err) == (1, "")
    told = [line for line in outcome.out.splitlines() if line.startswith("metric scores-lie-between")]
    assert [line.split()[:2] for line in told] == [["metric", "scores-lie-between-zero-and-one"]] * len(told)
    assert any("failed" in line and "right answers score 100.0, which is not in 0..1" in line for line in told)


def test_a_plugin_that_does_not_load_fails_with_the_reason(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(DISTRIBUTIONS / "missing"))
    outcome = cli("plugins", "check", "exprlearn-missing", "--json")
    assert outcome.code == 1
    assert [(row["component"], row["check"], row["result"]) for row in rows_of(outcome)] == [
        ("missing", "it loads", "failed")
    ]


def test_an_installed_plugin_is_found_again_in_a_new_process(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(DISTRIBUTIONS / "good"))
    outcome = cli("plugins", "check", "good", "--kind", "reversal", "--json")
    sys.modules.pop("exprlearn_good", None)
    assert (outcome.code, {row["result"] for row in rows_of(outcome)}) == (0, {"passed"})


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["clsoe"], "no plugin named 'clsoe': did you mean 'close'?"),
        (["close", "--kind", "metrics"], "no kind of component named 'metrics': did you mean 'metric'?"),
        (["close", "--kind", "model"], "the plugin 'close' brings no model: see exprlearn plugins show close"),
    ],
)
def test_what_is_not_there_is_refused_with_the_nearest(cli: Cli, arguments: list[str], said: str) -> None:
    outcome = cli("plugins", "check", *arguments, "--plugin", CLOSE)
    assert outcome.code == 2
    assert said in outcome.err
