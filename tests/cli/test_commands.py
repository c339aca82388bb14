from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from exprlearn.cli.commands import BUILT_IN, Command, make_command

Cli = Callable[..., Any]


def below(name: str) -> list[Command]:
    """List a command, or all commands of a group."""
    found = BUILT_IN[name]
    return [found] if isinstance(found, Command) else list(found.commands.values())


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_help_of_a_command_begins_as_the_list_of_commands_says_of_it(cli: Cli, name: str) -> None:
    said = make_command(name, BUILT_IN[name]).help.splitlines()[0]
    assert f"{name} {said}" in " ".join(cli("--help").out.split())


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_command_of_the_table_can_be_imported(name: str) -> None:
    for command in below(name):
        module, function = command.run.split(".")
        assert callable(getattr(import_module(f"exprlearn.cli.{module}"), function))
