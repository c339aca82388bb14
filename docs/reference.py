"""The reference of the site: a page for each module with public names, made of docstrings by Sphinx's autodoc."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import exprlearn

PACKAGE = Path(exprlearn.__file__).parent
#: What a notebook and what a plugin needs; every name stands on the first page that has it.
FIRST = ("exprlearn", "exprlearn.plugin", "exprlearn.errors", "exprlearn.rewards")
#: Sphinx calls docstrings of these kinds so.
MODULE = "module"


def reference_pages() -> dict[str, str]:
    """Write the page of every module with public names, by its path."""
    known: set[int] = set()
    return {f"reference/{name}.md": module_page(import_module(name), known) for name in public_modules()}


def public_modules() -> list[str]:
    """Name the modules with public names: those of notebooks and plugins first.

    >>> public_modules()[:2], "exprlearn.grammar" in public_modules()
    (['exprlearn', 'exprlearn.plugin'], True)
    """
    listing = sorted(f"exprlearn.{path.parent.name}" for path in PACKAGE.glob("*/__init__.py") if has_names(path))
    return list(dict.fromkeys([*FIRST, *listing]))


def has_names(file: Path) -> bool:
    """Tell whether a module lists its public names."""
    targets = [node.targets[0] for node in ast.parse(file.read_text("utf-8")).body if isinstance(node, ast.Assign)]
    return any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets)


def module_page(module: ModuleType, known: set[int]) -> str:
    """Write the page of a module for autodoc to fill in, without what is known already, and add its names to that."""
    again = [name for name in getattr(module, "__all__", ()) if id(getattr(module, name)) in known]
    known |= {id(getattr(module, name)) for name in getattr(module, "__all__", ())}
    options = ["members", "undoc-members", "show-inheritance", f"exclude-members: {', '.join(again)}"]
    # What a module without a list imports is not its own.
    options += ["imported-members"] if hasattr(module, "__all__") else []
    asked = "\n".join(f"   :{option}" if ": " in option else f"   :{option}:" for option in options)
    return f"# {module.__name__}\n\n```{{eval-rst}}\n.. automodule:: {module.__name__}\n{asked}\n```\n"


def mark_code(app: object, what: str, name: str, documented: object, options: object, lines: list[str]) -> None:
    """Mark the indented code of a module's docstring for Sphinx, which calls this with each docstring's lines."""
    if what == MODULE:
        lines[:] = marked(lines)


def marked(lines: list[str]) -> list[str]:
    r"""Put a mark for code above indented lines that follow a paragraph.

    >>> marked(["Use:", "", "    x = 1", "", "    y = 2"])
    ['Use:', '', '::', '', '    x = 1', '', '    y = 2']
    """
    return list(_marked(lines))


def _marked(lines: list[str]) -> Iterator[Any]:
    inside = False
    for index, line in enumerate(lines):
        is_code = line.startswith("    ") and (inside or lines[index - 1] == "")
        if is_code and not inside:
            yield from ("::", "")
        inside = is_code or (inside and not line)
        yield line
