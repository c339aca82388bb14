"""`exprlearn components`: what can be chosen by name, and the options of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from exprlearn.cli.loading import load_plugins
from exprlearn.cli.options import Options, takes
from exprlearn.cli.output import echo, print_document, print_table

if TYPE_CHECKING:
    from exprlearn.plugin.manager import Plugins
    from exprlearn.plugin.registry import Registered, Registry

components = typer.Typer(no_args_is_help=True, help="List what can be chosen by name, and its options.")

KindArgument = Annotated[str, typer.Argument(metavar="KIND", help="grammar, model, tokenizer, …")]


@components.command("list")
@takes("json plugin plugins strict_plugins")
def list_components(
    options: Options,
    kind: Annotated[str | None, typer.Argument(metavar="[KIND]", help="Only this kind.")] = None,
) -> None:
    """List every component, or those of one kind."""
    loaded = load_plugins(options)
    registries = [_registry(loaded, kind)] if kind else list(loaded.registries.values())
    entries = [(registry.kind, entry) for registry in registries for entry in registry]
    if options.json:
        print_document({"components": [_described(kind, entry) for kind, entry in entries]})
        return
    rows = [(kind, entry.spec.name, entry.spec.summary, _brought(entry)) for kind, entry in entries]
    print_table(("kind", "name", "summary", "from"), rows, fold=("summary",))


@components.command("show")
@takes("json plugin plugins strict_plugins")
def show_component(
    options: Options,
    kind: KindArgument,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name, or plugin/name.")],
) -> None:
    """Show one component and its options."""
    registry = _registry(load_plugins(options), kind)
    entry = registry.entry(name)
    described = options_of(entry)
    if options.json:
        print_document({**_described(registry.kind, entry), "options": described})
        return
    echo(f"{registry.kind} {entry.spec.name} ({_brought(entry)})\n{entry.spec.summary}")
    if described:
        echo()
        rows = [(option["name"], option["default"], option["takes"], option["summary"]) for option in described]
        print_table(("option", "default", "takes", "summary"), rows, fold=("takes", "summary"))


def options_of(entry: Registered[Any]) -> list[dict[str, Any]]:
    """Describe each option: name, default, the values it takes, summary."""
    schema = entry.spec.options.model_json_schema()
    defaults = entry.spec.options().model_dump(mode="json")
    return [
        {"name": name, "default": defaults[name], "takes": allowed_values(part), "summary": part.get("description", "")}
        for name, part in schema.get("properties", {}).items()
    ]


def allowed_values(part: dict[str, Any]) -> str:
    """Say which values a JSON schema allows.

    >>> allowed_values({"type": "integer", "minimum": 1}), allowed_values({"enum": ["lstm", "gru"]})
    ('integer >= 1', 'lstm | gru')
    """
    if "anyOf" in part:
        return " | ".join(allowed_values(choice) for choice in part["anyOf"])
    if "enum" in part or "const" in part:
        return " | ".join(map(str, part.get("enum", [part.get("const")])))
    signs = {"minimum": ">=", "exclusiveMinimum": ">", "maximum": "<=", "exclusiveMaximum": "<"}
    bounds = [f"{sign} {part[key]}" for key, sign in signs.items() if key in part]
    kind = "none" if part.get("type") == "null" else str(part.get("type", "value"))
    return f"{kind} {', '.join(bounds)}".strip()


def _registry(plugins: Plugins, kind: str) -> Registry[Any]:
    """Find a kind by its name or its plural."""
    from exprlearn.errors import UnknownName, suggest

    registries = plugins.registries
    for registry in registries.values():
        if kind in (registry.kind, f"{registry.kind}s"):
            return registry
    raise UnknownName(f"no kind of component named '{kind}': {suggest(kind, list(registries))}")


def _brought(entry: Registered[Any]) -> str:
    return "built in" if entry.is_built_in else f"{entry.distribution} {entry.version}"


def _described(kind: str, entry: Registered[Any]) -> dict[str, Any]:
    brought = {"plugin": entry.plugin, "distribution": entry.distribution, "version": entry.version}
    return {"kind": kind, "name": entry.spec.name, "summary": entry.spec.summary, **brought}
