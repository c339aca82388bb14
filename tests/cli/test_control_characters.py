"""Every command reads files of somebody else; whatever steers a terminal in them is shown, not sent."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from exprlearn.cli.commands import BUILT_IN, make_command

Cli = Callable[..., Any]

RUN = Path(__file__).parents[1] / "report" / "data" / "mixed-seq2seq-1"
# A title for the window, a cleared screen, writing from right to left; the word tells that all of it was there to see.
STEERING = "\x1b]0;owned\x07\x9b2J\u202e"
SENT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]")
IN_JSON, IN_TOML = json.dumps(STEERING + "\ud800")[1:-1], json.dumps(STEERING)[1:-1]
FILE, HOSTILE_RUN = f"{STEERING}.py", f"runs/{STEERING}"

PLUGIN = f"""
import typer
from exprlearn.errors import DataError, OptionError
from exprlearn.plugin import CommandSpec, CurriculumSpec, MetricSpec, ModelSpec, Stage, hookimpl

class Stages:
    def stages(self, space):
        yield Stage(name={STEERING!r}, constraints=["integer"])

def refused(whatever=None):
    raise DataError({STEERING!r})

@hookimpl
def exprlearn_curricula():
    yield CurriculumSpec(name="steering", summary={STEERING!r}, make=lambda options: Stages())

@hookimpl
def exprlearn_metrics():
    yield MetricSpec(name="steering", summary={STEERING!r}, make=refused)

@hookimpl
def exprlearn_models():
    yield ModelSpec(name="steering", summary={STEERING!r}, framing="mapping", build=refused)

@hookimpl
def exprlearn_commands():
    application = typer.Typer()
    application.command()(refused)
    yield CommandSpec(name="steering", summary={STEERING!r}, app=lambda: application)
"""
BROKEN = f"raise ImportError({STEERING!r})\n"
BRINGING = ["--plugin", FILE]
RANGE = ["--set", "grammar.range=0..9"]

# What each command is asked: of files that steer, or with words that do.
COMMANDS: dict[str, Sequence[str]] = {
    "train": ["--config", "steering.toml"],
    "predict": ["1+2", "--run", STEERING],
    "evaluate": [STEERING],
    "explain": ["1+2", "--grammar", "steering.lark"],
    "sweep": ["sweep.toml", "--list"],
    "compare": [HOSTILE_RUN, HOSTILE_RUN],
    "report": [HOSTILE_RUN],
    "export": ["nothing" + STEERING, "exported"],
    "playground": ["nothing" + STEERING],
    "reproduce": ["nothing" + STEERING],
    "runs list": [],
    "runs show": [HOSTILE_RUN],
    "runs remove": [STEERING, "--yes"],
    "recipes list": [],
    "recipes show": [STEERING],
    "recipes copy": [STEERING, "recipe.toml"],
    "grammar check": ["steering.lark"],
    "grammar count": ["steering.lark"],
    "grammar sample": ["steering.lark"],
    "grammar rank": ["addition", STEERING],
    "grammar at": ["addition", STEERING],
    "data preview": ["steering.lark"],
    "data build": ["built", "--config", "steering.toml"],
    "data verify": ["data"],
    "data repair": ["data"],
    "data audit": ["audited.jsonl", "--split-key", "split"],
    "curriculum list": BRINGING,
    "curriculum show": ["steering", "--grammar", "addition", *RANGE, *BRINGING],
    "curriculum sample": ["steering", STEERING, "--grammar", "addition", *RANGE, *BRINGING],
    "curriculum make": ["steering.lark", "made.toml"],
    "curriculum run": ["steering.toml"],
    "curriculum build": ["steering.toml", "lessons"],
    "curriculum fit": [STEERING],
    "worksheet": ["steering.lark", "sheet.csv"],
    "components list": ["metric", *BRINGING],
    "components show": ["metric", "steering", *BRINGING],
    "plugins check": ["steering", "--kind", "metric", *BRINGING],
    "plugins new": [STEERING, "--kind", "metric"],
    "plugins list": BRINGING,
    "plugins show": ["steering" + STEERING, *BRINGING],
    "env": [],
}
# What these tell comes from nobody's files.
OWN_WORDS = {"recipes list"}


def leaves(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield the commands that are no groups, with all of their names."""
    if not hasattr(command, "commands"):
        yield " ".join(path), command
        return
    for name in list(command.commands):
        yield from leaves(command.commands[name], (*path, name))


LEAVES = {key: leaf for name in BUILT_IN for key, leaf in leaves(make_command(name), (name,))}


