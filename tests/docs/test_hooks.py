"""Every hook has a page that says what its docstrings say, an example that keeps its contract, and a user."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

import exprlearn.testing
from exprlearn.plugin.hookspecs import HOOKS
from exprlearn.plugin.manager import Plugins
from exprlearn.testing import checks_of, find_subject, run_checks
from exprlearn.testing.components import CHECKS as OF_EVERY_COMPONENT
from exprlearn.testing.interface import fields

PROJECT = Path(__file__).parents[2]
DOCS = PROJECT / "docs"
BUILT_IN = Plugins(only=(), strict=True)


def generator() -> ModuleType:
    """Import docs/generate.py, which belongs to no package."""
    found = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[found.name] = module
    found.loader.exec_module(module)
    return module


GENERATE = generator()


def loaded(hook: str, folder: Path) -> tuple[str, Plugins]:
    """Load the example of a hook as a plugin in one file; the name of its component, and all plugins."""
    file = folder / GENERATE.example_file(hook)
    file.write_text(GENERATE.example(hook), encoding="utf-8")
    return file.stem.replace("_", "-"), Plugins(only=(), files=[file], strict=True)


@pytest.mark.parametrize("hook", HOOKS)
def test_the_page_of_a_hook_says_what_its_docstrings_say(hook: str) -> None:
    page = (GENERATE.PAGES / f"{GENERATE.plural(hook)}.md").read_text(encoding="utf-8")
    assert page == GENERATE.page(hook, BUILT_IN), "write it anew: python docs/generate.py"


def test_no_page_is_of_a_hook_that_is_not_there() -> None:
    assert sorted(page.name for page in GENERATE.PAGES.iterdir()) == sorted(
        f"{GENERATE.plural(hook)}.md" for hook in HOOKS
    )


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_is_on_the_page_of_plugins(hook: str) -> None:
    page = (DOCS / "plugins.md").read_text(encoding="utf-8")
    assert f"[`{hook}`](hooks/{GENERATE.plural(hook)}.md)" in page


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_has_a_contract(hook: str) -> None:
    contract = getattr(exprlearn.testing, f"{HOOKS[hook].kind.capitalize()}Contract")
    assert contract.kind == HOOKS[hook].kind
    assert set(checks_of(contract.kind)) > set(OF_EVERY_COMPONENT)


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_has_a_user_in_this_project(hook: str) -> None:
    assert [*BUILT_IN.registries[HOOKS[hook].kind].names, *GENERATE.users(hook)]


@pytest.mark.parametrize("spec", HOOKS.values(), ids=lambda spec: spec.__name__)
def test_every_field_of_a_spec_is_described(spec: type) -> None:
    assert [name for name in fields(spec) if name not in GENERATE.described(spec)] == []


@pytest.mark.parametrize(
    "hook", [pytest.param(hook, marks=pytest.mark.slow if spec.kind == "model" else ()) for hook, spec in HOOKS.items()]
)
def test_the_example_of_a_hook_keeps_its_contract(hook: str, tmp_path: Path) -> None:
    kind, (name, plugins) = HOOKS[hook].kind, loaded(hook, tmp_path)
    outcomes = list(run_checks(checks_of(kind), find_subject(kind, name, plugins)))
    assert len(outcomes) > len(OF_EVERY_COMPONENT)
    assert [(each.check.statement, each.why) for each in outcomes if each.state != "passed"] == []


def test_every_check_of_every_component_is_on_the_page_of_testing() -> None:
    page = (DOCS / "plugins" / "testing.md").read_text(encoding="utf-8")
    assert [check.statement for check in OF_EVERY_COMPONENT if f"- {check.statement}" not in page] == []
    contracts = [f"{spec.kind.capitalize()}Contract" for spec in HOOKS.values()]
    assert [name for name in contracts if f"`{name}`" not in page] == []
