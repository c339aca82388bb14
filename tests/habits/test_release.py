from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import exprlearn

TEXT_FILES = {".cfg", ".css", ".jinja", ".js", ".lark", ".md", ".py", ".toml", ".txt", ".yaml", ".yml", ""}
SKIPPED = re.compile(r"^(\.(?!ci$|pre-commit|gitignore)|__pycache__|runs$|dist$|build$)|\.egg-info$")
# The leading names of hosts that hand out packages; a lock on one of them shuts everybody behind another out.
REGISTRY = re.compile(r"\b(pypi|pythonhosted|npmjs|anaconda|conda\.anaconda|crates|yarnpkg)\.(org|com|io)\b")
# What is imported under another name than it is installed under, or comes along with something that is listed.
MODULES = {"tomli-w": "tomli_w", "vl-convert-python": "vl_convert"}
COMES_WITH = {"markupsafe": "jinja2", "pydantic_core": "pydantic"}
# Contracts are tests: whoever runs them has it, and `exprlearn plugins check` does without.
RUNS_CONTRACTS = {"pytest"}


def settings(project: Path) -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return table


def files(folder: Path) -> Iterator[Path]:
    """Yield the text files of the project."""
    for path in sorted(folder.iterdir()):
        if SKIPPED.search(path.name):
            continue
        if path.is_dir():
            yield from files(path)
        elif path.suffix in TEXT_FILES:
            yield path


def named(items: Any) -> dict[str, str]:
    """Map each distribution to its bounds."""
    return {re.split(r"[<>=!~\[]", item)[0]: item for item in items}


def dependencies(project: Path) -> dict[str, str]:
    return named(settings(project)["dependencies"])


def extras(project: Path) -> dict[str, str]:
    """Map what only some users install to its bounds."""
    groups = settings(project)["optional-dependencies"]
    return named(item for name, items in groups.items() if name not in ("test", "dev") for item in items)


def third_party(modules: list[Path]) -> set[str]:
    """Collect the top-level packages that exprlearn imports and Python does not bring."""
    found: set[str] = set()
    for module in modules:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {"exprlearn"}


def test_package_metadata_and_changelog_agree_on_the_version(project: Path) -> None:
    headings = re.findall(r"^## (.+)$", (project / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    released = [heading.split()[0] for heading in headings if heading != "Unreleased"]
    assert headings[0] == "Unreleased"
    assert settings(project)["version"] == exprlearn.__version__
    assert released[:1] in ([], [exprlearn.__version__])


def test_the_changelog_keeps_a_place_for_the_plugin_interface(project: Path) -> None:
    text = (project / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "### Plugin API" in text.split("\n## ")[1]


def test_no_file_names_a_host_that_hands_out_packages(project: Path) -> None:
    found = [path.name for path in files(project) if REGISTRY.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_a_host_that_hands_out_packages_would_be_found() -> None:
    assert REGISTRY.search("https://py" + "pi.org/simple")


def test_the_search_for_hosts_sees_the_files_that_install_things(project: Path) -> None:
    seen = {str(path.relative_to(project)) for path in files(project)}
    assert {".ci/run", ".pre-commit-config.yaml", "pyproject.toml", "constraints.txt", "README.md"} <= seen


def test_every_dependency_is_used(project: Path, modules: list[Path]) -> None:
    imported = third_party(modules)
    unused = [name for name in dependencies(project) if MODULES.get(name, name) not in imported]
    assert unused == []


def test_everything_imported_is_a_dependency(project: Path, modules: list[Path]) -> None:
    listed = {MODULES.get(name, name) for name in {**dependencies(project), **extras(project)}}
    missing = {name for name in third_party(modules) if COMES_WITH.get(name, name) not in listed}
    assert missing - RUNS_CONTRACTS == set()


def test_every_dependency_has_a_floor_and_a_known_good_upper_bound(project: Path) -> None:
    bounded = {**dependencies(project), **extras(project)}
    unbounded = [item for item in bounded.values() if ">=" not in item or "<" not in item]
    assert unbounded == []


def test_the_constraints_pin_every_dependency(project: Path) -> None:
    lines = (project / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.lower().replace("_", "-").split("==") for line in lines if line and not line.startswith("#"))
    tools = {"hypothesis", "jax", "pytest", "import-linter", "mypy", "pre-commit", "ruff"}
    assert {name for name in {*dependencies(project), *tools} if name not in pins} == set()
    assert "exprlearn" not in pins
    assert not re.search(r"[@/\\]", "".join(pins.values()))
