from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from exprlearn.config import RunConfig, leaves, read_config, resolve
from exprlearn.dataset import load_space, load_splits
from exprlearn.errors import OptionError, UnknownName
from exprlearn.plugin import ModelSpec
from exprlearn.plugin.manager import Plugins
from exprlearn.recipes.catalogue import (
    config_text,
    copy,
    find_recipe,
    parse_recipe,
    recipe_names,
    recipe_text,
    recipes,
    settings_text,
)
from exprlearn.recipes.recipe import Recipe

RECIPES = list(recipes())
PAIRED = [recipe for recipe in RECIPES if recipe.about.pair]
SOURCES = (
    "Learn to Add Numbers with an Encoder-Decoder LSTM",
    "Learning Math with LSTMs and Keras",
    "addition_rnn",
    "Grokking: Generalization Beyond Overfitting on Small Algorithmic Datasets",
)
TUTORIALS = ("tutorial-mapping-lstm", "tutorial-mapping-mlp", "tutorial-repeat-vector", "lstm-math")
DIGITS = tuple(f"addition-rnn-{digits}" for digits in (2, 3, 4, 5))
DEFAULTS = ("quickstart", "addition", "addition-seq2seq", "mixed")
HARD = ("addition-long", "division", "flat-999", "grokking", "mixed-99", "mixed-rewriting", "product-3x3")
EXTENSIONS = (
    "integer-encoding",
    "variable-terms",
    "variable-operations",
    "brackets",
    "per-term-padding",
    "reversal",
    "masking",
    "each-step",
    "each-step-one-way",
)


@pytest.fixture(scope="module")
def plugins() -> Plugins:
    return Plugins(only=())


def config_of(recipe: Recipe, plugins: Plugins) -> RunConfig:
    return resolve(read_config(preset=recipe.preset, plugins=plugins).config, plugins).config


def flat(config: RunConfig) -> Mapping[str, Any]:
    return dict(leaves(config.model_dump(mode="json")))


def test_every_page_every_default_and_all_hard_arithmetic_has_its_recipe() -> None:
    pairs = [f"{name}-{side}" for name in EXTENSIONS for side in ("with", "without")]
    assert sorted([*TUTORIALS, *DIGITS, *DEFAULTS, *HARD, *pairs]) == list(recipe_names())


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_a_recipe_has_as_many_held_out_expressions_as_it_asks_for(recipe: Recipe, plugins: Plugins) -> None:
    components = resolve(read_config(preset=recipe.preset, plugins=plugins).config, plugins)
    splits = load_splits(load_space(components.config.grammar, components), components)
    assert len(splits.train.take(32, start=0)[0]) == 32
    # The quickstart is what `exprlearn train` does, which asks for more than two-digit sums can give.
    assert splits.notes == () or recipe.name == "quickstart"


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_a_recipe_names_its_source(recipe: Recipe) -> None:
    known = [source for source in SOURCES if source in recipe.about.source]
    assert known or recipe.about.source.startswith("exprlearn: ")
    assert (recipe.about.source in recipe_text(recipe.name)) is True


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_only_what_says_so_is_limited_by_time(recipe: Recipe, plugins: Plugins) -> None:
    limited = config_of(recipe, plugins).training.max_seconds is not None
    assert limited == (recipe.about.source.startswith("exprlearn: the defaults"))


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_a_band_holds_the_measurement_and_excludes_something(recipe: Recipe, plugins: Plugins) -> None:
    band, ours = recipe.about.band, recipe.about.ours
    assert band is not None
    assert ours is not None
    assert ours.value in band
    framing = plugins[ModelSpec][config_of(recipe, plugins).model.name].framing
    assert band.metric == "exact_match" or framing == "mapping"
    assert band.low > 0 or band.high < 1 or band.metric == "rmse"
    assert ours.count == config_of(recipe, plugins).data.test or recipe.name == "quickstart"


@pytest.mark.parametrize("recipe", PAIRED, ids=lambda recipe: recipe.name)
def test_a_pair_differs_only_in_what_is_asked_about(recipe: Recipe, plugins: Plugins) -> None:
    other = find_recipe(str(recipe.about.pair))
    assert other.about.pair == recipe.name
    assert other.about.question == recipe.about.question
    one, two = (flat(config_of(each, plugins)) for each in (recipe, other))
    changed = {key for key in {**one, **two} if one.get(key) != two.get(key)}
    assert changed
    in_grammar = {key for key in changed if key.startswith("grammar.")}
    assert changed == in_grammar or len(changed) == 1


def test_the_tutorials_space_of_100_questions_is_told() -> None:
    recipe = find_recipe("tutorial-repeat-vector")
    assert "100 questions" in recipe.about.title
    assert "100 questions" in recipe.about.measured


def test_an_unknown_recipe_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'lstm-math'"):
        recipe_text("lstm-maths")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("titel = 'x'", "recipe.titel: unknown key, did you mean 'title'"),
        ("question = 'x'", "a question and a pair go together"),
        ("[recipe.band]\nmetric = 'exact_match'\nlow = 0.5\nhigh = 0.6", "a band follows from a measurement"),
        ("[recipe.band]\nmetric = 'exact_match'\nlow = 0.5\nhigh = 0.4", "low lies above high"),
        ("[recipe.band]\nmetric = 'exact_match'\nlow = 0.5\nhigh = 1.4", "exact match is a share"),
        ("[recipe.ours]\nvalue = 0.5\nlow = 0.6\nhigh = 0.7\ncount = 9\nby = 'x'", "outside of its interval"),
    ],
)
def test_a_wrong_table_is_refused(table: str, said: str) -> None:
    words = "\n".join(f"{key} = 'x'" for key in ("title", "source", "claim", "measured", "otherwise"))
    with pytest.raises(OptionError, match=said):
        parse_recipe(f"[recipe]\n{words}\n{table}\n", "wrong")


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
