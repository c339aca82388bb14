"""From flags to a checked config and its components; the same for every command that trains or builds data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exprlearn.cli.output import note

if TYPE_CHECKING:
    from exprlearn.config import Components, ConfigWithOrigins, Preset
    from exprlearn.plugin.manager import Plugins

QUICKSTART_NAME = "quickstart"


@dataclass(frozen=True)
class Settings:
    """A checked config with its origins, and the components it names."""

    read: ConfigWithOrigins
    components: Components

    @property
    def title(self) -> str:
        """Name what is learned when nothing named a grammar: two-digit addition."""
        return QUICKSTART_NAME if self.read.origin("grammar.name") == QUICKSTART_NAME else ""

    def toml(self) -> str:
        """Write every setting with its origin, the options of components included."""
        from exprlearn.config import to_annotated_toml

        return to_annotated_toml(self.components.config, self.read.origins)


def settings(
    plugins: Plugins,
    flags: Mapping[str, Any],
    *,
    file: Path | None = None,
    sets: Sequence[str] | None = None,
    recipe: str | None = None,
    quickstart: bool = False,
) -> Settings:
    """Read and check the settings of a command; notes go to stderr.

    Args:
        plugins: where components come from.
        flags: values of named flags by dotted key.
        file: a TOML file.
        sets: `section.key=value` each.
        recipe: whose settings lie below all of these.
        quickstart: learn two-digit addition in about a minute, unless a flag or `--set` names a grammar.

    Raises:
        OptionError: every problem at once.
        UnknownName: there is no such recipe.
    """
    from exprlearn.config import read_config, resolve

    keys = {item.partition("=")[0].strip() for item in sets or ()}
    names_grammar = flags.get("grammar.name") is not None or "grammar.name" in keys
    if recipe is None and quickstart and not names_grammar:
        recipe = QUICKSTART_NAME
    preset = _preset(recipe) if recipe else None
    read = read_config(file, flags, sets or (), preset=preset, plugins=plugins)
    for sentence in read.notes:
        note(sentence)
    return Settings(read, resolve(read.config, plugins))


def _preset(recipe: str) -> Preset:
    from exprlearn.recipes.catalogue import find_recipe

    return find_recipe(recipe).preset
