"""The built-in commands by name, with what the help says of each, so that its module is imported when it is run."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer


@dataclass(frozen=True)
class BuiltIn:
    """A command that is not imported yet.

    Attributes:
        summary: what `exprlearn --help` says of it; the first line of its own help.
        module: of `exprlearn.cli`; the function or the Typer application in it has the same name.
        is_group: whether it has commands below it.
        takes_minus: whether what begins with a minus may be an expression and no option.
    """

    summary: str
    module: str
    is_group: bool = False
    takes_minus: bool = False


def _one(name: str, summary: str, module: str = "", **settings: bool) -> tuple[str, BuiltIn]:
    return name, BuiltIn(summary, module or name, **settings)


# In the order of a first hour.
BUILT_IN: dict[str, BuiltIn] = dict(
    [
        _one("train", "Train a model on a grammar; without arguments, learn two-digit addition in about a minute."),
        _one("predict", "Answer expressions with a trained model, beside the exact truth.", takes_minus=True),
        _one(
            "evaluate",
            "Judge trained models: exact match with its interval, baselines and groups; of several, a line each.",
        ),
        _one(
            "explain",
            "Show text, padding, tokens, ids, array shapes, layer shapes and the answer of one expression.",
            takes_minus=True,
        ),
        _one("sweep", "Train over settings, each trial a run of its own; run again, it goes on where it stopped."),
        _one("compare", "Compare runs on the same test: exact McNemar, paired bootstrap, items only one gets right."),
        _one("report", "Write the report of a run afresh and print its path."),
        _one(
            "playground",
            "Watch trainings, ask models and see where they are wrong, in a browser on this machine; Ctrl-C ends it.",
            "report",
        ),
        _one("reproduce", "Do a run or a recipe again in a new run folder; exit 3 when it comes out otherwise."),
        _one("runs", "List, show and remove trained runs.", is_group=True),
        _one("recipes", "List, show and copy experiments that are ready to be run.", is_group=True),
        _one("grammar", "Check, count, sample and number what a grammar writes.", is_group=True),
        _one("data", "Look at data, write it to files, check and mend them.", is_group=True),
        _one("curriculum", "Teach a task in stages: look at curricula, write them to files, run them.", is_group=True),
        _one("components", "List what can be chosen by name, and its options.", is_group=True),
        _one("plugins", "List, check and write plugins.", is_group=True),
        _one("env", "Print versions, backends, device and plugins as a Markdown block for bug reports."),
    ]
)


class Imported(MutableMapping[str, Any]):
    """Maps names to commands, each made when it is first looked up."""

    def __init__(self, built_in: dict[str, BuiltIn]) -> None:
        self.built_in = built_in
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """Return a command, imported now if it was not before."""
        if name not in self._made:
            self._made[name] = made(name, self.built_in[name])
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._made or name in self.built_in

    def __iter__(self) -> Iterator[str]:
        return iter({**self.built_in, **self._made})

    def __len__(self) -> int:
        return len({**self.built_in, **self._made})

    def __setitem__(self, name: str, command: Any) -> None:
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        raise TypeError(f"the built-in command '{name}' stays")


def made(name: str, command: BuiltIn) -> Any:
    """Import a command and make it as typer does for an application that has it."""
    part = getattr(import_module(f"exprlearn.cli.{command.module}"), name)
    around = typer.Typer(add_completion=False, rich_markup_mode="markdown", pretty_exceptions_enable=False)
    # An application with a callback stays a group when it has but one command.
    around.callback()(_nothing)
    if command.is_group:
        around.add_typer(part, name=name)
    else:
        around.command(name, context_settings={"ignore_unknown_options": command.takes_minus})(part)
    group: Any = typer.main.get_command(around)
    return group.commands[name]


def _nothing() -> None:
    """Do nothing before a command is run."""
