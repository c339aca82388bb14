"""The defaults that a model brings: laid above those of the house and below all that anybody asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exprlearn.config.components import find_model
from exprlearn.config.origins import value_at
from exprlearn.config.sections import RunConfig
from exprlearn.errors import AmbiguousName, OptionError, UnknownName

if TYPE_CHECKING:
    from exprlearn.plugin.manager import Plugins

_ORIGIN = "model "
#: What must be as usual for a default of a model to hold: where somebody asks for something else, it gives way.
_HOLDS_WITH: Mapping[str, Mapping[str, str]] = {
    "working.name": {"data.split": "content", "data.balance": "none"},
    "data.mix": {"data.balance": "none"},
}


def origin_of(model: str) -> str:
    """Name where the defaults of a model come from.

    >>> origin_of("rewriter"), is_of_model(origin_of("rewriter")), is_of_model("--model")
    ('model rewriter', True, False)
    """
    return f"{_ORIGIN}{model}"


def is_of_model(origin: str) -> bool:
    """Tell whether a value with this origin is a default of a model, which nobody asked for."""
    return origin.startswith(_ORIGIN)


def find_defaults(tree: Mapping[str, Any], plugins: Plugins) -> tuple[str, Mapping[str, Any]]:
    """Find the model that a tree of plain values names, and its defaults by dotted key.

    A model that is not there, or with options that it does not take, has none: what is wrong is told elsewhere.
    """
    try:
        name, spec, _ = find_model(tree, plugins)
    except (UnknownName, AmbiguousName, OptionError):
        return "", {}
    return name, {key: value for key, value in spec.defaults.items() if _holds(key, tree)}


def _holds(key: str, tree: Mapping[str, Any]) -> bool:
    """Tell whether a default goes with what a tree of plain values asks for.

    >>> _holds("working.name", {"data": {"split": "position"}}), _holds("working.name", {})
    (False, True)
    """
    return all(value_at(tree, other, usual) == usual for other, usual in _HOLDS_WITH.get(key, {}).items())


def explain_defaults(problems: Sequence[str], origins: Mapping[str, str], tree: Mapping[str, Any]) -> list[str]:
    """Add to each problem which of the settings that it names are defaults of the model, and how to change them.

    Args:
        problems: a line each.
        origins: where values come from, by dotted key.
        tree: the values.

    >>> origins, tree = {"working.name": "model scribe"}, {"working": {"name": "columns"}}
    >>> print(explain_defaults(["working.name: not here"], origins, tree)[0])
    working.name: not here (working.name=columns is a default of model scribe; the usual one: --set working.name=none)
    """
    usual = RunConfig().model_dump(mode="json")
    return [problem + "".join(_explained(problem, origins, tree, usual)) for problem in problems]


def _explained(
    problem: str, origins: Mapping[str, str], tree: Mapping[str, Any], usual: Mapping[str, Any]
) -> Iterator[str]:
    for key, origin in origins.items():
        if is_of_model(origin) and re.search(rf"(?<![\w.]){re.escape(key)}(?![\w]|\.\w)", problem):
            # Some choices are written as the name alone.
            other = value_at(usual, key, value_at(usual, key.removesuffix(".name"), "VALUE"))
            yield f" ({key}={value_at(tree, key)} is a default of {origin}; the usual one: --set {key}={other})"
