"""Every setting that a command takes is used or refused.

pytest -n 0 -m slow tests/cli/test_settings_in_use.py
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from exprlearn.cli.commands import COMMANDS
from exprlearn.cli.settings import USES
from exprlearn.config import RunConfig, leaves

Cli = Callable[..., Any]
COUNTS = ("--train", "20", "--validation", "4", "--test", "4", "--progress", "none")

#: A short call of each command, to which settings are added.
CALLS: dict[str, tuple[str, ...]] = {
    "grammar check": ("mixed",),
    "grammar count": ("mixed",),
    "grammar rank": ("mixed", "1+2"),
    "grammar at": ("mixed", "7"),
    "grammar sample": ("mixed", "-n", "40", "--json"),
    "data preview": ("mixed", "-n", "40", "--json"),
    "data build": ("out", "--grammar", "mixed", *COUNTS, "--json"),
    "data audit": ("rows.jsonl",),
    "curriculum show": ("sums", "--json"),
    "curriculum sample": ("sums", "2", "--json"),
    "curriculum make": ("mixed", "made.toml"),
    "curriculum build": ("sums", "out", *COUNTS, "--json"),
    "worksheet": ("mixed", "sheet.csv", "--pages", "1", "--per-page", "6", "--json"),
    "explain": ("8/2-1", "--grammar", "mixed", "--json"),
    "train": ("--grammar", "mixed", "--print-config"),
    "curriculum run": ("sums", "--print-config"),
    "sweep": ("sweep.toml", "--list"),
}
#: Another value of a key, as TOML.
OTHER: dict[str, str] = {
    "seed": "5",
    "grammar.name": '"flat"',
    "grammar.range": '"1..3"',
    "grammar.terms": '"2..3"',
    "grammar.brackets": "0",
    "grammar.operators": "1",
    "grammar.characters": '"3..5"',
    "grammar.depth": "0",
    "grammar.weights": "{ add = 9 }",
    "division.policy": '"floor"',
    "data.train": "21",
    "data.validation": "5",
    "data.test": "5",
    "data.shards": "4",
    "data.constraints": '["integer", { name = "result-range", low = 0, high = 5 }]',
    "data.level": '"operands"',
    "data.split": '"position"',
    "data.mix": '"operators"',
    "data.thinning": "0.5",
    "curriculum.name": '"addition"',
    "curriculum.schedule": '"fixed"',
    "curriculum.held_out": "300",
    "tokenizer.name": '"characters"',
    "padding.name": '"right"',
    "reversal.name": '"none"',
    "encoding.inputs": '"one-hot"',
    "model.name": '"repeat-vector"',
}


#: Another value of a key that a plugin brings, and the plugin.
BROUGHT = {"data.balance": '"proportional"'}
PROPORTIONAL = """
from dataclasses import replace

from exprlearn.dataset.drawing import ByContent
from exprlearn.plugin import DrawingSpec, hookimpl


class Proportional(ByContent):
    def __init__(self, context):
        super().__init__(replace(context, mix=[stratum.size for stratum in context.space.strata]))


@hookimpl
def exprlearn_drawings():
    yield DrawingSpec(name="proportional", summary="By sizes.", make=lambda options: Proportional)
"""


def keys() -> Iterator[str]:
    """List the keys of a config; that of a schedule names it."""
    for key, _ in leaves(RunConfig().model_dump(mode="json")):
        yield "curriculum.schedule" if key == "curriculum.schedule.name" else key


def is_used(command: str, key: str) -> bool:
    return any(key == known or key.startswith(f"{known}.") for known in USES[command])


def test_every_command_that_takes_settings_says_which_it_uses() -> None:
    commands = {name for name, command in COMMANDS.items() if "set_" in command.takes.split()}
    assert commands == set(CALLS)
    # A curriculum is run by the command that trains; `evaluate` takes other settings, and asks a trained run.
    assert commands - {"curriculum run"} == set(USES) - {"evaluate"}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "rows.jsonl").write_text('{"question": "7/2", "answer": "7/2"}\n', encoding="utf-8")
    (tmp_path / "sweep.toml").write_text('[sweep.parameters]\n"model.units" = [8]\n', encoding="utf-8")
    (tmp_path / "proportional.py").write_text(PROPORTIONAL, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("command", CALLS)
def test_every_setting_without_a_use_is_refused_all_at_once(cli: Cli, files: Path, command: str) -> None:
    uses = "train" if command == "curriculum run" else command
    unused = [key for key in keys() if not is_used(uses, key)]
    plain = RunConfig().model_dump(mode="json")
    sets = [f"{key}={OTHER[key] if key in OTHER else value_of(plain, key)}" for key in unused]
    outcome = cli(*command.split(), *CALLS[command], *(part for each in sets for part in ("--set", each)))
    assert (outcome.code, outcome.out) == (2, "")
    told = [line for line in outcome.err.splitlines() if "makes no use of it" in line or "--layout tokens" in line]
    missed = [key for key in unused if not any(f" {key}" in line for line in told)]
    assert (missed, len(told)) == ([], len(unused))


def test_a_grammar_that_no_stage_takes_over_is_refused(cli: Cli) -> None:
    outcome = cli("curriculum", "show", "sums", "--set", "curriculum.terms=3", "--set", "grammar.range=0..9")
    assert outcome.code == 2
    assert outcome.err == "error: --set: grammar.range: every stage names a grammar of its own: change the curriculum\n"


def value_of(tree: dict[str, Any], key: str) -> str:
    """Write the usual value at a key as TOML."""
    found: Any = tree
    for part in key.split("."):
        found = found[part]
    return '"none"' if found is None else f"'{found}'" if isinstance(found, str) else str(found).lower()


def seen(folder: Path, outcome: Any) -> tuple[Any, ...]:
    """Collect all that a command shows or writes, and forget what it wrote."""
    found = outcome.out, outcome.err, outcome.code
    written = []
    for file in sorted(folder.rglob("*")):
        if file.is_file() and "out" in file.parts:
            written.append((str(file), file.read_bytes()))
            file.unlink()
    return (*found, *written)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["grammar sample", "data preview", "data build", "explain"])
def test_every_setting_with_a_use_changes_something(cli: Cli, files: Path, command: str) -> None:
    def asked(*more: str) -> tuple[Any, ...]:
        return seen(files, cli(*command.split(), *CALLS[command], *more))

    usual, idle = asked(), []
    for key in keys():
        if not is_used(command, key) or key not in OTHER | BROUGHT:
            continue
        company = COMPANY.get((command, key), ())
        before = asked(*company) if company else usual
        if asked(*company, "--set", f"{key}={(OTHER | BROUGHT)[key]}") == before:
            idle.append(key)
    assert usual[2] == 0, usual
    assert idle == []


#: What a setting needs beside it to do something in a command.
COMPANY: dict[tuple[str, str], tuple[str, ...]] = {
    ("data preview", "data.validation"): ("--set", "data.split=position", "--set", "grammar.range=1..99"),
    ("data preview", "data.balance"): ("--plugin", "proportional.py"),
    ("data build", "data.balance"): ("--plugin", "proportional.py"),
    ("data preview", "data.test"): ("--set", "data.split=position", "--set", "grammar.range=1..99"),
}
for each in ("data build", "curriculum build"):
    COMPANY |= {(each, f"{key}.name"): ("--layout", "tokens") for key in ("tokenizer", "padding", "reversal")}
    COMPANY[each, "encoding.inputs"] = ("--layout", "tokens")
