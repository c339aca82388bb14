"""`exprlearn plugins`: the state of each plugin, what it brings, and whether that keeps its promises."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from exprlearn.cli.loading import load_plugins
from exprlearn.cli.options import CommandOptions, takes
from exprlearn.cli.output import echo, print_document, print_table

if TYPE_CHECKING:
    from exprlearn.plugin.manager import Plugins
    from exprlearn.plugin.registry import Registered

plugins = typer.Typer(no_args_is_help=True, help="List, check and write plugins.")

BOTH = ("tensorflow", "jax")
Row = dict[str, str]
Kind = Literal[
    "grammar",
    "constraint",
    "division",
    "working",
    "drawing",
    "curriculum",
    "schedule",
    "tokenizer",
    "padding",
    "reversal",
    "model",
    "optimizer",
    "learning-rate",
    "metric",
    "observer",
    "engine",
    "command",
]

PluginArgument = Annotated[str, typer.Argument(metavar="P", help="The plugin's name, or that of its distribution.")]
OneKindOption = Annotated[str | None, typer.Option(metavar="KIND", help="Only components of this kind.")]
BackendOption = Annotated[
    Literal["tensorflow", "jax", "all"],
    typer.Option(metavar="tensorflow|jax|all", help="all takes a model's weights to both."),
]


@plugins.command("check")
@takes("json plugin plugins")
def check_plugin(
    options: CommandOptions,
    name: PluginArgument,
    kind: OneKindOption = None,
    backend: BackendOption = "tensorflow",
) -> None:
    """Hold each component of a plugin against the checks of its kind; exit code 1 when one fails."""
    loaded = load_plugins(options)
    rows = [*_failures(name, loaded), *_checked(_components(name, kind, loaded), loaded, backend)]
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
    """List a plugin's components by kind.

    Raises:
        UnknownName: there is no such plugin or kind, or the plugin brings nothing of it.
    """
    from exprlearn.errors import UnknownName, suggest

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
    from exprlearn.testing import Subject, checks_of, grammars_beside, run_checks

    here, elsewhere = (BOTH[0], BOTH) if backend == "all" else (backend, (backend,))
    for kind, entry in components:
        beside = grammars_beside(entry, loaded)
        subject = Subject(entry=entry, backend=here, reloaded_on=elsewhere, grammars=beside)
        for outcome in run_checks(checks_of(kind), subject):
            yield _row(f"{kind} {entry.spec.name}", outcome.check.statement, outcome.state, outcome.why)


def _row(component: str, check: str, result: str, why: str) -> Row:
    return {"component": component, "check": check, "result": result, "why": why}


@plugins.command("new")
def new_plugin(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of the component: lower-case words joined by -.")],
    kind: Annotated[Kind, typer.Option("--kind", help="What it brings.", show_default=False)],
    into: Annotated[Path, typer.Option("--into", metavar="DIR", help="Where its folder is made.")] = Path(),
) -> None:
    """Write a package with one component and its tests, which pass as they are."""
    from exprlearn.plugin.kinds import KINDS
    from exprlearn.plugin.scaffolding import write_plugin

    files = write_plugin(name, kind, into)
    folder, name = files[0].parent, name.removeprefix("exprlearn-")
    echo("\n".join(f"wrote    {file}" for file in files))
    echo(f'next     python -m pip install -e "{folder}[test]"')
    echo(f"         pytest {folder}")
    echo(f"         {KINDS[kind].command.format(name=name)}")


@plugins.command("list")
@takes("json plugin plugins")
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


@plugins.command("show")
@takes("json plugin plugins")
def show_plugin(options: CommandOptions, name: PluginArgument) -> None:
    """Show one plugin and each component it brings; two of one name are shown both."""
    from exprlearn.errors import UnknownName, suggest

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
    working = [
        {
            "plugin": source.plugin,
            "distribution": source.distribution,
            "version": source.version,
            "state": "ok",
            "components": [
                f"{registry.kind} {entry.spec.name}"
                for registry in plugins.registries.values()
                for entry in registry
                if (entry.plugin, entry.distribution) == (source.plugin, source.distribution)
            ],
            "error": None,
            "heavy": list(source.heavy),
        }
        for source in plugins.sources
    ]
    broken = [
        {
            "plugin": failure.plugin,
            "distribution": failure.distribution,
            "version": failure.version,
            "state": f"failed to {failure.stage}",
            "components": [],
            "error": failure.error,
            "heavy": [],
        }
        for failure in plugins.failures
    ]
    return working + broken


def _condition(state: dict[str, Any]) -> str:
    """Say whether a plugin works, and what it costs every command when it imports what takes seconds."""
    heavy = ", ".join(state["heavy"])
    return f"{state['state']}, slow: imports {heavy}" if heavy else str(state["state"])


def _summary(state: dict[str, Any]) -> str:
    """Say what a plugin brings in one cell; a long list becomes a count."""
    brought = state["components"]
    listed = ", ".join(brought) if len(brought) <= 6 else f"{len(brought)} components"
    return state["error"] or listed or "nothing"
