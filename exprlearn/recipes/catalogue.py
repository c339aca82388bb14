"""The recipes that come along: one TOML file each, a `[recipe]` table above the sections of a config."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

from exprlearn.errors import UnknownName, suggest
from exprlearn.plugin.options import bind
from exprlearn.recipes.recipe import About, Recipe

TABLE = "recipe"


def recipe_names() -> tuple[str, ...]:
    """Return the names of all recipes in order.

    >>> "tutorial-repeat-vector" in recipe_names()
    True
    """
    found = (place.name for place in _folder().iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


def recipes() -> Iterator[Recipe]:
    """Yield every recipe."""
    yield from map(find_recipe, recipe_names())


def recipe_text(name: str) -> str:
    """Return a recipe's file.

    Raises:
        UnknownName: there is no such recipe.
    """
    if name not in recipe_names():
        raise UnknownName(f"no recipe named '{name}': {suggest(name, recipe_names())}")
    return (_folder() / f"{name}.toml").read_text(encoding="utf-8")


def find_recipe(name: str) -> Recipe:
    """Return a recipe by name.

    Raises:
        UnknownName: there is no such recipe.

    >>> find_recipe("tutorial-repeat-vector").settings["grammar"]
    {'name': 'addition', 'range': '1..10'}
    """
    return parse_recipe(recipe_text(name), name)


def parse_recipe(text: str, name: str) -> Recipe:
    """Read a recipe's file.

    Raises:
        OptionError: what is wrong with its `[recipe]` table; the sections are checked when they are used.
    """
    settings = tomllib.loads(text)
    return Recipe(name, bind(About, settings.pop(TABLE, {}), where=TABLE), settings)


def _folder() -> Traversable:
    return files("exprlearn.recipes") / "shipped"
