"""`exprlearn predict`: ask a trained model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from exprlearn.cli.group import written
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
from exprlearn.cli.questions import Question, batches
from exprlearn.errors import ExprLearnError

if TYPE_CHECKING:
    from exprlearn.runs.prediction import Prediction, Refused
    from exprlearn.runs.run import Run

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
    from exprlearn.runs.prediction import Refused

    _refuse_options(expressions)
    loaded = load_run(run, runs, plugin, plugins, strict_plugins)
    answers, refused = [], 0
    for question, told in _asked(loaded, expressions, explain, beam):
        if isinstance(told, Refused):
            refused += 1
            _print_refused(question, told)
        elif json:
            answers.append(_document(told))
        else:
            _print(told, explain, is_reversed=loaded.components.reversal.target)
    if json:
        print_document({"run": loaded.folder.name, "answers": answers})
    if refused:
        raise typer.Exit(1)


def _refuse_options(expressions: list[str]) -> None:
    """Refuse options that are mistyped; what begins with a minus may be an expression."""
    for expression in expressions:
        if expression.startswith("--") and expression[2:3].isalpha():
            raise typer.BadParameter(f"no such option: {expression}")


def _asked(
    run: Run, expressions: list[str], explain: bool, beam: int
) -> Iterator[tuple[Question, Prediction | Refused]]:
    """Yield what the run says to each question, as soon as the question is there."""
    from exprlearn.runs.prediction import ask_each

    for questions in batches(expressions):
        yield from zip(
            questions, ask_each(run, [each.text for each in questions], steps=explain, beam=beam), strict=True
        )


def _print_refused(question: Question, refused: Refused) -> None:
    place = f"line {question.line}: " if question.line else ""
    named = "" if question.text in refused.why else f"'{question.text}': "
    echo(written(ExprLearnError(f"{place}{named}{refused.why}")), err=True)


def _print(prediction: Prediction, explain: bool, *, is_reversed: bool) -> None:
    echo(_line(prediction))
    _print_candidates(prediction)
    if explain:
        _print_steps(prediction, is_reversed=is_reversed)


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
