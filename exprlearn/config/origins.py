"""Layers of settings, each above the one before it, that remember where every value came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exprlearn.config.sections import CHOICES, SECTIONS
from exprlearn.errors import OptionError
from exprlearn.reading import MOST_TOML, read_text, toml_tables

DEFAULT = "default"


@dataclass
class Layers:
    """A tree of plain values with the origin of each leaf, keyed by its dotted path."""

    tree: dict[str, Any] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def put(self, key: str, value: Any, origin: str) -> None:
        """Set the value at a dotted key, above whatever an earlier layer said.

        >>> layers = Layers(); layers.put("model.units", 64, "--set"); layers.tree
        {'model': {'units': 64}}
        """
        *parents, last = key.split(".")
        if not parents and last in SECTIONS:
            key = CHOICES[last].name_key if last in CHOICES else "name" if last == "grammar" else "…"
            example = f"{last}.{key}"
            self.problems.append(f"{origin}: {last}: this is a section, write {example}={value}")
            return
        table = self.tree
        for depth, parent in enumerate(parents, start=1):
            before = table.get(parent)
            if not isinstance(before, dict):
                # A name stands for a choice, whose options come one by one.
                is_name = isinstance(before, str) and ".".join(parents[:depth]) in CHOICES
                table[parent] = {"name": before} if is_name else {}
            table = table[parent]
        if isinstance(table.get(last), dict):
            self.origins = {known: of for known, of in self.origins.items() if not known.startswith(f"{key}.")}
        table[last] = value
        self.origins[key] = origin

    def drop(self, key: str) -> None:
        """Forget the leaf at a dotted key, if a later layer has not replaced all that it was part of."""
        above, _, name = key.rpartition(".")
        table = value_at(self.tree, above) if above else self.tree
        if isinstance(table, dict):
            table.pop(name, None)
        self.origins.pop(key, None)


def value_at(tree: Mapping[str, Any], key: str, default: Any = None) -> Any:
    """Find the value at a dotted key of nested tables, or else the default.

    >>> value_at({"model": {"name": "seq2seq"}}, "model.name")
    'seq2seq'
    """
    found: Any = tree
    for part in key.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return default
        found = found[part]
    return found


def leaves(tree: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Walk over the values of nested tables by dotted key.

    >>> list(leaves({"seed": 1, "model": {"name": "seq2seq"}}))
    [('seed', 1), ('model.name', 'seq2seq')]
    """
    for name, value in tree.items():
        key = f"{above}{name}"
        if isinstance(value, Mapping):
            yield from leaves(value, f"{key}.")
        else:
            yield key, value


def read_file(file: Path) -> tuple[dict[str, Any], str]:
    """Read a TOML file as tables and text; an `OptionError` when it is not there, or no TOML."""
    text = read_text(file, MOST_TOML, OptionError)
    try:
        return toml_tables(text), text
    except ValueError as error:
        raise OptionError(f"config file '{file}' is no valid TOML: {error}") from None


def line_of(text: str, key: str) -> int | None:
    """Find the 1-based line of a dotted key in TOML text; None when it is written in an unusual way.

    >>> line_of('seed = 1\\n[model]\\nname = "x"\\n', "model.name")
    3
    """
    return lines_of(text).get(key)


def lines_of(text: str) -> dict[str, int]:
    """Map each dotted key of TOML text to the first line, counted from 1, that sets it in the usual way."""
    above, found = "", dict[str, int]()
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        if bare.startswith("["):
            above = bare.strip("[] ").partition("#")[0].strip("[] ") + "."
        elif "=" in bare:
            found.setdefault(above + bare.partition("=")[0].strip(" \"'"), number)
    return found


def parse_set(item: str) -> tuple[str, Any]:
    """Read `section.key=value`, where the value is TOML, or else plain text; any other item is an `OptionError`.

    >>> parse_set("model.units=64"), parse_set("grammar.range=1..99")
    (('model.units', 64), ('grammar.range', '1..99'))
    """
    key, equals, text = (part.strip() for part in item.partition("="))
    if not equals or not all(key.split(".")):
        raise OptionError(f"--set {item}: write section.key=value, such as --set model.units=64")
    try:
        parsed = toml_tables(f"value = {text}")
    except ValueError:
        return key, text
    return key, parsed["value"] if set(parsed) == {"value"} else text


def flag_of(key: str) -> str:
    """Name the command-line flag that sets a dotted key.

    >>> flag_of("training.max_time"), flag_of("model.name"), flag_of("training.metrics")
    ('--max-time', '--model', '--metric')
    """
    above, _, name = key.rpartition(".")
    section = above.rpartition(".")[2]
    # A repeatable flag names one of the values, its key all of them.
    single = {"name": section, "policy": section, "file": section, "metrics": "metric"}
    single |= {"callbacks": "callback", "observers": "observer"}
    return f"--{single.get(name, name).replace('_', '-')}"
