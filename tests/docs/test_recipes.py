"""The page of recipes tells what the recipes tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from exprlearn.recipes.catalogue import recipes
from exprlearn.recipes.recipe import Recipe
from exprlearn.scoring import Interval, percent, span

PAGE = (Path(__file__).parents[2] / "docs" / "recipes.md").read_text(encoding="utf-8")


def numbers(recipe: Recipe) -> str:
    """Write the measurement and the band of a recipe as its row does."""
    ours, band = recipe.about.ours, recipe.about.band
    if ours is None or band is None:
        return "not measured yet | –"
    if band.metric == "rmse":
        said = f"RMSE {ours.value:.3g} ({ours.low:.3g} – {ours.high:.3g})"
        return f"{said} | RMSE {band.low:g} – {band.high:g}"
    said = f"{percent(ours.value)} exact ({span(Interval(ours.value, ours.low, ours.high, ours.count))})"
    return f"{said} | {percent(band.low)} – {percent(band.high)}"


@pytest.mark.parametrize("recipe", list(recipes()), ids=lambda recipe: recipe.name)
def test_every_recipe_is_on_the_page_with_its_numbers(recipe: Recipe) -> None:
    (row,) = [line for line in PAGE.splitlines() if f"`{recipe.name}`" in line and line.startswith("|")]
    assert recipe.about.pair or numbers(recipe) in row
