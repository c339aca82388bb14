from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exprlearn.plugin.kinds import KINDS

Cli = Callable[..., Any]


def test_what_was_written_is_told_and_what_to_type_next(cli: Cli, tmp_path: Path) -> None:
    outcome = cli("plugins", "new", "last-digit", "--kind", "metric", "--into", "mine")
    assert (outcome.code, outcome.err) == (0, "")
    lines = [line[9:] for line in outcome.out.splitlines()]
    assert [Path(line).is_file() for line in lines[:5]] == [True] * 5
    assert lines[5:] == [
        'python -m pip install -e "mine/exprlearn-last-digit[test]"',
        "pytest mine/exprlearn-last-digit",
        "exprlearn train --metric last-digit",
    ]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("engine", "command")])
def test_what_a_new_plugin_says_to_type_chooses_its_component(cli: Cli, tmp_path: Path, kind: str) -> None:
    outcome = cli("plugins", "new", f"my-{kind}", "--kind", kind)
    _, *typed = shlex.split(outcome.out.splitlines()[-1])
    readme = (tmp_path / f"exprlearn-my-{kind}" / "README.md").read_text(encoding="utf-8")
    assert outcome.out.splitlines()[-1].strip() in readme
    module = f"exprlearn-my-{kind}/src/exprlearn_my_{kind.replace('-', '_')}/__init__.py"
    # An operator is chosen by the signs of a grammar, not by a setting.
    shown = () if kind == "operator" else ("--print-config",)
    printed = cli(*typed, "--plugin", module, *shown)
    assert printed.code == 0, printed.err
    assert f"my-{kind}" in printed.out


def test_a_new_engine_builds_data(cli: Cli, tmp_path: Path) -> None:
    told = cli("plugins", "new", "mine", "--kind", "engine").out
    _, *typed = shlex.split(told.splitlines()[-1])
    assert typed[-4:] == ["--engine", "mine", "--workers", "2"]
    built = cli(*typed, "--set", "grammar.terms=2", "--plugin", "exprlearn-mine/src/exprlearn_mine/__init__.py")
    assert built.code == 0, built.err
    assert (tmp_path / "sums" / "manifest.json").is_file()


def test_a_new_command_can_be_typed(cli: Cli) -> None:
    told = cli("plugins", "new", "value-of", "--kind", "command").out
    _, *typed = shlex.split(told.splitlines()[-1])
    assert cli("--plugin", "exprlearn-value-of/src/exprlearn_value_of/__init__.py", *typed).out == "182\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Mine", "--kind", "metric"], "error: 'Mine' is no name of a component"),
        (["mine", "--kind", "metrics"], "metrics"),
        (["mine"], "--kind"),
    ],
)
def test_what_cannot_be_written_is_a_usage_error(cli: Cli, tmp_path: Path, arguments: list[str], said: str) -> None:
    outcome = cli("plugins", "new", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err
    assert list(tmp_path.iterdir()) == []
