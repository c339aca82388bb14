"""`exprlearn recipes`: experiments ready to be run, what their pages claim and what they measure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Annotated

import typer

from exprlearn.cli.options import Options, takes
from exprlearn.cli.output import console, echo, note, print_document, print_table

if TYPE_CHECKING:
    from exprlearn.recipes.recipe import Band, Measurement, Recipe

recipes = typer.Typer(no_args_is_help=True, help="List, show and copy experiments that are ready to be run.")

RecipeArgument = Annotated[str, typer.Argument(metavar="R", help="The name of a recipe.")]
UNMEASURED = "not measured yet"
WIDTH, MARGIN = 100, 11


@recipes.command("list")
@takes("json")
def list_recipes(options: Options) -> None:
    """List the recipes, with what is expected of them and what was measured."""
    from exprlearn.recipes.catalogue import recipes as all_recipes

    if options.json:
        print_document({"recipes": [recipe.document() for recipe in all_recipes()]})
        return
    rows = [(recipe.name, recipe.about.title, *_numbers(recipe)) for recipe in all_recipes()]
    print_table(("recipe", "learns", "ours", "expected"), rows, fold=("learns", "ours", "expected"))


@recipes.command("show")
@takes("json")
def show_recipe(options: Options, recipe: RecipeArgument) -> None:
    """Show where a recipe comes from, what is claimed, measured and expected, and its settings."""
    from exprlearn.recipes.catalogue import find_recipe, recipe_text, settings_text

    found = find_recipe(recipe)
    if options.json:
        print_document(found.document())
        return
    echo(f"{found.name}: {found.about.title}\n")
    width = min(WIDTH, console().width)
    for name, said in _told(found):
        echo(fill(said, width=width, initial_indent=f"{name:<{MARGIN}}", subsequent_indent=" " * MARGIN))
    echo(f"\n{settings_text(recipe_text(recipe))}", nl=False)


@recipes.command("copy")
def copy_recipe(
    recipe: RecipeArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file; one that exists is left alone.")],
) -> None:
    """Copy a recipe to a config file that can be changed and trained."""
    import shlex

    from exprlearn.recipes.catalogue import copy

    copy(recipe, file)
    echo(file)
    note(f"train it with: exprlearn train --config {shlex.quote(str(file))}")


def _told(recipe: Recipe) -> Iterator[tuple[str, str]]:
    about = recipe.about
    ours, expected = _numbers(recipe)
    yield "source", about.source
    yield "claim", about.claim
    yield "measured", about.measured
    yield "otherwise", about.otherwise
    if about.question and about.pair:
        yield "question", about.question
        yield "pair", about.pair
    yield "ours", f"{ours}; {about.ours.by}" if about.ours else ours
    if about.band:
        yield "expected", expected


def _numbers(recipe: Recipe) -> tuple[str, str]:
    """Write what was measured and what is expected."""
    ours, band = recipe.about.ours, recipe.about.band
    return (UNMEASURED, "–") if ours is None or band is None else (written(ours, band), expected(band))


def written(ours: Measurement, band: Band) -> str:
    """Write a measurement with its interval."""
    from exprlearn.scoring import Interval

    if band.metric == "exact_match":
        return f"exact {Interval(ours.value, ours.low, ours.high, ours.count)}"
    return f"rmse {ours.value:.3g} (95 %: {ours.low:.3g} – {ours.high:.3g}, n = {ours.count})"


def expected(band: Band) -> str:
    """Write a band as a person reads it."""
    from exprlearn.scoring import percent

    if band.metric == "exact_match":
        return f"exact {percent(band.low)} – {percent(band.high)}"
    return f"rmse {band.low:g} – {band.high:g}"
