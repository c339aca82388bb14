"""`exprlearn components`: what can be chosen by name, and the options of each."""

from __future__ import annotations

from typing import Any

from exprlearn.cli.options import CommandOptions
from exprlearn.cli.output import echo, print_document, print_table
from exprlearn.cli.settings import load_plugins
from exprlearn.errors import UnknownName, suggest
from exprlearn.plugin import ModelSpec
from exprlearn.plugin.manager import Plugins
from exprlearn.plugin.registry import Registered, Registry
from exprlearn.plugin.spec import Spec


def list_components(options: CommandOptions) -> None:
    """List every component, or those of one kind."""
    plugins = load_plugins(options)
    registries = [_registry(plugins, options.kind)] if options.kind else list(plugins.registries.values())
    entries = [(registry.kind, entry) for registry in registries for entry in registry]
    if options.json:
        print_document({"components": [_described(kind, entry) for kind, entry in entries]})
        return
    rows = [(kind, entry.spec.name, entry.spec.summary, _brought(entry)) for kind, entry in entries]
    print_table(("kind", "name", "summary", "from"), rows, fold=("summary",))


def show_component(options: CommandOptions) -> None:
    """Show one component and its options."""
    registry = _registry(load_plugins(options), options.kind or "")
    entry = registry.entry(options.named)
    described, defaults = options_of(entry), defaults_of(entry.spec)
    if options.json:
        print_document(
            {**_described(registry.kind, entry), "options": described, **({"defaults": defaults} if defaults else {})}
        )
        return
    echo(f"{registry.kind} {entry.spec.name} ({_brought(entry)})\n{entry.spec.summary}")
    if described:
        echo()
        rows = [tuple(option.values()) for option in described]
        print_table(("option", "default", "takes", "summary"), rows, fold=("takes", "summary"))
    if defaults:
        echo()
        print_table(("setting", "default of the model"), [(key, str(value)) for key, value in defaults.items()])


def options_of(entry: Registered[Any]) -> list[dict[str, Any]]:
    """Describe each option: name, default, the values it takes, summary."""
    schema = entry.spec.options.model_json_schema()
    defaults = entry.spec.options().model_dump(mode="json")
    return [
        {"name": name, "default": defaults[name], "takes": allowed_values(part), "summary": part.get("description", "")}
        for name, part in schema.get("properties", {}).items()
    ]


def defaults_of(spec: Spec) -> dict[str, Any]:
    """Map the settings that a model has defaults of to these, as its options are by default; none of anything else."""
    return dict(spec.chosen(spec.options()).defaults) if isinstance(spec, ModelSpec) else {}


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
