from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from exprlearn.cli.commands import BUILT_IN, COMMANDS, make_command

Cli = Callable[..., Any]


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_help_of_a_command_begins_as_the_list_of_commands_says_of_it(cli: Cli, name: str) -> None:
    said = make_command(name).help.splitlines()[0]
    assert f"{name} {said}" in " ".join(cli("--help").out.split())


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_of_the_table_can_be_imported(path: str) -> None:
    module, function = COMMANDS[path].run.split(".")
    assert callable(getattr(import_module(f"exprlearn.cli.{module}"), function))
