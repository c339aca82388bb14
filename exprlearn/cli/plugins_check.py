"""`exprlearn plugins check`: what the contracts of its components say about a plugin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from exprlearn.cli.loading import load_plugins
from exprlearn.cli.options import JsonOption, PluginFilesOption, PluginNamesOption
from exprlearn.cli.output import print_document, print_table

if TYPE_CHECKING:
    from exprlearn.plugin.manager import Plugins
    from exprlearn.plugin.registry import Registered
    from exprlearn.testing import Outcome

BOTH = ("tensorflow", "jax")
Row = dict[str, str]


def check_plugin(
    name: Annotated[str, typer.Argument(metavar="P", help="The plugin's name, or that of its distribution.")],
    kind: Annotated[str | None, typer.Option("--kind", metavar="KIND", help="Only components of this kind.")] = None,
    backend: Annotated[
        Literal["tensorflow", "jax", "all"],
        typer.Option("--backend", metavar="tensorflow|jax|all", help="all takes a model's weights to both."),
    ] = "tensorflow",
    json: JsonOption = False,
    plugin: PluginFilesOption = None,
    plugins: PluginNamesOption = None,
) -> None:
    """Hold each component of a plugin against the checks of its kind; exit code 1 when one fails."""
    loaded = load_plugins(plugin, plugins)
    rows = [*_failures(name, loaded), *_checked(_components(name, kind, loaded), loaded, backend)]
    if json:
        print_document({"plugin": name, "checks": rows})
    else:
        print_table(tuple(rows[0]), [tuple(row.values()) for row in rows], fold=("check", "why"))
    if any(row["result"] != "passed" for row in rows):
        raise typer.Exit(1)


def _failures(name: str, loaded: Plugins) -> list[Row]:
    """Tell a plugin that did not even load as a check that failed."""
    found = [failure for failure in loaded.failures if name in (failure.plugin, failure.distribution)]
    return [
        _row(failure.plugin, "it loads", "failed", f"failed to {failure.stage}: {failure.error}") for failure in found
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
            yield _told(f"{kind} {entry.spec.name}", outcome)


def _told(component: str, outcome: Outcome) -> Row:
    return _row(component, outcome.check.statement, outcome.state, outcome.why)


def _row(component: str, check: str, result: str, why: str) -> Row:
    return {"component": component, "check": check, "result": result, "why": why}
