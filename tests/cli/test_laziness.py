from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

DISTRIBUTIONS = Path(__file__).parents[1] / "plugin" / "distributions"

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


MANY = """
import json, sys
from exprlearn.runs.run import MOST_IN_NUMPY
from exprlearn.runs.starting import load
found, asked = [], [f"{number % 90}+{number % 7}" for number in range(500)]

def note(run, expressions):
    answers = [row.answer for row in run.predict(expressions)]
    found.append({"keras": "keras" in sys.modules, "answers": answers})

run = load(sys.argv[1])
note(run, asked)
run.multiplied = MOST_IN_NUMPY
note(run, asked)
run = load(sys.argv[1])
run.model
note(run, asked[:20])
print(json.dumps(found))
"""


def modules_after(*commands: tuple[str, ...]) -> dict[str, set[str]]:
    """Run commands one after another in a fresh interpreter and tell what was imported after each."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(commands)], capture_output=True, text=True, check=True
    )
    return {command: set(modules) for command, modules in map(json.loads, done.stderr.splitlines())}


def test_help_and_version_import_nothing_heavy(monkeypatch: pytest.MonkeyPatch) -> None:
    heavy = {"tensorflow", "keras", "jax", "numpy", "scipy", "lark", "altair", "jinja2", "pluggy"}
    monkeypatch.setenv("EXPRLEARN_PLUGINS", "")
    commands = [("--help",), ("--version",), (), ("train", "--help"), ("grammar", "--help"), ("plugins", "list", "-h")]
    for command, modules in modules_after(*commands).items():
        assert not heavy & modules, command


def test_help_that_was_asked_for_before_loads_no_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("commands", "good", "watchers", "doubles")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(str(DISTRIBUTIONS / name) for name in names))
    monkeypatch.setenv("EXPRLEARN_PLUGINS", ",".join(names))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    first, again = (modules_after(("--help",))["--help"] for _ in range(2))
    plugins = {f"exprlearn_{name}" for name in names}
    assert plugins <= first
    assert not (plugins | {"pluggy", "pydantic", "rich", "importlib.metadata", "exprlearn.cli.train"}) & again


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


def test_what_asks_a_grammar_alone_imports_neither_data_nor_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPRLEARN_PLUGINS", "")
    rooms = ("dataset", "curriculum", "encoding", "tensors", "models", "backend", "decoding", "scoring", "runs")
    commands = [
        ("grammar", *asked) for asked in (("count", "addition"), ("at", "mixed", "7"), ("rank", "mixed", "1+2"))
    ]
    for command, modules in modules_after(*commands).items():
        assert not {f"exprlearn.{room}" for room in rooms} & modules, command


KEPT = Path(__file__).parents[1] / "kept" / "trained"


@pytest.mark.parametrize("name", ["seq2seq", "repeat-vector", "mapping-mlp", "stacked-lstm", "transducer"])
def test_a_question_to_a_built_in_model_imports_no_backend(name: str) -> None:
    run = ("--run", str(KEPT / name))
    commands = [("predict", "12+34", "7+8", *run), ("predict", "1+2", "--explain", *run), ("explain", "12+34", *run)]
    if name in {"seq2seq", "repeat-vector", "transducer"}:
        commands.append(("predict", "12+34", "--beam", "3", *run))
    late = {"tensorflow", "keras", "jax", "h5py", "scipy", "altair", "jinja2", "ray", "optuna"}
    for command, modules in modules_after(*commands).items():
        assert not late & modules, command


@pytest.mark.long
def test_more_questions_than_numpy_answers_are_answered_by_the_backend() -> None:
    done = subprocess.run(
        [sys.executable, "-c", MANY, str(KEPT / "transducer")], capture_output=True, text=True, check=True
    )
    few, many, more = json.loads(done.stdout)
    assert (few["keras"], many["keras"], more["keras"]) == (False, True, True)
    assert few["answers"] == many["answers"]
    assert few["answers"][: len(more["answers"])] == more["answers"]


def test_extras_are_imported_only_by_those_who_ask_for_them(tmp_path: Path) -> None:
    sizes = ("--train", "100", "--validation", "10", "--test", "10", "--progress", "none")
    commands = [
        ("components", "show", "engine", "ray"),
        ("data", "build", str(tmp_path / "data"), "--grammar", "addition", *sizes),
    ]
    for command, modules in modules_after(*commands).items():
        assert not {"ray", "optuna", "jax", "tensorflow"} & modules, command
