"""`exprlearn plugins` and `env`: the state of each plugin, whether it keeps its promises, what a bug report needs."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typer

from exprlearn import __version__
from exprlearn.backend.compile_cache import store_root
from exprlearn.backend.keras_import import BACKENDS
from exprlearn.cli.options import CommandOptions
from exprlearn.cli.output import echo, print_document, print_table
from exprlearn.cli.settings import load_plugins
from exprlearn.errors import UnknownName, suggest
from exprlearn.plugin.collecting import Source
from exprlearn.plugin.kinds import KINDS
from exprlearn.plugin.manager import Failure, Plugins
from exprlearn.plugin.registry import Registered
from exprlearn.plugin.scaffolding import write_plugin
from exprlearn.testing import Subject, checks_of, grammars_beside, run_checks

PACKAGES = ("keras", "tensorflow", "jax", "torch", "numpy", "scipy", "lark", "pydantic", "typer", "pluggy", "rich")
Row = dict[str, str]


def check_plugin(options: CommandOptions) -> None:
    """Hold each component of a plugin against the checks of its kind; leave with 1 when one fails."""
    loaded, name = load_plugins(options), options.named
    rows = [*_failures(name, loaded), *_checked(_components(name, options.kind, loaded), loaded, options.backend or "")]
    if options.json:
        print_document({"plugin": name, "checks": rows})
    else:
        print_table(tuple(rows[0]), [tuple(row.values()) for row in rows], fold=("check", "why"))
    if any(row["result"] != "passed" for row in rows):
        raise typer.Exit(1)


def _failures(name: str, loaded: Plugins) -> list[Row]:
    """Tell a plugin that did not even load as a check that failed."""
    return [
        _row(failure.plugin, "it loads", "failed", f"failed to {failure.stage}: {failure.error}")
        for failure in loaded.failures
        if name in (failure.plugin, failure.distribution)
    ]


def _components(name: str, kind: str | None, loaded: Plugins) -> list[tuple[str, Registered[Any]]]:
    """List a plugin's components by kind; an `UnknownName` where there is no such plugin or kind, or nothing of it."""
    if kind is not None and kind not in loaded.registries:
        raise UnknownName(f"no kind of component named '{kind}': {suggest(kind, list(loaded.registries))}")
    working = {(source.plugin, source.distribution) for source in loaded.sources}
    names = sorted(working | {(failure.plugin, failure.distribution) for failure in loaded.failures})
    if not any(name in pair for pair in names):
        raise UnknownName(f"no plugin named '{name}': {suggest(name, [plugin for plugin, _ in names])}")
    found = [
        (registry.kind, entry)
        for registry in loaded.registries.values()
        for entry in registry
        if name in (entry.plugin, entry.distribution) and kind in (None, registry.kind)
    ]
    if not found and any(name in pair for pair in working):
        raise UnknownName(f"the plugin '{name}' brings no {kind or 'component'}: see exprlearn plugins show {name}")
    return found


def _checked(components: list[tuple[str, Registered[Any]]], loaded: Plugins, backend: str) -> Iterator[Row]:
    there = tuple(name for name in BACKENDS if find_spec(name) is not None)
    here, elsewhere = (there[0], there) if backend == "all" else (backend, (backend,))
    for kind, entry in components:
        beside = grammars_beside(entry, loaded)
        subject = Subject(entry=entry, backend=here, reloaded_on=elsewhere, plugins=loaded, grammars=beside)
        for outcome in run_checks(checks_of(kind), subject):
            yield _row(f"{kind} {entry.spec.name}", outcome.check.statement, outcome.state, outcome.why)


def _row(component: str, check: str, result: str, why: str) -> Row:
    return {"component": component, "check": check, "result": result, "why": why}


def new_plugin(options: CommandOptions) -> None:
    """Write a package with one component and its tests, which pass as they are."""
    kind = options.kind or ""
    files = write_plugin(options.named, kind, options.into)
    folder, name = files[0].parent, options.named.removeprefix("exprlearn-")
    echo("\n".join(f"wrote    {file}" for file in files))
    echo(f'next     python -m pip install -e "{folder}[test]"')
    echo(f"         pytest {folder}")
    echo(f"         {KINDS[kind].command.format(name=name)}")


