from __future__ import annotations

import json
import subprocess
import sys

import pytest

PROGRAM = """
import json, sys
from exprlearn.cli.app import app
try:
    app(json.loads(sys.argv[1]))
except SystemExit as stop:
    assert not stop.code, stop.code
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def modules_after(*arguments: str) -> set[str]:
    """Run a command in a fresh interpreter and return what it has imported."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(arguments)], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), (), ("train", "--help"), ("grammar", "--help")])
def test_help_and_version_import_nothing_heavy(arguments: tuple[str, ...]) -> None:
    heavy = {"tensorflow", "keras", "jax", "numpy", "scipy", "lark", "altair", "jinja2", "pluggy"}
    assert not heavy & modules_after(*arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ("grammar", "check", "addition"),
        ("grammar", "count", "addition"),
        ("grammar", "sample", "addition", "-n", "1"),
        ("components", "list"),
        ("components", "show", "model", "seq2seq"),
        ("plugins", "list"),
        ("train", "--print-config"),
        ("runs", "list"),
        ("env",),
    ],
)
def test_whatever_trains_nothing_imports_no_backend(arguments: tuple[str, ...]) -> None:
    assert not {"tensorflow", "keras", "jax", "scipy", "altair"} & modules_after(*arguments)
