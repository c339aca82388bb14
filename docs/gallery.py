"""The gallery of the site: every recipe with what is claimed, measured and expected, and the command that trains it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from exprlearn.recipes.catalogue import recipes
from exprlearn.recipes.recipe import Band, Measurement, Recipe
from exprlearn.scoring import percent

FIGURES = Path(__file__).parent / "figures"
HEAD = """# Gallery

Every recipe that comes along: what it learns, what came out on expressions that training has not seen, and the expected
range of a rerun. The line is the scale from 0 to 100 % exact match, the bar the expected range, the mark our score. A
curve is that of one training, drawn by `exprlearn report RUN --format svg`. [Recipes](docs/recipes.md) tells how they
are used and what the pairs say.
"""


def gallery_page() -> str:
    """Write the page: first the recipes that stand alone, then the pairs that answer a question."""
    alone = [recipe for recipe in recipes() if recipe.about.question is None]
    asked: dict[str, list[Recipe]] = {}
    for recipe in recipes():
        if recipe.about.question is not None:
            asked.setdefault(recipe.about.question, []).append(recipe)
    parts = [HEAD, *(entry(recipe, level=2) for recipe in alone)]
    for question, pair in asked.items():
        parts += [f"## {question}\n", *(entry(recipe, level=3) for recipe in pair)]
    return "\n".join(parts)


def entry(recipe: Recipe, level: int) -> str:
    """Write what is told of a recipe."""
    about, lines = recipe.about, "\n".join(f"- **{name}**: {said}" for name, said in _facts(recipe))
    command = f"```sh\nexprlearn train --recipe {recipe.name}\n```"
    drawn = bar(about.band, about.ours) if about.band and about.ours else ""
    parts = [f"{'#' * level} {recipe.name}", f"{about.title}.", drawn, lines, curve(recipe.name), command]
    return "\n\n".join(part for part in parts if part) + "\n"


def curve(name: str) -> str:
    """Show the learning curve that lies in `docs/figures` under the name of a recipe; nothing without one.

    >>> curve("mixed-rewriting")
    '![learning curve of mixed-rewriting on held-out expressions](docs/figures/mixed-rewriting.svg)'
    >>> curve("quickest")
    ''
    """
    if not (FIGURES / f"{name}.svg").is_file():
        return ""
    return f"![learning curve of {name} on held-out expressions](docs/figures/{name}.svg)"


def _facts(recipe: Recipe) -> Iterator[tuple[str, str]]:
    about = recipe.about
    if about.band and about.ours:
        yield "ours", f"{told(about.ours, about.band)}; {about.ours.by}"
        yield "expected", f"{_score(about.band.low, about.band)} – {_score(about.band.high, about.band)}"
    yield "source", about.source
    yield "claim", f"{about.claim}, on: {about.measured}"
    yield "differs from its source", about.otherwise


def told(ours: Measurement, band: Band) -> str:
    """Write a measured score with its interval."""
    name = "exact match" if band.metric == "exact_match" else "RMSE"
    ends = f"{_score(ours.low, band)} – {_score(ours.high, band)}"
    return f"{name} {_score(ours.value, band)} (95 % CI {ends}, n = {ours.count})"


def _score(value: float, band: Band) -> str:
    return percent(value) if band.metric == "exact_match" else f"{value:.3g}"


def bar(band: Band, ours: Measurement) -> str:
    """Draw a band of exact match and the measured score as HTML; the words below say the same.

    >>> from exprlearn.recipes.catalogue import find_recipe
    >>> about = find_recipe("mixed").about
    >>> "left: 92.00%; width: 6.50%" in bar(about.band, about.ours)
    True
    """
    if band.metric != "exact_match":
        return ""
    left, width, ours_at = (f"{100 * share:.2f}%" for share in (band.low, band.high - band.low, ours.value))
    spread = f'<span class="range" style="left: {left}; width: {width}"></span>'
    mark = f'<span class="mark" style="left: {ours_at}"></span>'
    return f'<div class="scale" aria-hidden="true">{spread}{mark}</div>\n'
