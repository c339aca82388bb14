from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

HEAVY = {"keras", "tensorflow", "jax"}
# Inside of functions only; at the top of a module nobody imports them.
MAY_IMPORT_HEAVY = tuple(f"exprlearn.{room}." for room in ("distributed", "backend", "training"))
ALSO_LATE = {"scipy", "altair", "vl_convert", "ray", "optuna"}

IMPORT_ALL = """
import importlib, json, sys
late = set(json.loads(sys.argv[2]))
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
    if late & set(sys.modules):
        sys.exit(f"{name} imports {', '.join(sorted(late & set(sys.modules)))}")
"""


def name_of(module: Path, project: Path) -> str:
    parts = module.relative_to(project).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).removeprefix("typing.") == "TYPE_CHECKING"


def imports(node: ast.AST) -> Iterator[str]:
    """Yield every module that is imported when the code runs, inside of functions as well."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    for child in node.orelse if is_type_checking(node) else ast.iter_child_nodes(node):  # type: ignore[attr-defined]
        yield from imports(child)


def wrong_way(room: str, imported: Sequence[str], order: Sequence[set[str]]) -> list[str]:
    """List the imports of a room that lead to a later one."""
    place = {name: number for number, names in enumerate(order) for name in names}
    known = [name for name in imported if name.startswith("exprlearn.") and name.split(".")[1] in place]
    return [name for name in known if place[name.split(".")[1]] > place[room]]


@pytest.fixture(scope="module")
def order(project: Path) -> list[set[str]]:
    """The rooms from first to last, as the import contract states them."""
    settings = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {contract["id"]: contract for contract in settings["tool"]["importlinter"]["contracts"]}
    return [set(re.findall(r"\w+", layer)) for layer in reversed(contracts["rooms"]["layers"])]


def test_every_room_imports_only_rooms_before_it(modules: list[Path], project: Path, order: list[set[str]]) -> None:
    found = {}
    for module in modules:
        name = name_of(module, project)
        if "." in name:
            tree = ast.parse(module.read_text(encoding="utf-8"))
            found[name] = wrong_way(name.split(".")[1], list(imports(tree)), order)
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_every_room_has_a_place_in_the_order(modules: list[Path], project: Path, order: list[set[str]]) -> None:
    rooms = {name_of(module, project).split(".")[1] for module in modules if "." in name_of(module, project)}
    assert rooms <= set.union(*order)


def test_only_the_rooms_of_training_import_a_backend(modules: list[Path], project: Path) -> None:
    found = [
        name_of(module, project)
        for module in modules
        if HEAVY & {name.split(".")[0] for name in imports(ast.parse(module.read_text(encoding="utf-8")))}
    ]
    assert [name for name in found if not name.startswith(MAY_IMPORT_HEAVY)] == []


def test_importing_every_module_leaves_the_heavy_packages_out(modules: list[Path], project: Path) -> None:
    names = json.dumps([name_of(module, project) for module in modules])
    late = json.dumps(sorted(HEAVY | ALSO_LATE))
    result = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, names, late], capture_output=True, text=True, check=False, timeout=120
    )
    assert (result.returncode, result.stderr) == (0, "")


def test_an_import_that_leads_to_a_later_room_is_found(order: list[set[str]]) -> None:
    tree = ast.parse("def f():\n    from exprlearn.runs import run\nfrom exprlearn.errors import DataError")
    assert wrong_way("dataset", list(imports(tree)), order) == ["exprlearn.runs.run"]


def test_an_import_for_types_alone_does_not_count() -> None:
    tree = ast.parse("if TYPE_CHECKING:\n    import keras\nelse:\n    import jax")
    assert list(imports(tree)) == ["jax"]
