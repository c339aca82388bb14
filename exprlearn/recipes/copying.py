"""A recipe as a config file: the settings as they stand, what is told of them as comments."""

from __future__ import annotations

import re
from pathlib import Path

from exprlearn.errors import OptionError
from exprlearn.files import write_whole
from exprlearn.recipes.catalogue import TABLE, recipe_text

HEADER = re.compile(r"\[{1,2}\s*([\w-]+)")


def copy(name: str, file: Path) -> None:
    """Write a recipe to a new config file.

    Raises:
        UnknownName: there is no such recipe.
        OptionError: the file exists already, or cannot be written.
    """
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
    return "".join(f"# {line}\n" if told and line else f"{line}\n" for line, told in _lines(text))


def settings_text(text: str) -> str:
    r"""Leave the `[recipe]` table of a recipe's file out.

    >>> settings_text('[recipe]\ntitle = "Sums"\n\n[grammar]\nname = "sums"\n')
    '[grammar]\nname = "sums"\n'
    """
    return "".join(f"{line}\n" for line, told in _lines(text) if not told)


def _lines(text: str) -> list[tuple[str, bool]]:
    """Tell of each line whether it belongs to the `[recipe]` table."""
    found, told = [], False
    for line in text.splitlines():
        header = HEADER.match(line)
        told = header[1] == TABLE if header else told
        found.append((line, told))
    return found
