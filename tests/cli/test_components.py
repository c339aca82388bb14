from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from exprlearn.plugin.manager import Plugins

Cli = Callable[..., Any]


def test_every_component_is_listed(cli: Cli) -> None:
    document = json.loads(cli("components", "list", "--json").out)
    assert next(iter(document)) == "format"
    assert document["format"] == 1
    listed = {(item["kind"], item["name"]) for item in document["components"]}
    assert listed == {
        (kind, entry.spec.name) for kind, registry in Plugins().registries.items() for entry in registry.entries
    }


@pytest.mark.parametrize("kind", ["model", "models"])
def test_one_kind_is_listed_by_its_name_or_its_plural(cli: Cli, kind: str) -> None:
    outcome = cli("components", "list", kind)
    assert "seq2seq" in outcome.out
    assert "per-term" not in outcome.out
    assert outcome.err == ""


def test_an_unknown_kind_is_refused_with_the_nearest(cli: Cli) -> None:
    outcome = cli("components", "list", "modle")
    assert outcome.code == 2
    assert "no kind of component named 'modle': did you mean 'model'?" in outcome.err


def test_the_options_of_a_component_are_shown(cli: Cli) -> None:
    outcome = cli("components", "show", "model", "seq2seq")
    row = next(line.split() for line in outcome.out.splitlines() if line.startswith("units"))
    assert row[:3] == ["units", "96", "integer"]


@pytest.mark.parametrize(
    ("kind", "name"),
    [(kind, entry.spec.name) for kind, registry in Plugins(only=()).registries.items() for entry in registry.entries],
)
def test_every_option_of_every_built_in_component_says_what_it_is(cli: Cli, kind: str, name: str) -> None:
    document = json.loads(cli("components", "show", kind, name, "--json").out)
    assert document["summary"]
    assert all(option["summary"] and option["takes"] != "value" for option in document["options"])


def test_a_component_without_options_shows_its_summary_alone(cli: Cli) -> None:
    assert (
        cli("components", "show", "padding", "left").out == "padding left (built in)\nPadding before the expression.\n"
    )
