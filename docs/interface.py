"""What a plugin may rely on, line by line: hooks, specs, components, what these may offer and what they work with."""

from __future__ import annotations

import ast
import dataclasses
import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from pkgutil import resolve_name
from types import ModuleType
from typing import Any, get_args, get_type_hints

import exprlearn.errors
import exprlearn.plugin
import exprlearn.testing
from exprlearn.plugin.kinds import HOOKS, KINDS
from exprlearn.plugin.kinds.model import Framing, Inputs
from exprlearn.plugin.scaffolding import module_text
from exprlearn.plugin.spec import Kind, Spec
from exprlearn.testing.contract import Contract

#: What a field may hold where it is one of a few words.
CHOICES: Mapping[str, Any] = {"framing": Framing, "inputs": Inputs}
#: Modules whose public names may be imported.
MODULES: tuple[ModuleType, ...] = (exprlearn.plugin, exprlearn.testing)


def interface() -> list[str]:
    """List everything that is promised, sorted; a line names its sort first."""
    lines = {f"hook {hook} yields {spec.__name__}" for hook, spec in HOOKS.items()}
    lines |= {
        f"spec {line}" for spec in _specs() for line in _lines(spec, tuple(vars(spec).get("__annotations__", ())))
    }
    for kind in KINDS.values():
        lines |= {f"component {line}" for line in _lines(kind.component or object)}
        lines |= {f"offer {line}" for each in kind.offers for line in _lines(each)}
        lines |= {f"given {line}" for each, names in works_with(kind).items() for line in _lines(each, names)}
    lines |= {f"contract Contract.{name}: {said}" for name, said in Contract.__annotations__.items()}
    lines |= {f"choice {name} {value}" for name, values in CHOICES.items() for value in get_args(values)}
    lines |= {f"name {module.__name__}.{name}" for module in MODULES for name in module.__all__}
    lines |= {f"name {name}" for kind in KINDS.values() for name in _imported(module_text(kind.example, kind))}
    return sorted(lines | {f"error {name}" for name in _errors()})


def works_with(kind: Kind) -> dict[type, tuple[str, ...]]:
    """Map what components of a kind are handed to the members that are promised; none named means all."""
    return {resolve_name(place): names for place, names in kind.works_with.items()}


def fields(thing: type) -> dict[str, str]:
    """Map the fields of a dataclass or named tuple to type and default, as source text; none of another class."""
    if issubclass(thing, tuple):
        usual: Mapping[str, Any] = getattr(thing, "_field_defaults", {})
        written = {name: f" = {value!r}" for name, value in usual.items()}
        kinds = {name: kind.__forward_arg__ for name, kind in thing.__annotations__.items()}
        return {name: f"{name}: {kind}{written.get(name, '')}" for name, kind in kinds.items()}
    found = dataclasses.fields(thing) if dataclasses.is_dataclass(thing) else ()
    limited = _limited(thing) if found else {}
    return {each.name: f"{each.name}: {limited.get(each.name, each.type)}{_default(each)}" for each in found}


def _limited(thing: type) -> dict[str, str]:
    """Map the fields whose values are limited when they are read from a file to their type without the limits."""
    try:
        whole, bare = (get_type_hints(thing, include_extras=extras) for extras in (True, False))
    except NameError:
        # It uses names that only type checkers know, and so no limits, which pydantic would have to know.
        return {}
    return {name: inspect.formatannotation(bare[name]) for name, kind in whole.items() if kind != bare[name]}


def members(thing: type) -> Iterator[tuple[str, str, Callable[..., Any]]]:
    """Yield each public property and method of a class: its name, its signature as source text, and its function."""
    for name, member in vars(thing).items():
        if name.startswith("_"):
            continue
        if isinstance(member, property | cached_property):
            function = member.fget if isinstance(member, property) else member.func
            if function is not None:
                yield name, f"{name}: {_annotation(function)}", function
        elif inspect.isfunction(member):
            yield name, f"{name}{_signature(member)}", member


def _specs() -> tuple[type[Spec], ...]:
    return (Spec, *HOOKS.values())


def _lines(thing: type, names: tuple[str, ...] = ()) -> Iterator[str]:
    told = fields(thing) | {name: text for name, text, _ in members(thing)}
    return (f"{thing.__name__}.{text}" for name, text in told.items() if not names or name in names)


def _imported(example: str) -> Iterator[str]:
    """Yield what a plugin imports from exprlearn: what an example does, others do."""
    for node in ast.walk(ast.parse(example)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("exprlearn"):
            yield from (f"{node.module}.{each.name}" for each in node.names)


def _errors() -> list[str]:
    return [name for name, error in vars(exprlearn.errors).items() if inspect.isclass(error) and _is_error(error)]


def _is_error(error: type) -> bool:
    return issubclass(error, exprlearn.errors.ExprLearnError)


def _default(item: dataclasses.Field[Any]) -> str:
    made = item.default_factory
    if isinstance(made, type):
        return f" = {made.__name__}()"
    if item.default is dataclasses.MISSING:
        return ""
    if isinstance(item.default, Path):
        return f" = Path('{item.default}')"
    return f" = {item.default.__name__ if inspect.isclass(item.default) else repr(item.default)}"


def _annotation(function: Callable[..., Any]) -> str:
    return str(inspect.signature(function).return_annotation)


class _Source(str):
    """An annotation, told without the quotes of a text."""

    __repr__ = str.__str__


def _signature(function: Callable[..., Any]) -> str:
    told = inspect.signature(function)
    parameters = [
        each.replace(annotation=_Source(each.annotation)) for each in told.parameters.values() if each.name != "self"
    ]
    return str(told.replace(parameters=parameters, return_annotation=_Source(told.return_annotation)))
