from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]
DISTRIBUTIONS = Path(__file__).parents[1] / "plugin" / "distributions"
GOOD = str(DISTRIBUTIONS / "good" / "exprlearn_good.py")


@pytest.fixture
def two_plugins(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put a working and a broken distribution on the path, and look at no others that may be installed."""
    for name in ("good", "missing"):
        monkeypatch.syspath_prepend(str(DISTRIBUTIONS / name))
    monkeypatch.setenv("EXPRLEARN_PLUGINS", "good,missing")
    yield
    sys.modules.pop("exprlearn_good", None)


@pytest.mark.usefixtures("two_plugins")
def test_each_plugin_is_listed_with_its_state(cli: Cli) -> None:
    outcome = cli("plugins", "list", "--json")
    document = json.loads(outcome.out)
    states = {item["plugin"]: item["state"] for item in document["plugins"]}
    assert states == {"exprlearn": "ok", "good": "ok", "missing": "failed to import"}
    assert outcome.code == 0
    assert outcome.err.count("\n") == 1
    assert outcome.err.startswith("warning: missing (exprlearn-missing 0.1) failed to import: ModuleNotFoundError")


@pytest.mark.usefixtures("two_plugins")
def test_a_broken_plugin_is_told_in_one_line_and_stops_no_other_command(cli: Cli) -> None:
    outcome = cli("components", "list", "model")
    assert outcome.code == 0
    assert "exprlearn-good 1.0" in outcome.out
    assert len(outcome.err.splitlines()) == 1


@pytest.mark.usefixtures("two_plugins")
def test_under_strict_a_broken_plugin_stops_the_command(cli: Cli) -> None:
    outcome = cli("components", "list", "--strict-plugins")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("error: missing")


@pytest.mark.usefixtures("two_plugins")
def test_plugins_can_be_left_out(cli: Cli) -> None:
    outcome = cli("components", "list", "model", "--plugins", "")
    assert "tiny" not in outcome.out
    assert outcome.err == ""


@pytest.mark.usefixtures("two_plugins")
def test_a_plugin_shows_what_it_brings_or_why_it_is_broken(cli: Cli) -> None:
    assert cli("plugins", "show", "good").out.splitlines() == [
        "good (exprlearn-good 1.0)  ok",
        "  reversal forwards",
        "  model tiny",
    ]
    assert "package_that_nobody_has" in cli("plugins", "show", "missing").out


def test_a_plugin_that_is_not_there_is_refused(cli: Cli) -> None:
    outcome = cli("plugins", "show", "exprlaern")
    assert outcome.code == 2
    assert "did you mean 'exprlearn'?" in outcome.err


def test_a_file_is_a_plugin_for_one_command(cli: Cli) -> None:
    outcome = cli("train", "--plugin", GOOD, "--model", "tiny", "--set", "model.units=3", "--print-config")
    assert (outcome.code, outcome.err) == (0, "")
    assert 'name = "tiny"  # --model\nunits = 3  # --set' in outcome.out
    assert "tiny" not in cli("components", "list", "model").out


def test_wrong_options_of_a_plugin_are_refused_before_anything_is_trained(cli: Cli) -> None:
    outcome = cli("train", "--plugin", GOOD, "--model", "tiny", "--set", "model.units=0")
    assert outcome.code == 2
    assert outcome.err == "error: --set: model.units: input should be greater than or equal to 1. Received: 0\n"
