"""Every hook has a page that says what its docstrings say, an example that keeps its contract, and a user."""

from __future__ import annotations

from pathlib import Path

import generate
import pytest
from interface import fields

import exprlearn.testing
from exprlearn.plugin.kinds import KINDS
from exprlearn.plugin.manager import Plugins
from exprlearn.plugin.scaffolding import module_text
from exprlearn.plugin.spec import Kind
from exprlearn.testing import checks_of, find_subject, run_checks
from exprlearn.testing.contract import OF_EVERY_COMPONENT

PROJECT = Path(__file__).parents[2]
DOCS = PROJECT / "docs"
BUILT_IN = Plugins(only=(), strict=True)
ALL = [pytest.param(kind, id=name) for name, kind in KINDS.items()]


def loaded(kind: Kind, folder: Path) -> tuple[str, Plugins]:
    """Load the example of a hook as a plugin in one file; the name of its component, and all plugins."""
    file = folder / generate.example_file(kind)
    file.write_text(module_text(kind.example, kind), encoding="utf-8")
    return kind.example, Plugins(only=(), files=[file], strict=True)


@pytest.mark.parametrize("kind", ALL)
def test_the_page_of_a_hook_says_what_its_docstrings_say(kind: Kind) -> None:
    page = (generate.PAGES / f"{kind.plural}.md").read_text(encoding="utf-8")
    assert page == generate.page(kind, BUILT_IN), "write it anew: python docs/generate.py"


def test_no_page_is_of_a_hook_that_is_not_there() -> None:
    assert sorted(page.name for page in generate.PAGES.iterdir()) == sorted(
        f"{kind.plural}.md" for kind in KINDS.values()
    )


@pytest.mark.parametrize("kind", ALL)
def test_a_hook_is_on_the_page_of_plugins(kind: Kind) -> None:
    page = (DOCS / "plugins.md").read_text(encoding="utf-8")
    assert f"[`{kind.hook.__name__}`](hooks/{kind.plural}.md)" in page


@pytest.mark.parametrize("kind", ALL)
def test_a_hook_has_a_contract(kind: Kind) -> None:
    contract = getattr(exprlearn.testing, kind.contract)
    assert contract.kind == kind.name
    assert set(checks_of(contract.kind)) > set(OF_EVERY_COMPONENT)


@pytest.mark.parametrize("kind", ALL)
def test_a_hook_has_a_user_in_this_project(kind: Kind) -> None:
    assert [*BUILT_IN.registries[kind.name].names, *generate.users(kind)]


@pytest.mark.parametrize("kind", ALL)
def test_every_field_of_a_spec_is_described(kind: Kind) -> None:
    assert [name for name in fields(kind.spec) if name not in generate.described(kind.spec)] == []


@pytest.mark.long
@pytest.mark.parametrize(
    "kind",
    [pytest.param(kind, id=name, marks=pytest.mark.slow if name == "model" else ()) for name, kind in KINDS.items()],
)
def test_the_example_of_a_hook_keeps_its_contract(kind: Kind, tmp_path: Path) -> None:
    name, plugins = loaded(kind, tmp_path)
    outcomes = list(run_checks(checks_of(kind.name), find_subject(kind.name, name, plugins)))
    assert len(outcomes) > len(OF_EVERY_COMPONENT)
    assert [(each.check.statement, each.why) for each in outcomes if each.state != "passed"] == []


def test_every_check_of_every_component_is_on_the_page_of_testing() -> None:
    page = (DOCS / "plugins" / "testing.md").read_text(encoding="utf-8")
    assert [check.statement for check in OF_EVERY_COMPONENT if f"- {check.statement}" not in page] == []
    assert [kind.contract for kind in KINDS.values() if f"`{kind.contract}`" not in page] == []
