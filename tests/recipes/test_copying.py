from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from exprlearn.config import read_config
from exprlearn.errors import OptionError, UnknownName
from exprlearn.plugin.manager import Plugins
from exprlearn.recipes.catalogue import find_recipe, recipe_names, recipe_text
from exprlearn.recipes.copying import config_text, copy, settings_text


@pytest.mark.parametrize("name", recipe_names())
def test_a_copy_is_a_config_with_the_settings_of_its_recipe(name: str, tmp_path: Path) -> None:
    plugins, file = Plugins(only=()), tmp_path / "copied.toml"
    copy(name, file)
    recipe = find_recipe(name)
    assert read_config(file, plugins=plugins).config == read_config(preset=recipe.preset, plugins=plugins).config
    assert f'# title = "{recipe.about.title}"' in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", recipe_names())
def test_what_is_shown_of_the_settings_is_all_of_them(name: str) -> None:
    text = recipe_text(name)
    assert tomllib.loads(settings_text(text)) == tomllib.loads(config_text(text)) == dict(find_recipe(name).settings)


def test_a_copy_overwrites_nothing(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(OptionError, match="exists already and is left alone"):
        copy("mixed", file)
    assert file.read_text(encoding="utf-8") == "mine"


def test_a_copy_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="cannot write"):
        copy("mixed", tmp_path / "nowhere" / "mine.toml")
    with pytest.raises(UnknownName):
        copy("mixde", tmp_path / "mine.toml")
    assert list(tmp_path.iterdir()) == []
