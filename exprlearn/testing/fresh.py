"""Questions to a plugin in a fresh process, where nothing of this one is left.

The new process is told what to load and which function to ask in a file, and answers in another one: what a plugin
prints while it is loaded disturbs nobody.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from exprlearn.errors import PluginError
from exprlearn.plugin.manager import HEAVY, Plugins
from exprlearn.plugin.registry import Registered
from exprlearn.testing.check import Subject, find_subject

QUESTION, ANSWER = "question.json", "answer.json"


def ask_about(
    subject: Subject, question: Callable[[Subject, Path], Any], folder: Path | None = None, *, backend: str = ""
) -> Any:
    """Ask a fresh process about a component.

    Args:
        subject: the component.
        question: a function that the new process can import; plain data is what it returns.
        folder: where files for the question lie, its second argument.
        backend: another one than the subject's.
    """
    component = {
        "kind": subject.kind,
        "name": f"{subject.entry.plugin}/{subject.entry.spec.name}",
        "options": subject.bound.model_dump(mode="json") if subject.options else {},
        "backend": backend or subject.backend,
        "grammars": list(subject.grammars),
    }
    asked = {"question": f"{question.__module__}:{question.__qualname__}", "component": component}
    if folder is not None:
        return _ask(asked, _plugin_of(subject.entry), folder)
    with tempfile.TemporaryDirectory() as empty:
        return _ask(asked, _plugin_of(subject.entry), Path(empty))


def heavy_modules(entry: Registered[Any]) -> tuple[str, ...]:
    """Name the heavy packages that loading a component's plugin imports."""
    return _heavy_modules(*_plugin_of(entry))


@lru_cache
def _heavy_modules(*plugin: str) -> tuple[str, ...]:
    with tempfile.TemporaryDirectory() as folder:
        return tuple(_ask({}, plugin, Path(folder)))


def heavy_modules_here() -> list[str]:
    """Name the heavy packages that this process has imported."""
    return [name for name in HEAVY if name in sys.modules]


def _plugin_of(entry: Registered[Any]) -> tuple[str, ...]:
    """Tell how a plugin is found in a process that has loaded nothing yet: as `built-in`, `file` or `name`."""
    if entry.is_built_in:
        return "built-in", ""
    return ("file", entry.distribution) if entry.version == "file" else ("name", entry.plugin)


def _ask(asked: dict[str, Any], plugin: tuple[str, ...], folder: Path) -> Any:
    """Ask a new process, which finds what this one finds; when it fails, a `PluginError` has the last line it wrote."""
    (folder / QUESTION).write_text(json.dumps({**asked, "plugin": plugin}), encoding="utf-8")
    paths = os.pathsep.join(dict.fromkeys(path or os.getcwd() for path in sys.path))
    command = [sys.executable, "-m", "exprlearn.testing.fresh", str(folder)]
    ran = subprocess.run(command, env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise PluginError(f"in a new process: {(ran.stderr.strip() or 'no word').splitlines()[-1]}")
    return json.loads((folder / ANSWER).read_text(encoding="utf-8"))


def answer_question(folder: Path) -> None:
    """Answer the question of a folder in this process; without one, tell what loading the plugin imports."""
    asked = json.loads((folder / QUESTION).read_text(encoding="utf-8"))
    how, plugin = asked["plugin"]
    plugins = Plugins(only=[plugin] if how == "name" else [], files=[plugin] if how == "file" else [], strict=True)
    answer = heavy_modules_here()
    if "question" in asked:
        answer = resolve_name(asked["question"])(_subject(plugins, asked["component"]), folder)
    (folder / ANSWER).write_text(json.dumps(answer), encoding="utf-8")


def _subject(plugins: Plugins, component: dict[str, Any]) -> Subject:
    subject = find_subject(component["kind"], component["name"], plugins, options=component["options"])
    chosen = {name: text for name, text in subject.grammars.items() if name in component["grammars"]}
    return replace(subject, backend=component["backend"], grammars=chosen)


if __name__ == "__main__":
    answer_question(Path(sys.argv[1]))
