from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from exprlearn.errors import AmbiguousName, PluginError
from exprlearn.plugin import GrammarSpec, ModelSpec, ReversalSpec
from exprlearn.plugin.collecting import Source, collect
from exprlearn.plugin.manager import BUILTINS, Plugins, plugins_from_environment

Install = Callable[..., None]
BROKEN = {
    "missing": ("import", "ModuleNotFoundError: No module named 'package_that_nobody_has'"),
    "misspelt": ("register", "unknown hook 'exprlearn_model', did you mean 'exprlearn_models'?"),
    "unmarked": ("register", "hook 'exprlearn_models' is not marked: write @hookimpl above it"),
    "argument": ("register", "hook 'exprlearn_models' takes no arguments, received run"),
    "defaulted": ("register", "hook 'exprlearn_models' takes no arguments, received report"),
    "capital": ("answer exprlearn_models", "'Bad Name' is no component name"),
    "twice": ("register", "hook 'exprlearn_models' yields 'same' twice"),
    "kind": ("register", "hook 'exprlearn_models' must yield ModelSpec, received ReversalSpec"),
    "halfway": ("answer exprlearn_models", "RuntimeError: the disk is gone"),
    "leaving": ("import", "SystemExit: this plugin has seen enough"),
    "skipping": ("import", "Skipped: no card in this machine"),
    "panicking": ("answer exprlearn_models", "PanicException: called `Option::unwrap()` on a `None` value"),
    "classlike": ("register", "the entry point names the class Hooks: name an instance of it, or the module"),
    "inside": ("register", "brings no hooks: exprlearn_models stands in the class Hooks: write it as a function"),
    "empty": ("register", "brings no hooks: write functions of the module such as exprlearn_models, with @hookimpl"),
    "returning": ("register", "'exprlearn_reversals' must yield specs, received ReversalSpec(name='lost'"),
}

SEVERAL = """
from exprlearn.plugin import GrammarSpec, hookimpl

@hookimpl
def exprlearn_grammars():
    yield GrammarSpec(name="one", summary="One digit.", text=lambda: "start: /[0-9]/")

@hookimpl(specname="exprlearn_grammars")
def further():
    yield GrammarSpec(name="other", summary="Two digits.", text=lambda: "start: /[0-9]{2}/")
"""


def test_an_installed_plugin_brings_its_components_with_their_source(install: Install) -> None:
    install("good")
    plugins = Plugins()
    entry = plugins[ModelSpec].entry("tiny")
    assert str(entry) == "good/tiny (exprlearn-good 1.0)"
    assert "forwards" in plugins[ReversalSpec].names
    assert plugins.failures == []


def test_broken_plugins_are_named_and_break_nothing_else(install: Install) -> None:
    install("good", "also", *BROKEN)
    plugins = Plugins()
    failures = {failure.plugin: failure for failure in plugins.failures}
    assert set(failures) == set(BROKEN)
    assert plugins[ModelSpec]["good/tiny"].name == plugins[ModelSpec]["also/tiny"].name == "tiny"
    assert "lost" not in plugins[ModelSpec].names
    for name, (stage, said) in BROKEN.items():
        assert str(failures[name]).startswith(f"{name} (exprlearn-{name} 0.1) failed to {stage}: ")
        assert said in str(failures[name])
        assert "\n" not in str(failures[name])


def test_an_interruption_by_the_user_is_none_of_a_plugin(tmp_path: Path) -> None:
    importing, asking = tmp_path / "importing.py", tmp_path / "asking.py"
    importing.write_text("raise KeyboardInterrupt\n", encoding="utf-8")
    asking.write_text(
        "from exprlearn.plugin import hookimpl\n@hookimpl\ndef exprlearn_models(): raise KeyboardInterrupt\n",
        encoding="utf-8",
    )
    for file in (importing, asking):
        with pytest.raises(KeyboardInterrupt):
            Plugins(only=(), files=[file])


def test_a_plugin_that_fails_halfway_leaves_nothing_behind(install: Install) -> None:
    install("halfway")
    assert "lost" not in Plugins()[ReversalSpec].names


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_under_strict_the_first_failure_stops(install: Install, name: str) -> None:
    install(name)
    with pytest.raises(PluginError, match=f"{name} .* failed to"):
        Plugins(strict=True)


def test_a_name_that_two_plugins_offer_fails_only_when_used(install: Install) -> None:
    install("good", "also")
    plugins = Plugins()
    assert plugins[ModelSpec]["seq2seq"].name == "seq2seq"
    with pytest.raises(AmbiguousName, match=r"good/tiny \(exprlearn-good 1\.0\)"):
        plugins[ModelSpec]["tiny"]


def test_two_plugins_of_one_name_are_told_apart_by_their_distributions(install: Install) -> None:
    install("good", "namesake")
    plugins = Plugins()
    with pytest.raises(AmbiguousName, match=r"exprlearn-good/tiny \(.* 1\.0\), exprlearn-namesake/tiny \(.* 0\.2\)"):
        plugins[ModelSpec]["good/tiny"]
    assert plugins[ModelSpec].entry("exprlearn-namesake/tiny").version == "0.2"


def test_a_distribution_with_damaged_metadata_works_without_a_name(install: Install) -> None:
    install("bare")
    assert str(Plugins(only=["bare"])[ModelSpec].entry("unsigned")) == "bare/unsigned (unknown unknown)"


