"""Questions to a plugin in a fresh process, where nothing of this one is left.

The new process is told what to load and what to answer in a file, and answers in another one: what a plugin prints
while it is loaded disturbs nobody.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from exprlearn.errors import PluginError
from exprlearn.plugin.manager import HEAVY, Plugins
from exprlearn.plugin.registry import Registered
from exprlearn.testing.subject import Subject, find_subject

QUESTION, ANSWER = "question.json", "answer.json"


def ask_about(subject: Subject, question: str, folder: Path | None = None, *, backend: str = "") -> Any:
    """Ask a fresh process about a component; `folder` is where files for the question lie."""
    component = {
        "kind": subject.kind,
        "name": f"{subject.entry.plugin}/{subject.entry.spec.name}",
        "options": subject.bound.model_dump(mode="json") if subject.options else {},
        "backend": backend or subject.backend,
        "grammars": list(subject.grammars),
    }
    asked = {"question": question, "plugin": _plugin_of(subject.entry), "component": component}
    if folder is not None:
        return _ask(asked, folder)
    with tempfile.TemporaryDirectory() as place:
        return _ask(asked, Path(place))


def heavy_modules(entry: Registered[Any]) -> tuple[str, ...]:
    """Name the heavy packages that loading a component's plugin imports."""
    return _heavy_modules(*_plugin_of(entry))


@lru_cache
def _heavy_modules(*plugin: str) -> tuple[str, ...]:
    with tempfile.TemporaryDirectory() as place:
        return tuple(_ask({"question": "heavy modules", "plugin": plugin, "component": {}}, Path(place)))


def _plugin_of(entry: Registered[Any]) -> tuple[str, str]:
    """Tell how a plugin is found in a process that has loaded nothing yet: as `built-in`, `file` or `name`."""
    if entry.is_built_in:
        return "built-in", ""
    return ("file", entry.distribution) if entry.version == "file" else ("name", entry.plugin)


def _ask(asked: Mapping[str, Any], folder: Path) -> Any:
    """Ask a new process, which finds what this one finds.

    Raises:
        PluginError: the process failed; with the last line it wrote.
    """
    (folder / QUESTION).write_text(json.dumps(asked), encoding="utf-8")
    paths = os.pathsep.join(dict.fromkeys(path or os.getcwd() for path in sys.path))
    command = [sys.executable, "-m", "exprlearn.testing.fresh", str(folder)]
    ran = subprocess.run(command, env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise PluginError(f"in a new process: {(ran.stderr.strip() or 'no word').splitlines()[-1]}")
    return json.loads((folder / ANSWER).read_text(encoding="utf-8"))


def _tell_heavy_modules(plugins: Plugins, asked: Any, folder: Path) -> list[str]:
    return [name for name in HEAVY if name in sys.modules]


def _tell_modules_of_help(plugins: Plugins, asked: Any, folder: Path) -> list[str]:
    from typer.testing import CliRunner

    ran = CliRunner().invoke(_subject(plugins, asked).spec.app(), ["--help"])
    if ran.exit_code:
        raise PluginError(f"--help ends with exit code {ran.exit_code}: {ran.exception!r}")
    return _tell_heavy_modules(plugins, asked, folder)


def _tell_symbols(plugins: Plugins, asked: Any, folder: Path) -> list[list[str]]:
    from exprlearn.testing.samples import symbols_of

    return symbols_of(_subject(plugins, asked))


def _tell_outputs(plugins: Plugins, asked: Any, folder: Path) -> Any:
    from exprlearn.testing.reloading import outputs_of, restore_from

    subject = _subject(plugins, asked)
    restore_from(folder, subject.model)
    return outputs_of(subject, subject.model).tolist()


def _subject(plugins: Plugins, asked: Any) -> Subject:
    component = asked["component"]
    subject = find_subject(component["kind"], component["name"], plugins, options=component["options"])
    chosen = {name: text for name, text in subject.grammars.items() if name in component["grammars"]}
    return replace(subject, backend=component["backend"], grammars=chosen)


QUESTIONS: dict[str, Callable[[Plugins, Any, Path], Any]] = {
    "heavy modules": _tell_heavy_modules,
    "modules of its help": _tell_modules_of_help,
    "symbols": _tell_symbols,
    "outputs": _tell_outputs,
}


def answer_question(folder: Path) -> None:
    """Answer the question of a folder in this process."""
    asked = json.loads((folder / QUESTION).read_text(encoding="utf-8"))
    how, plugin = asked["plugin"]
    plugins = Plugins(only=[plugin] if how == "name" else [], files=[plugin] if how == "file" else [], strict=True)
    told = QUESTIONS[asked["question"]](plugins, asked, folder)
    (folder / ANSWER).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    answer_question(Path(sys.argv[1]))
