"""The recipes that come along, and those of files: TOML with a `[recipe]` table above the sections of a config.

Copied for a user, the settings stand as they are, and what is told of them becomes comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from exprlearn.errors import OptionError, UnknownName, suggest
from exprlearn.files import write_whole
from exprlearn.plugin.options import bind
from exprlearn.reading import MOST_TOML, read_text, toml_tables
from exprlearn.recipes.recipe import About, Recipe

TABLE = "recipe"
HEADER = re.compile(r"\[{1,2}\s*([\w-]+)")


def recipe_names() -> tuple[str, ...]:
    """Return the names of the recipes that come along, in order.

    >>> "tutorial-repeat-vector" in recipe_names()
    True
    """
    files = (file.name for file in _folder().iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in files if name.endswith(".toml")))


def recipes() -> Iterator[Recipe]:
    """Yield every recipe that comes along."""
    yield from map(find_recipe, recipe_names())


def recipe_text(name: str) -> str:
    """Return what stands in a recipe's file, named by its path if it ends in `.toml`.

    An UnknownName suggests names where there is none of that name, an OptionError says that there is no such file.
    """
    if name.endswith(".toml"):
        return read_text(Path(name), MOST_TOML, OptionError)
    if name not in recipe_names():
        raise UnknownName(f"no recipe named '{name}': {suggest(name, recipe_names())}")
    return (_folder() / f"{name}.toml").read_text(encoding="utf-8")


def find_recipe(name: str) -> Recipe:
    """Return a recipe by name or by its file, as `recipe_text` does.

    >>> find_recipe("tutorial-repeat-vector").settings["grammar"]
    {'name': 'addition', 'range': '1..10'}
    """
    return parse_recipe(recipe_text(name), Path(name).stem)


def parse_recipe(text: str, name: str) -> Recipe:
    """Read a recipe's file; an OptionError names what is wrong with its table, the sections are checked when used."""
    try:
        settings = toml_tables(text)
    except ValueError as error:
        raise OptionError(f"recipe '{name}' is no valid TOML: {error}") from None
    return Recipe(name, bind(About, settings.pop(TABLE, {}), where=TABLE), settings)


def copy(name: str, file: Path) -> None:
    """Write a recipe to a new config file; a file that exists already is an OptionError."""
    text = config_text(recipe_text(name))
    if file.exists():
        raise OptionError(f"{file} exists already and is left alone: exprlearn recipes copy {name} OTHER.toml")
    write_whole(file, text, OptionError)


def config_text(text: str) -> str:
    r"""Turn the `[recipe]` table of a recipe's file into comments, which leaves a config.

    >>> print(config_text('[recipe]\ntitle = "Sums"\n\n[grammar]\nname = "sums"\n'), end="")
    # [recipe]
    # title = "Sums"
    <BLANKLINE>
    [grammar]
    name = "sums"
    """
    return "".join(f"# {line}\n" if is_about and line else f"{line}\n" for line, is_about in _mark_lines(text))


def settings_text(text: str) -> str:
    r"""Leave the `[recipe]` table of a recipe's file out.

    >>> settings_text('[recipe]\ntitle = "Sums"\n\n[grammar]\nname = "sums"\n')
    '[grammar]\nname = "sums"\n'
    """
    return "".join(f"{line}\n" for line, is_about in _mark_lines(text) if not is_about)


def _folder() -> Traversable:
    return files("exprlearn.recipes") / "shipped"


def _mark_lines(text: str) -> list[tuple[str, bool]]:
    """Tell for each line whether it belongs to the `[recipe]` table."""
    found, is_about = [], False
    for line in text.splitlines():
        header = HEADER.match(line)
        is_about = header[1] == TABLE if header else is_about
        found.append((line, is_about))
    return found