def test_what_a_plugin_prints_while_it_is_loaded_is_no_result(
    install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    install("printing")
    assert "loud" in Plugins(only=["printing"])[ModelSpec].names
    assert capsys.readouterr() == ("", "hello from a plugin\n")


def test_every_hook_call_is_told_when_asked_for(
    install: Install, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    install("good", "halfway")
    monkeypatch.setenv("EXPRLEARN_TRACE_PLUGINS", "1")
    Plugins(only=["good", "halfway"], built_in=False)
    told = capsys.readouterr().err
    lines = [re.sub(r"\d+\.\d ms", "0 ms", line) for line in told.splitlines() if line.startswith("trace: ")]
    assert lines == [
        "trace: import of good (exprlearn-good 1.0) in 0 ms: exprlearn_good",
        "trace: exprlearn_reversals of good (exprlearn-good 1.0) in 0 ms: forwards",
        "trace: exprlearn_models of good (exprlearn-good 1.0) in 0 ms: tiny",
        "trace: import of halfway (exprlearn-halfway 0.1) in 0 ms: exprlearn_halfway",
        "trace: exprlearn_reversals of halfway (exprlearn-halfway 0.1) in 0 ms: lost",
        "trace: exprlearn_models of halfway (exprlearn-halfway 0.1) in 0 ms: failed",
    ]
    assert told.rstrip().endswith("RuntimeError: the disk is gone")


def test_a_plugin_never_shadows_a_built_in_component(install: Install) -> None:
    install("shadow")
    plugins = Plugins()
    assert plugins[ModelSpec].entry("seq2seq").is_built_in
    assert plugins[ModelSpec].entry("shadow/seq2seq").version == "0.3"


def test_only_named_plugins_are_loaded(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    install("good", "missing")
    assert Plugins(only=["good"]).failures == []
    assert "tiny" not in Plugins(only=[])[ModelSpec].names
    monkeypatch.setenv("EXPRLEARN_PLUGINS", "")
    assert "tiny" not in plugins_from_environment()[ModelSpec].names
    assert "tiny" in plugins_from_environment(only="good")[ModelSpec].names


def test_a_plugin_that_is_not_installed_is_refused_with_the_nearest(install: Install) -> None:
    install("good")
    with pytest.raises(PluginError, match=r"no plugin named 'god' is installed: did you mean 'good'\?"):
        Plugins(only=["god"])


def test_strictness_comes_from_the_environment_as_well(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    install("missing")
    monkeypatch.setenv("EXPRLEARN_STRICT_PLUGINS", "0")
    assert len(plugins_from_environment().failures) == 1
    monkeypatch.setenv("EXPRLEARN_STRICT_PLUGINS", "1")
    with pytest.raises(PluginError):
        plugins_from_environment()


def test_a_file_is_a_plugin_when_it_is_named() -> None:
    file = Path(__file__).parent / "distributions" / "good" / "exprlearn_good.py"
    plugins = Plugins(only=(), files=[file])
    assert plugins[ModelSpec].entry("tiny").plugin == "exprlearn_good"
    assert plugins[ModelSpec].entry("tiny").distribution == str(file)


def test_a_mark_may_name_the_hook_that_its_function_answers(tmp_path: Path) -> None:
    file = tmp_path / "several.py"
    file.write_text(SEVERAL, encoding="utf-8")
    grammars = Plugins(only=(), files=[file])[GrammarSpec]
    assert [entry.spec.name for entry in grammars.entries if entry.plugin == "several"] == ["one", "other"]


@pytest.mark.parametrize("name", ["missing", "misspelt", "skipping", "panicking", "inside", "empty", "returning"])
def test_a_broken_file_stops_at_once(name: str) -> None:
    file = Path(__file__).parent / "distributions" / name / f"exprlearn_{name}.py"
    with pytest.raises(PluginError, match=f"exprlearn_{name}"):
        Plugins(only=(), files=[file])


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match=r"plugin file '.*none\.py' does not exist"):
        Plugins(only=(), files=[tmp_path / "none.py"])
    (tmp_path / "none.txt").write_text("", encoding="utf-8")
    with pytest.raises(PluginError, match=r"name a \.py file"):
        Plugins(only=(), files=[tmp_path / "none.txt"])


def test_every_kind_has_built_in_components() -> None:
    for kind, registry in Plugins(only=(), strict=True).registries.items():
        # Commands of exprlearn's own are found without loading anything.
        assert kind == "command" or any(entry.is_built_in for entry in registry), kind


@pytest.mark.parametrize("module", dict.fromkeys(BUILTINS.values()))
def test_a_built_in_family_is_known_by_every_kind_that_it_brings(module: str) -> None:
    source = Source("exprlearn", "exprlearn", "")
    brought = {entry.spec.kind for entry in collect(importlib.import_module(module), source)}
    assert brought == {kind for kind, family in BUILTINS.items() if family == module}


def test_a_kind_that_is_asked_for_first_or_last_has_the_same_components() -> None:
    late, early = Plugins(only=()), Plugins(only=())
    names = {kind: registry.names for kind, registry in late.registries.items()}
    assert {kind: early.registry(kind).names for kind in reversed(names)} == names
    assert early.sources == late.sources