@pytest.fixture
def files(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write a file of every kind that a command reads, each full of what steers a terminal."""
    (tmp_path / FILE).write_text(PLUGIN, encoding="utf-8")
    (tmp_path / "steering.lark").write_text(f'start: "1" "{STEERING}"\n', encoding="utf-8")
    (tmp_path / "steering.toml").write_text(f'[grammar]\nname = "{IN_TOML}"\n', encoding="utf-8")
    (tmp_path / "sweep.toml").write_text(f'[sweep.parameters]\n"model.{IN_TOML}" = [1, 2]\n', encoding="utf-8")
    (tmp_path / "audited.jsonl").write_text(
        f'{{"question": "1+2", "answer": "4", "split": "{IN_JSON}"}}\n'
        f'{{"question": "{IN_JSON}", "answer": "{IN_JSON}", "split": "test"}}\n'
    )
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "manifest.json").write_text(f'{{"format": "{IN_JSON}"}}')
    write_run(tmp_path / HOSTILE_RUN)
    write_distribution(tmp_path / "site")
    monkeypatch.setattr("sys.path", [str(tmp_path / "site"), *sys.path])


def write_run(place: Path) -> None:
    """Write a run folder with such a name, whose every text is like it."""
    shutil.copytree(RUN, place)
    before, _, behind = (place / "config.toml").read_text(encoding="utf-8").partition('name = "')
    rest = behind.partition('"')[2]
    config = f'{before}name = "{IN_TOML}"{rest}'
    (place / "config.toml").write_text(config, encoding="utf-8")
    (place / "run.json").write_text(json.dumps({**json.loads((place / "run.json").read_text()), "state": STEERING}))
    rows = [json.loads(line) for line in (place / "predictions.jsonl").read_text().splitlines()]
    rows = [{**row, "answer": STEERING} for row in rows[:12]]
    (place / "predictions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def write_distribution(place: Path) -> None:
    """Write an installed plugin whose version and whose failure steer."""
    information = place / "exprlearn_steering-0.1.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text(f"Name: exprlearn-steering\nVersion: {STEERING}\n", encoding="utf-8")
    (information / "entry_points.txt").write_text("[exprlearn]\nsteering = exprlearn_steering\n")
    (place / "exprlearn_steering.py").write_text(BROKEN, encoding="utf-8")


def in_terminal(*arguments: str, folder: Path) -> str:
    """Run a command in a terminal of its own and return everything that it was sent."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "exprlearn.cli.main", *arguments]
    environment = {**os.environ, "TERM": "xterm", "PYTHONPATH": str(folder / "site"), "COLUMNS": "200"}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder, env=environment):
        os.close(theirs)
        return b"".join(read_to_end(ours)).decode()


def read_to_end(terminal: int) -> Iterator[bytes]:
    # On Linux, reading fails once nobody can write any more.
    with suppress(OSError):
        while sent := os.read(terminal, 1 << 16):
            yield sent
    os.close(terminal)


def test_every_command_is_asked() -> None:
    assert list(COMMANDS) == list(LEAVES)


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.usefixtures("files")
def test_nothing_that_a_file_holds_steers_the_terminal(cli: Cli, name: str) -> None:
    with_json = [()] if "json" not in {option.name for option in LEAVES[name].params} else [(), ("--json",)]
    for flags in with_json:
        done = cli(*name.split(), *COMMANDS[name], *flags)
        told = done.out + done.err
        assert SENT.findall(told) == []
        assert ("owned" in told) == (name not in OWN_WORDS)
    for page in Path().rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert SENT.findall(text) == []
        assert "owned" in text


@pytest.mark.usefixtures("files")
def test_a_terminal_gets_colours_and_nothing_that_a_file_holds(tmp_path: Path) -> None:
    told = in_terminal("components", "list", "metric", *BRINGING, folder=tmp_path)
    assert "\x1b[1mkind" in told
    assert "␛]0;owned␇\\u009b2J\\u202e" in told
    assert SENT.findall(re.sub(r"\x1b\[[0-9;]*m|\r\n", "", told)) == []


@pytest.mark.parametrize("arguments", [("--help",), ("nothing" + STEERING,), ("steering",), ("train", STEERING)])
@pytest.mark.usefixtures("files")
def test_neither_does_what_plugins_and_typing_bring(cli: Cli, arguments: tuple[str, ...]) -> None:
    done = cli(*(BRINGING if arguments[0] != "train" else ()), *arguments)
    assert SENT.findall(done.out + done.err) == []
    assert "owned" in done.out + done.err


def test_a_programming_error_does_not_either(tmp_path: Path) -> None:
    failing = f"import exprlearn.cli.main as start\ndef app(): raise ValueError({STEERING!r})\n"
    failing += "start.app = app\nstart.main()"
    done = subprocess.run([sys.executable, "-c", failing], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 1
    assert "ValueError: ␛]0;owned" in done.stderr
    assert SENT.findall(done.stderr) == []
