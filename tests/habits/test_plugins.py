"""The packages in plugins/ do what any plugin can do: they use the public interface and nothing behind it."""

from __future__ import annotations

import ast
import importlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import exprlearn
import exprlearn.testing
from exprlearn.arithmetic.operators import ELSEWHERE
from exprlearn.plugin.kinds import HOOKS
from exprlearn.plugin.scaffolding import write_plugin

PUBLIC = ("exprlearn.errors", "exprlearn.plugin", "exprlearn.testing")
#: It counts values by the rules of grammars, and its versions go with those of exprlearn.
BEHIND = {"exprlearn-balance"}


def private(source: str) -> Iterator[str]:
    """Yield what a module imports of exprlearn that is not public, inside of functions as well."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
            yield from (name for name in names if name.startswith("exprlearn.") and name not in PUBLIC)
        elif isinstance(node, ast.ImportFrom) and node.module == "exprlearn":
            yield from (f"exprlearn.{alias.name}" for alias in node.names if alias.name not in exprlearn.__all__)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("exprlearn."):
            yield from [node.module or ""] if node.module not in PUBLIC else []


def settings(package: Path) -> dict[str, Any]:
    return tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))


def components(package: Path) -> set[tuple[str, str]]:
    """Collect the kind and the name of everything that a package brings."""
    module = importlib.import_module(package.name.replace("-", "_"))
    found = [spec for hook in HOOKS if hasattr(module, hook) for spec in getattr(module, hook)()]
    return {(spec.kind, spec.name) for spec in found}


def held_against_contracts(source: str) -> set[tuple[str, str]]:
    """Collect the kind and the name of what the classes of a test module hold against contracts."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef) and isinstance(node.bases[0], ast.Name):
            named = [line.value for line in node.body if isinstance(line, ast.Assign)]
            contract = getattr(exprlearn.testing, node.bases[0].id)
            found |= {(contract.kind, value.value) for value in named if isinstance(value, ast.Constant)}
    return found


@pytest.fixture(scope="module")
def packages(project: Path) -> list[Path]:
    return sorted(place.parent for place in (project / "plugins").glob("*/pyproject.toml"))


def test_there_are_packages(packages: list[Path]) -> None:
    wanted = {f"exprlearn-{name}" for name in ("balance", "carry", "trackers", "words")}
    assert {package.name for package in packages} >= wanted


def test_packages_import_only_what_is_public(packages: list[Path]) -> None:
    found = {
        str(module): list(private(module.read_text(encoding="utf-8")))
        for package in packages
        if package.name not in BEHIND
        for module in package.rglob("*.py")
    }
    assert {name: names for name, names in found.items() if names} == {}


def test_everything_that_packages_bring_is_held_against_its_contract(
    packages: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for package in packages:
        monkeypatch.syspath_prepend(str(package))
        source = (package / "tests" / "test_contract.py").read_text(encoding="utf-8")
        assert held_against_contracts(source) == components(package) != set()


def test_the_core_names_the_package_of_operators_for_just_the_signs_it_answers(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(project / "plugins" / "exprlearn-operators"))
    brought = importlib.import_module("exprlearn_operators").exprlearn_operators()
    assert set(ELSEWHERE["exprlearn-operators"]) == {"0x" if spec.form == "numeral" else spec.sign for spec in brought}


def test_continuous_integration_installs_and_tests_every_package(project: Path, packages: list[Path]) -> None:
    script = (project / ".ci" / "run").read_text(encoding="utf-8")
    (named,) = re.findall(r"section plugins '(.+?)'", script, re.DOTALL)
    assert all(package.name.removeprefix("exprlearn-") in named for package in packages)
    assert "EXPRLEARN_STRICT_PLUGINS=1 pytest plugins" in named


def test_packages_are_called_as_they_are_installed(packages: list[Path]) -> None:
    for package in packages:
        table = settings(package)["project"]
        assert table["name"] == package.name
        modules = [place.parent.name for place in package.glob("*/__init__.py")]
        assert list(table["entry-points"]["exprlearn"].values()) == modules == [package.name.replace("-", "_")]


def test_packages_say_which_versions_of_exprlearn_they_go_with(packages: list[Path]) -> None:
    major, minor, _ = exprlearn.__version__.split(".")
    for package in packages:
        assert f"exprlearn>={major}.{minor},<{major}.{int(minor) + 1}" in settings(package)["project"]["dependencies"]


def test_no_extra_names_its_own_project(project: Path, packages: list[Path]) -> None:
    for place in (project, *packages):
        table = settings(place)["project"]
        items = [item for extra in table["optional-dependencies"].values() for item in extra]
        assert [item for item in items if re.match(rf"{table['name']}\b(?!-)", item)] == []


def test_the_tools_of_contributors_bring_everything_for_tests(project: Path, packages: list[Path]) -> None:
    extras = settings(project)["project"]["optional-dependencies"]
    assert set(extras["test"]) <= set(extras["dev"])
    for package in packages:
        own = settings(package)["project"]["optional-dependencies"]
        assert {item for extra in own.values() for item in extra} == {*own["test"]}


def test_contributors_install_everything_with_one_command(project: Path, packages: list[Path]) -> None:
    page = (project / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (command,) = [line for line in page.splitlines() if line.startswith("python -m pip install")]
    assert all(package.name.removeprefix("exprlearn-") in command for package in packages)


def test_a_new_package_says_of_itself_what_these_and_their_page_say(
    project: Path, packages: list[Path], tmp_path: Path
) -> None:
    write_plugin("mine", "metric", tmp_path)
    new = settings(tmp_path / "exprlearn-mine")["project"]
    page = (project / "docs" / "plugins" / "publishing.md").read_text(encoding="utf-8")
    shown = tomllib.loads(re.findall(r"```toml\n(.*?)```", page, re.DOTALL)[0])["project"]
    for table in (shown, *(settings(package)["project"] for package in packages)):
        assert table.keys() == new.keys()
        for key in ("dependencies", "license", "requires-python", "readme"):
            assert table[key] == new[key]
        assert table["keywords"][:2] == new["keywords"][:2] == ["exprlearn", "exprlearn-plugin"]
        assert set(new["optional-dependencies"]["test"]) <= set(table["optional-dependencies"]["test"])


def test_packages_begin_their_page_with_how_they_are_installed_and_used(packages: list[Path]) -> None:
    for package in packages:
        page = (package / "README.md").read_text(encoding="utf-8")
        first = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)[0].splitlines()
        assert package.name in first[0]
        assert first[1].startswith("exprlearn ")


@pytest.mark.parametrize(
    "source",
    [
        "from exprlearn.models.layers import read",
        "import exprlearn.training",
        "from exprlearn import sampling",
        "def f():\n    from exprlearn.plugin.manager import Plugins",
    ],
)
def test_an_import_that_is_not_public_is_found(source: str) -> None:
    assert len(list(private(source))) == 1


@pytest.mark.parametrize("source", ["from exprlearn.plugin import Shape", "import exprlearn as xl", "import keras"])
def test_public_imports_are_let_be(source: str) -> None:
    assert list(private(source)) == []
