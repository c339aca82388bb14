"""Reading a config, layer by layer, with every problem at once; and writing it as TOML."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli_w
from pydantic import ValidationError

from exprlearn.config.components import component_problems
from exprlearn.config.model_defaults import explain_defaults, find_defaults, is_of_model, origin_of
from exprlearn.config.origins import DEFAULT, Layers, flag_of, leaves, lines_of, parse_set, read_file, value_at
from exprlearn.config.sections import CHOICES, RunConfig
from exprlearn.config.setting_values import NOTHING
from exprlearn.errors import OptionError
from exprlearn.plugin.options import explain

if TYPE_CHECKING:
    from exprlearn.plugin.manager import Plugins


#: Dotted key, value, origin.
Setting = tuple[str, Any, str]


@dataclass(frozen=True)
class Preset:
    """Settings with a name, between the defaults, a model's included, and a config file."""

    name: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class ConfigWithOrigins:
    """A checked config, where each value came from, and notes the user should read, a sentence each.

    Origins are kept by dotted key, such as `mine.toml:9`, `--model` or `--set`, and `model rewriter` for a default of
    that model; all other defaults are left out.
    """

    config: RunConfig
    origins: Mapping[str, str]
    notes: tuple[str, ...]

    def origin(self, key: str) -> str:
        """Tell where the value at a dotted key came from."""
        return self.origins.get(key, DEFAULT)

    def asked(self) -> dict[str, str]:
        """Return the origins of what somebody asked for: without the defaults of the model."""
        return {key: origin for key, origin in self.origins.items() if not is_of_model(origin)}

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Let an `OptionError` of the block say which of the settings that it names are defaults of the model."""
        try:
            yield
        except OptionError as error:
            values = self.config.model_dump(mode="json")
            raise OptionError(explain_defaults(error.problems, self.origins, values)) from error


def read_config(
    file: Path | None = None,
    flags: Mapping[str, Any] | None = None,
    sets: Sequence[str] = (),
    *,
    preset: Preset | None = None,
    plugins: Plugins | None = None,
    beside: Collection[str] = (),
    of_model: bool = True,
) -> ConfigWithOrigins:
    """Put the layers of settings together and check them.

    Below them all lie the defaults of the model that they name, with its options.

    An `OptionError` tells every problem, each with its origin, its key and the nearest valid key.

    Args:
        file: a TOML file.
        flags: values of named flags by dotted key; None means not given.
        sets: `section.key=value` each, the last one wins.
        preset: settings below the file.
        plugins: when given, the options of components are checked as well, and the defaults of the model hold.
        beside: tables of the file that are read elsewhere.
        of_model: whether the defaults of the model hold; they do not for data that no model is trained on, nor where a
            file says all there is to say, as that of a run does.
    """
    typed = [(key, value, flag_of(key)) for key, value in (flags or {}).items() if value is not None]
    typed_sets, problems = _parse_sets(sets)
    given = [
        _with_origin(preset.values, preset.name) if preset else [],
        list(_from_file(file, beside)) if file is not None else [],
        [*typed, *typed_sets],
    ]
    layers, notes = _pile(given)
    name, defaults = find_defaults(layers.tree, plugins) if plugins is not None and of_model else ("", {})
    if defaults:
        layers, notes = _pile([_with_origin(defaults, origin_of(name)), *given])
    layers.problems += problems
    return ConfigWithOrigins(_check(layers, plugins), layers.origins, tuple(notes))


def _pile(given: Iterable[Sequence[Setting]]) -> tuple[Layers, list[str]]:
    """Put each layer above the one before it; return what comes of it, and notes of options that were left out."""
    layers, notes = Layers(), list[str]()
    for settings in given:
        below = _choices_below(layers)
        for setting in settings:
            layers.put(*setting)
        notes += _drop_options_of_replaced(layers, below)
    return layers, notes


def _with_origin(values: Mapping[str, Any], origin: str) -> list[Setting]:
    return [(key, value, origin) for key, value in leaves(values)]


def _from_file(file: Path, beside: Collection[str]) -> Iterator[Setting]:
    tree, text = read_file(file)
    lines = lines_of(text)
    for key, value in leaves({name: part for name, part in tree.items() if name not in beside}):
        line = lines.get(key)
        yield key, value, f"{file}:{line}" if line else str(file)


def _parse_sets(sets: Sequence[str]) -> tuple[list[Setting], list[str]]:
    """Read what `--set` says, and list what is no such thing."""
    read, problems = [], list[str]()
    for item in sets:
        try:
            read.append((*parse_set(item), "--set"))
        except OptionError as error:
            problems += error.problems
    return read, problems


def _choices_below(layers: Layers) -> dict[str, tuple[str, dict[str, str]]]:
    """Return, by the key of each choice, the component chosen so far and the origin of each option given for it."""
    return {
        where: (
            _name_in(layers.tree, where),
            {key: origin for key, origin in layers.origins.items() if _is_option(key, where)},
        )
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


def _drop_options_of_replaced(layers: Layers, below: dict[str, tuple[str, dict[str, str]]]) -> list[str]:
    """Drop the options of a component which a layer above replaces, with a note where somebody asked for them."""
    notes = []
    for section, (before, options) in below.items():
        now = _name_in(layers.tree, section)
        replaced = options.items() if now != before else ()
        stale = [key for key, origin in replaced if layers.origins.get(key, origin) == origin]
        for key in stale:
            layers.drop(key)
        said = [key for key in stale if not is_of_model(options[key])]
        if said:
            notes.append(f"{section} '{now}' replaces '{before}', whose options are left out: {', '.join(said)}")
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
        raise OptionError(explain_defaults(problems, layers.origins, layers.tree))
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