def list_plugins(options: CommandOptions) -> None:
    """List every plugin: where it comes from, whether it works, what it brings."""
    states = plugin_states(load_plugins(options))
    if options.json:
        print_document({"plugins": states})
        return
    rows = [
        (state["plugin"], state["distribution"], state["version"], _condition(state), _summary(state))
        for state in states
    ]
    print_table(("plugin", "distribution", "version", "state", "brings"), rows, fold=("brings",))


def show_plugin(options: CommandOptions) -> None:
    """Show one plugin and each component it brings; two of one name are shown both."""
    name = options.named
    states = plugin_states(load_plugins(options))
    found = [state for state in states if name in (state["plugin"], state["distribution"])]
    if not found:
        raise UnknownName(f"no plugin named '{name}': {suggest(name, [state['plugin'] for state in states])}")
    for state in found:
        if options.json:
            print_document(state)
            continue
        echo(f"{state['plugin']} ({state['distribution']} {state['version']})  {_condition(state)}")
        echo("\n".join(f"  {part}" for part in state["components"]) or f"  {state['error'] or 'nothing'}")


def plugin_states(plugins: Plugins) -> list[dict[str, Any]]:
    """Describe each plugin: the working ones with their components, the broken ones with their error."""
    entries = [(registry.kind, entry) for registry in plugins.registries.values() for entry in registry]
    states = []
    for source in plugins.sources:
        named = (source.plugin, source.distribution)
        brought = [
            f"{kind} {entry.spec.name}" for kind, entry in entries if (entry.plugin, entry.distribution) == named
        ]
        states.append(_state(source, "ok", brought, None, list(source.heavy)))
    return states + [_state(each, f"failed to {each.stage}", [], each.error, []) for each in plugins.failures]


def _state(
    origin: Source | Failure, state: str, components: list[str], error: str | None, heavy: list[str]
) -> dict[str, Any]:
    named = {"plugin": origin.plugin, "distribution": origin.distribution, "version": origin.version}
    return {**named, "state": state, "components": components, "error": error, "heavy": heavy}


def _condition(state: dict[str, Any]) -> str:
    """Say whether a plugin works, and what it costs every command when it imports what takes seconds."""
    heavy = ", ".join(state["heavy"])
    return f"{state['state']}, slow: imports {heavy}" if heavy else str(state["state"])


def _summary(state: dict[str, Any]) -> str:
    """Say what a plugin brings in one cell; a long list becomes a count."""
    brought = state["components"]
    listed = ", ".join(brought) if len(brought) <= 6 else f"{len(brought)} components"
    return state["error"] or listed or "nothing"


def env(options: CommandOptions) -> None:
    """Print versions, backends, device and plugins as a Markdown block for bug reports."""
    facts = {**_machine(), "packages": _packages(), "plugins": plugin_states(load_plugins(options))}
    if options.json:
        print_document(facts)
        return
    lines = [f"- {name}: {value}" for name, value in _machine().items()]
    lines += [f"- {name}: {version or 'not installed'}" for name, version in facts["packages"].items()]
    lines += [f"- plugin {item['plugin']}: {item['version']}, {item['state']}" for item in facts["plugins"]]
    echo("### exprlearn env\n\n" + "\n".join(lines))


def _machine() -> dict[str, Any]:
    """Tell the version, the interpreter, the system, the backend in force and the devices, importing no backend."""
    graphics = len(list(Path("/dev").glob("nvidia[0-9]*")))
    return {
        "exprlearn": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "backend": "tensorflow (default)",
        "device": f"{os.cpu_count()} CPU cores, {graphics} NVIDIA GPUs",
        "compiled code": str(store_root() or "is not kept"),
    }


def _packages() -> dict[str, str | None]:
    """Look up the installed version of each package that decides a result; None when it is missing."""
    found: dict[str, str | None] = dict.fromkeys(PACKAGES)
    for name in PACKAGES:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found
