from __future__ import annotations

import json
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

Cli = Callable[..., Any]


def test_the_environment_is_a_markdown_block(cli: Cli) -> None:
    lines = cli("env").out.splitlines()
    assert lines[0] == "### exprlearn env"
    assert f"- keras: {version('keras')}" in lines
    assert all(line.startswith("- ") for line in lines[2:])


def test_the_environment_is_a_document(cli: Cli) -> None:
    document = json.loads(cli("env", "--json").out)
    assert document["format"] == 1
    assert document["packages"]["lark"] == version("lark")
    assert document["plugins"][0]["state"] == "ok"
