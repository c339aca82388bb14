"""`exprlearn curriculum fit`: the points of difficulty that a model's own mistakes speak for."""

from __future__ import annotations

from typing import Annotated

import typer

from exprlearn.cli.loading import load_run
from exprlearn.cli.options import RUNS, JsonOption, PluginFilesOption, PluginNamesOption, RunArgument, RunsOption
from exprlearn.cli.output import echo, print_document, print_table

SizeOption = Annotated[int, typer.Option("--size", min=100, help="Held-out expressions to ask.")]


def fit(
    run: RunArgument = "latest",
    size: SizeOption = 4000,
    runs: RunsOption = RUNS,
    json: JsonOption = False,
    plugin: PluginFilesOption = None,
    plugins: PluginNamesOption = None,
) -> None:
    """Fit the points of each feature to what a trained model answers wrongly."""
    import numpy as np

    from exprlearn.dataset.difficulty import FEATURES, WEIGHTS
    from exprlearn.dataset.difficulty.fitting import fit as fitted

    rows = load_run(run, runs, plugin, plugins).evaluate("test", size).predictions
    found = fitted([row.expression for row in rows], np.array([row.answer != row.truth for row in rows], bool))
    if json:
        correlations = {"fitted": found.correlation, "usual": found.usual}
        counts = {"wrong": found.wrong, "count": found.count}
        print_document({"weights": dict(found.weights), "rank_correlation": correlations, **counts})
        return
    names = [name for name in FEATURES if found.weights[name] or WEIGHTS[name]]
    print_table(
        ("feature", "usual", "fitted"),
        [(name, WEIGHTS[name], found.weights[name]) for name in names],
        right=("usual", "fitted"),
    )
    echo(f"\n{found.wrong} of {found.count} answers are wrong; the points are fitted to every other one")
    echo(f"rank correlation with the rest: fitted {found.correlation:.2f}, usual {found.usual:.2f}\n")
    points = ", ".join(f"{name} = {count}" for name, count in found.weights.items() if count)
    echo(f'[curriculum]\nname = "auto"\nweights = {{ {points} }}')
