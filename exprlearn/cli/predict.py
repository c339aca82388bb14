"""`exprlearn predict`: ask a trained model."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from exprlearn.cli.loading import load_run
from exprlearn.cli.options import (
    RUNS,
    BeamOption,
    JsonOption,
    PluginFilesOption,
    PluginNamesOption,
    RunOption,
    RunsOption,
    StrictPluginsOption,
)
from exprlearn.cli.output import echo, print_document, print_table

if TYPE_CHECKING:
    from exprlearn.training.prediction import Prediction

ExpressionsArgument = Annotated[
    list[str], typer.Argument(metavar="EXPR", help="Expressions; - reads them from stdin, one a line.")
]
ExplainOption = Annotated[bool, typer.Option("--explain", help="Show every step of the answer with its runners-up.")]


def predict(
    expressions: ExpressionsArgument,
    run: RunOption = "latest",
    explain: ExplainOption = False,
    beam: BeamOption = 1,
    runs: RunsOption = RUNS,
    json: JsonOption = False,
    plugin: PluginFilesOption = None,
    plugins: PluginNamesOption = None,
    strict_plugins: StrictPluginsOption = False,
) -> None:
    """Answer expressions with a trained model, beside the exact truth."""
    asked = list(_read(expressions))
    loaded = load_run(run, runs, plugin, plugins, strict_plugins)
    predictions = loaded.predict(asked, steps=explain, beam=beam)
    if json:
        print_document({"run": loaded.folder.name, "answers": [_document(item) for item in predictions]})
        return
    for prediction in predictions:
        echo(_line(prediction))
        _print_candidates(prediction)
        if explain:
            _print_steps(prediction, is_reversed=loaded.components.reversal.target)


def _read(expressions: list[str]) -> Iterator[str]:
    """Yield the expressions typed, and those of stdin where `-` stands."""
    for expression in expressions:
        if expression.startswith("--") and expression[2:3].isalpha():
            raise typer.BadParameter(f"no such option: {expression}")
        if expression == "-":
            yield from (line.strip() for line in sys.stdin if line.strip())
        else:
            yield expression


def _line(prediction: Prediction) -> str:
    mark = "✓" if prediction.correct else f"✗ exact {prediction.truth}"
    sure = "" if prediction.probability is None else f"   p={prediction.probability:.3f}"
    return f"{prediction.expression} = {prediction.answer}   {mark}{sure}"


def _document(prediction: Prediction) -> dict[str, Any]:
    steps = [asdict(step) for step in prediction.steps]
    candidates = [item._asdict() for item in prediction.candidates]
    more = {"steps": steps, "candidates": candidates}
    return {**prediction.document(), **{key: value for key, value in more.items() if value}}


def _print_candidates(prediction: Prediction) -> None:
    """Print what a beam found besides the answer."""
    for answer, probability in prediction.candidates[1:]:
        echo(f"  or {answer}   {'✓' if answer == prediction.truth else '✗'}   p={probability:.3f}")


def _print_steps(prediction: Prediction, *, is_reversed: bool) -> None:
    rows = [
        (
            number,
            f"{step.chosen} {step.probability:.3f}",
            "  ".join(f"{other} {share:.3f}" for other, share in step.others),
        )
        for number, step in enumerate(prediction.steps, start=1)
    ]
    if not rows:
        echo("  one number, not written step by step")
        return
    print_table(("step", "chosen", "others, written back to front" if is_reversed else "others"), rows, right=("step",))
