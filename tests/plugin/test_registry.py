from __future__ import annotations

import pytest
from pydantic import Field

from exprlearn.errors import AmbiguousName, OptionError, UnknownName
from exprlearn.plugin import DrawingSpec, Options, ReversalSpec
from exprlearn.plugin.registry import BUILT_IN, Registered, Registry


class Sides(Options):
    source: bool = Field(True, description="Turn the source.")


def entry(name: str, plugin: str = BUILT_IN) -> Registered[ReversalSpec]:
    spec = ReversalSpec(name=name, summary="A reversal.", options=Sides, make=lambda options: options.source)
    return Registered(spec, plugin, f"exprlearn-{plugin}", "1.0")


def test_a_component_is_found_by_name_and_by_plugin_and_name() -> None:
    registry = Registry("reversal", [entry("both"), entry("half", "other")])
    assert registry["both"].name == "both"
    assert registry.entry("half") is registry.entry("other/half")


def test_an_unknown_name_is_refused_with_the_nearest_and_all_names() -> None:
    registry = Registry("reversal", [entry("both"), entry("none")])
    with pytest.raises(UnknownName) as caught:
        registry["boht"]
    assert str(caught.value) == "no reversal named 'boht': did you mean 'both'? Available: both, none"
    assert caught.value.exit_code == 2


def test_a_built_in_name_is_never_shadowed() -> None:
    registry = Registry("reversal", [entry("both", "other"), entry("both")])
    assert registry.entry("both").is_built_in
    assert registry.entry("other/both").plugin == "other"


def test_a_contested_name_is_refused_until_the_plugin_is_said() -> None:
    registry = Registry("reversal", [entry("half", "one"), entry("half", "two"), entry("both")])
    with pytest.raises(AmbiguousName, match=r"2 plugins offer .* 'half'.*one/half \(exprlearn-one 1\.0\), two/half"):
        registry["half"]
    assert registry.entry("two/half").plugin == "two"
    assert registry["both"].name == "both"


def test_a_registry_lists_built_in_entries_first() -> None:
    registry = Registry("reversal", [entry("a", "other"), entry("z"), entry("b")])
    assert [found.spec.name for found in registry] == ["b", "z", "a"]


def test_options_are_bound_from_text_and_refused_with_their_key() -> None:
    registry = Registry("reversal", [entry("both")])
    assert registry.make("both", {"source": "no"}) is False
    with pytest.raises(OptionError) as caught:
        registry.make("both", {"sorce": True, "source": "maybe"}, where="reversal")
    assert len(caught.value.problems) == 2
    assert "reversal.sorce: unknown key, did you mean 'source'? Available: source" in caught.value.problems


def test_what_a_package_of_the_project_brings_is_told_with_how_it_is_installed() -> None:
    registry: Registry[DrawingSpec] = Registry("drawing", [])
    for name in ("result", "balance/result", "exprlearn-balance/result"):
        with pytest.raises(
            UnknownName, match=rf"^'{name}' is in the package .*: python -m pip install exprlearn-balance$"
        ):
            registry[name]


@pytest.mark.parametrize("name", ["reslt", "other/result"])
def test_near_a_name_that_a_package_brings_it_is_offered(name: str) -> None:
    registry: Registry[DrawingSpec] = Registry("drawing", [])
    with pytest.raises(UnknownName, match=rf"no drawing named '{name}': did you mean 'result'\?"):
        registry[name]
