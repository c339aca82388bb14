from __future__ import annotations

import json
import subprocess
import sys

PROGRAM = """
import json, sys
from exprlearn.cli.app import app
for arguments in json.loads(sys.argv[1]):
    try:
        app(arguments)
    except SystemExit as stop:
        assert not stop.code, stop.code
    print(json.dumps([" ".join(arguments), sorted(sys.modules)]), file=sys.stderr)
"""


def modules_after(*commands: tuple[str, ...]) -> dict[str, set[str]]:
    """Run commands one after another in a fresh interpreter and tell what was imported after each."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(commands)], capture_output=True, text=True, check=True
    )
    return {command: set(modules) for command, modules in map(json.loads, done.stderr.splitlines())}


def test_help_and_version_import_nothing_heavy() -> None:
    heavy = {"tensorflow", "keras", "jax", "numpy", "scipy", "lark", "altair", "jinja2", "pluggy"}
    commands = [("--help",), ("--version",), (), ("train", "--help"), ("grammar", "--help"), ("plugins", "list", "-h")]
    for command, modules in modules_after(*commands).items():
        assert not heavy & modules, command


def test_whatever_trains_nothing_imports_no_backend() -> None:
    commands = [
        ("grammar", "check", "addition"),
        ("grammar", "count", "addition"),
        ("grammar", "sample", "addition", "-n", "1"),
        ("grammar", "rank", "addition", "1+2"),
        ("components", "list"),
        ("components", "show", "model", "seq2seq"),
        ("plugins", "list"),
        ("train", "--print-config"),
        ("runs", "list"),
        ("env",),
    ]
    for command, modules in modules_after(*commands).items():
        assert not {"tensorflow", "keras", "jax", "scipy", "altair"} & modules, command
