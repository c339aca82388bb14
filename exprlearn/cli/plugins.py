"""`exprlearn plugins`: the state of each plugin, what it brings, and whether that keeps its promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from exprlearn.cli.loading import load_plugins
from exprlearn.cli.options import JsonOption, PluginFilesOption, PluginNamesOption
from exprlearn.cli.output import echo, print_document, print_table
from exprlearn.cli.plugins_check import check_plugin
from exprlearn.cli.plugins_new import new_plugin

if TYPE_CHECKING:
    from exprlearn.plugin.manager import Plugins

plugins = typer.Typer(no_args_is_help=True, help="List, check and write plugins.")
plugins.command("check")(check_plugin)
plugins.command("new")(new_plugin)


@plugins.command("list")
def list_plugins(json: JsonOption = False, plugin: PluginFilesOption = None, plugins: PluginNamesOption = None) -> None:
    """List every plugin: where it comes from, whether it works, what it brings."""
    states = plugin_states(load_plugins(plugin, plugins))
    if json:
        print_document({"plugins": states})
        return
    rows = [
        (state["plugin"], state["distribution"], state["version"], _condition(state), _summary(state))
        for state in states
    ]
    print_table(("plugin", "distribution", "version", "state", "brings"), rows, fold=("brings",))


@plugins.command("show")
def show_plugin(
    name: Annotated[str, typer.Argument(metavar="P", help="The plugin's name, or that of its distribution.")],
    json: JsonOption = False,
    plugin: PluginFilesOption = None,
    plugins: PluginNamesOption = None,
) -> None:
    """Show one plugin and each component it brings; two of one name are shown both."""
    from exprlearn.errors import UnknownName, suggest

    states = plugin_states(load_plugins(plugin, plugins))
    found = [state for state in states if name in (state["plugin"], state["distribution"])]
    if not found:
        raise UnknownName(f"no plugin named '{name}': {suggest(name, [state['plugin'] for state in states])}")
    for state in found:
        if json:
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
