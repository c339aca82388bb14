"""`exprlearn evaluate`: judge a trained model on a split that its training never saw."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from exprlearn.cli.loading import load_run
from exprlearn.cli.options import (
    RUNS,
    JsonOption,
    PluginFilesOption,
    PluginNamesOption,
    RunArgument,
    RunsOption,
    StrictPluginsOption,
)
from exprlearn.cli.output import print_document, print_view

SplitOption = Annotated[Literal["validation", "test"], typer.Option("--split", help="Which held-out expressions.")]
SizeOption = Annotated[int | None, typer.Option("--size", min=1, help="How many expressions [all of the split].")]
MinimumOption = Annotated[
    float | None, typer.Option("--min-exact", min=0, max=1, help="Exit with 3 when exact match is below.")
]


def evaluate(
    run: RunArgument = "latest",
    split: SplitOption = "test",
    size: SizeOption = None,
    min_exact: MinimumOption = None,
    runs: RunsOption = RUNS,
    json: JsonOption = False,
    plugin: PluginFilesOption = None,
    plugins: PluginNamesOption = None,
    strict_plugins: StrictPluginsOption = False,
) -> None:
    """Judge a trained model: exact match with its interval, baselines and groups."""
    from exprlearn.errors import QualityGateError
    from exprlearn.report import scores_view
    from exprlearn.scoring import percent, scores_document

    loaded = load_run(run, runs, plugin, plugins, strict_plugins)
    scores = loaded.evaluate(split, size).scores
    if json:
        print_document(scores_document(scores, loaded.folder.name, split))
    else:
        print_view(scores_view(scores, split))
    exact = scores.exact_match.value
    if min_exact is not None and exact < min_exact:
        raise QualityGateError(f"exact match is {percent(exact)}, asked for at least {percent(min_exact)}")
