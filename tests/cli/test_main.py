"""Output that cannot be written, locales that know ASCII alone, files that begin with a byte-order mark."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]
SIGNS = 'start: N SIGN N\nN: /[1-3]/\nSIGN: "−" | "×" | "÷"\n'
CONFIG = '[grammar]\nname = "addition"\nrange = "0..9"\n'
# Locales of which Python does not make UTF-8 by itself.
ASCII = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}


def run(*arguments: str, folder: Path, stdout: Any = subprocess.PIPE, **environment: str) -> Any:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHON"))}
    command = [sys.executable, "-m", "exprlearn.cli.main", *arguments]
    told = {**kept, "XDG_CACHE_HOME": str(folder), **environment}
    return subprocess.run(command, cwd=folder, env=told, stdout=stdout, stderr=subprocess.PIPE, check=False)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize(
    "arguments",
    ["grammar sample addition -n 3", "grammar sample addition -n 3 --json", "components list", "env --json", "--help"],
)
def test_output_that_cannot_be_written_is_one_line_and_exit_code_1(tmp_path: Path, arguments: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = run(*arguments.split(), folder=tmp_path, stdout=full)
    said = "error: cannot write the results to standard output: No space left on device\n"
    assert (done.returncode, done.stderr.decode()) == (1, said)


def test_a_pipe_that_nobody_reads_ends_a_command_quietly(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = run("grammar", "sample", "addition", "-n", "3", folder=tmp_path, stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize("locale", [{"LANG": "C"}, ASCII])
def test_signs_beyond_ascii_are_read_and_written_in_every_locale(tmp_path: Path, locale: dict[str, str]) -> None:
    (tmp_path / "÷.lark").write_text(SIGNS, encoding="utf-8")
    done = run("grammar", "rank", "÷.lark", "3−2", folder=tmp_path, **locale)
    assert (done.returncode, done.stderr) == (0, b"")
    done = run("grammar", "at", "÷.lark", done.stdout.decode().strip(), folder=tmp_path, **locale)
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, "3−2\n", b"")


def test_where_another_encoding_was_asked_for_signs_are_escapes(tmp_path: Path) -> None:
    (tmp_path / "signs.lark").write_text(SIGNS, encoding="utf-8")
    done = run("grammar", "at", "signs.lark", "0", folder=tmp_path, PYTHONIOENCODING="latin-1")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\u2212" in done.stdout


@pytest.mark.parametrize(
    ("file", "text", "command"),
    [
        ("config.toml", CONFIG, "train --config config.toml --print-config"),
        ("sweep.toml", CONFIG + '[sweep.parameters]\n"model.units" = [4, 8]\n', "sweep sweep.toml --list"),
        ("lessons.toml", '[[curriculum.stages]]\nname = "all"\n', "curriculum show lessons.toml --grammar addition"),
    ],
)
def test_a_byte_order_mark_is_no_part_of_a_file(cli: Cli, file: str, text: str, command: str) -> None:
    Path(file).write_text(text, encoding="utf-8")
    without = cli(*command.split())
    Path(file).write_text(text, encoding="utf-8-sig")
    assert cli(*command.split()) == without
    assert (without.code, without.err) == (0, "")


def test_a_file_in_another_encoding_is_named_in_one_line(cli: Cli) -> None:
    Path("config.toml").write_text(CONFIG, encoding="utf-16")
    done = cli("train", "--config", "config.toml")
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert done.err.startswith("error: cannot read config.toml: it is no UTF-8 text ")
