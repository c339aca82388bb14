"""Reading a config, layer by layer, with every problem at once; and writing it as TOML."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli_w
from pydantic import ValidationError

from exprlearn.config.components import component_problems
from exprlearn.config.origins import DEFAULT, Layers, flag_of, leaves, lines_of, parse_set, read_file, value_at
from exprlearn.config.sections import CHOICES, RunConfig
from exprlearn.config.setting_values import NOTHING
from exprlearn.errors import OptionError
from exprlearn.plugin.options import explain

if TYPE_CHECKING:
    from exprlearn.plugin.manager import Plugins


@dataclass(frozen=True)
class Preset:
    """Settings with a name, between the defaults and a config file."""

    name: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class ConfigWithOrigins:
    """A checked config, where each value came from, and notes the user should read, a sentence each.

    Origins are kept by dotted key, such as `mine.toml:9`, `--model` or `--set`; defaults are left out.
    """

    config: RunConfig
    origins: Mapping[str, str]
    notes: tuple[str, ...]

    def origin(self, key: str) -> str:
        """Tell where the value at a dotted key came from."""
        return self.origins.get(key, DEFAULT)


def read_config(
    file: Path | None = None,
    flags: Mapping[str, Any] | None = None,
    sets: Sequence[str] = (),
    *,
    preset: Preset | None = None,
    plugins: Plugins | None = None,
    beside: Collection[str] = (),
) -> ConfigWithOrigins:
    """Put the layers of settings together and check them.

    An `OptionError` tells every problem, each with its origin, its key and the nearest valid key.

    Args:
        file: a TOML file.
        flags: values of named flags by dotted key; None means not given.
        sets: `section.key=value` each, the last one wins.
        preset: settings below the file.
        plugins: when given, the options of components are checked as well, in the same go.
        beside: tables of the file that are read elsewhere.
    """
    layers = Layers()
    for key, value in leaves(preset.values if preset else {}):
        layers.put(key, value, preset.name if preset else "")
    if file is not None:
        _put_file(layers, file, beside)
    below = _choices_below(layers)
    for key, value in (flags or {}).items():
        if value is not None:
            layers.put(key, value, flag_of(key))
    _put_sets(layers, sets)
    notes = _drop_options_of_replaced(layers, below)
    return ConfigWithOrigins(_check(layers, plugins), layers.origins, tuple(notes))


def _put_file(layers: Layers, file: Path, beside: Collection[str]) -> None:
    tree, text = read_file(file)
    lines = lines_of(text)
    for key, value in leaves({name: part for name, part in tree.items() if name not in beside}):
        line = lines.get(key)
        layers.put(key, value, f"{file}:{line}" if line else str(file))


def _put_sets(layers: Layers, sets: Sequence[str]) -> None:
    for item in sets:
        try:
            layers.put(*parse_set(item), "--set")
        except OptionError as error:
            layers.problems += error.problems


def _choices_below(layers: Layers) -> dict[str, tuple[str, list[str]]]:
    """Return, by the key of each choice, the component chosen so far and the keys of the options given for it."""
    return {
        where: (_name_in(layers.tree, where), [key for key in layers.origins if _is_option(key, where)])
        for where in CHOICES
    }


def _is_option(key: str, where: str) -> bool:
    choice = CHOICES[where]
    name = key.removeprefix(f"{where}.").partition(".")[0]
    return key.startswith(f"{where}.") and name not in (choice.name_key, *choice.own)


def _name_in(tree: Mapping[str, Any], where: str) -> str:
    """Tell the component that a config names at a dotted key, or would name if it said nothing."""
    choice, found = CHOICES[where], value_at(tree, where, {})
    return str(found.get(choice.name_key, choice.usual) if isinstance(found, Mapping) else found)


def _drop_options_of_replaced(layers: Layers, below: dict[str, tuple[str, list[str]]]) -> list[str]:
    """Drop options that a file gives to a component which a flag or `--set` replaces."""
    notes = []
    for section, (before, keys) in below.items():
        now = _name_in(layers.tree, section)
        stale = [key for key in keys if now != before and layers.origins.get(key, "--").partition(" ")[0][:2] != "--"]
        for key in stale:
            layers.drop(key)
        if stale:
            notes.append(f"{section} '{now}' replaces '{before}', whose options are left out: {', '.join(stale)}")
    return notes


def _check(layers: Layers, plugins: Plugins | None) -> RunConfig:
    problems, config = list(layers.problems), None
    try:
        config = RunConfig.model_validate(layers.tree)
    except ValidationError as error:
        problems += [attribute(_explain(problem), layers.origins) for problem in error.errors()]
    if plugins is not None:
        problems += [attribute(problem, layers.origins) for problem in component_problems(layers.tree, plugins)]
    if problems or config is None:
        raise OptionError(problems)
    return config


def _explain(problem: Any) -> str:
    """Say a problem in a line; a key of another section that lost its section is named with it."""
    line, name = explain(problem, RunConfig, ""), str(problem["loc"][-1])
    if problem["type"] != "extra_forbidden" or len(problem["loc"]) > 1:
        return line
    homes = [key for key, _ in leaves(RunConfig().model_dump()) if key.rpartition(".")[2] == name]
    return f"{name}: unknown key, did you mean '{homes[0]}'?" if homes else line


def attribute(problem: str, origins: Mapping[str, str]) -> str:
    """Put the origin of a problem's key in front of it.

    >>> attribute("model.unit: unknown key", {"model.unit": "mine.toml:9"})
    'mine.toml:9: model.unit: unknown key'
    """
    key = problem.partition(":")[0]
    while key:
        if origin := _origin(key, origins):
            return f"{origin}: {problem}"
        key = key.rpartition(".")[0]
    return problem


def to_toml(config: RunConfig) -> str:
    """Write a config as TOML; it feeds back into `--config`.

    >>> print(to_toml(RunConfig(seed=3)).splitlines()[0])
    seed = 3
    """
    return tomli_w.dumps(_plain(config.model_dump(mode="json"), RunConfig().model_dump(mode="json")))


def to_annotated_toml(config: RunConfig, origins: Mapping[str, str]) -> str:
    """Write a config as TOML with the origin of each value as a comment."""
    lines, section = [], ""
    for line in to_toml(config).splitlines():
        if line.startswith("["):
            section = line.strip("[]") + "."
        name, equals, _ = line.partition(" = ")
        if equals and not line[0].isspace():
            line = f"{line}  # {_origin(section + name, origins) or DEFAULT}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def _origin(key: str, origins: Mapping[str, str]) -> str:
    """Tell where a key came from, or else the first one below it; nothing for a default."""
    found = next((origin for known, origin in origins.items() if known == key or known.startswith(f"{key}.")), "")
    # A choice may be given as its name alone.
    return found or origins.get(key.removesuffix(".name"), "")


def _plain(tree: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Drop what is None by default and write any other None as 'none', for TOML has no such value."""
    plain: dict[str, Any] = {}
    for name, value in tree.items():
        default = defaults.get(name)
        if isinstance(value, Mapping):
            plain[name] = _plain(value, default if isinstance(default, Mapping) else {})
        elif value is not None:
            plain[name] = value
        elif default is not None:
            plain[name] = NOTHING
    return plain
