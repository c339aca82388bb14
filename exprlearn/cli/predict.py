"""`exprlearn predict`: ask a trained model expressions that were typed, and lines of stdin as they come in."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from exprlearn.cli.group import written
from exprlearn.cli.loading import load_run
from exprlearn.cli.options import BeamOption, Options, takes
from exprlearn.cli.output import echo, print_document, print_table
from exprlearn.errors import DataError, ExprLearnError

if TYPE_CHECKING:
    from exprlearn.runs.prediction import Prediction
    from exprlearn.runs.questions import Refused
    from exprlearn.runs.run import Run

#: Lines that are answered together, bytes that are read at once, and those of the longest line.
BATCH, CHUNK, LONGEST = 1024, 1 << 16, 1 << 20

ExpressionsArgument = Annotated[
    list[str], typer.Argument(metavar="EXPR", help="Expressions; - reads them from stdin, one a line.")
]
RunOption = Annotated[str, typer.Option(metavar="RUN", help="A path, a name under the runs folder, or latest.")]
ExplainOption = Annotated[bool, typer.Option(help="Show every step of the answer with its runners-up.")]


class Question(NamedTuple):
    """A question and the line of stdin where it stands; 0 where it was typed."""

    text: str
    line: int = 0


@takes("runs json plugin plugins strict_plugins")
def predict(
    options: Options,
    expressions: ExpressionsArgument,
    run: RunOption = "latest",
    explain: ExplainOption = False,
    beam: BeamOption = 1,
) -> None:
    """Answer expressions with a trained model, beside the exact truth."""
    from exprlearn.runs.questions import Refused

    for expression in expressions:
        # What begins with one minus may be an expression.
        if expression.startswith("--") and expression[2:3].isalpha():
            raise typer.BadParameter(f"no such option: {expression}")
    loaded = load_run(run, options)
    answers, refused = [], 0
    for question, found in _answer(loaded, expressions, explain, beam):
        if isinstance(found, Refused):
            refused += 1
            _print_refused(question, found)
        elif options.json:
            answers.append(_document(found))
        else:
            _print(found, explain, is_reversed=loaded.components.reversal.target)
    if options.json:
        print_document({"run": loaded.folder.name, "answers": answers})
    if refused:
        raise typer.Exit(1)


def _answer(
    run: Run, expressions: list[str], explain: bool, beam: int
) -> Iterator[tuple[Question, Prediction | Refused]]:
    """Yield what the run says to each question, as soon as the question is there."""
    from exprlearn.runs.questions import ask_each

    for questions in batches(expressions):
        texts = [each.text for each in questions]
        yield from zip(questions, ask_each(run, texts, steps=explain, beam=beam), strict=True)


def batches(expressions: Sequence[str]) -> Iterator[list[Question]]:
    """Yield the expressions typed, and those of stdin where `-` stands, as soon as they are there.

    Raises:
        DataError: a line of stdin that never ends.
    """
    typed: list[Question] = []
    for expression in expressions:
        if expression != "-":
            typed.append(Question(expression))
            continue
        yield from [typed] if typed else []
        typed = []
        yield from _batches_of_lines()
    yield from [typed] if typed else []


def _batches_of_lines() -> Iterator[list[Question]]:
    before = 0
    for lines in _arriving_lines():
        questions = [
            Question(text, number)
            for number, line in enumerate(lines, start=before + 1)
            if (text := line.decode("utf-8", "surrogateescape").strip())
        ]
        before += len(lines)
        for first in range(0, len(questions), BATCH):
            yield questions[first : first + BATCH]


def _arriving_lines() -> Iterator[list[bytes]]:
    """Yield the lines that have come in whenever some have."""
    rest = b""
    while chunk := sys.stdin.buffer.read1(CHUNK):  # type: ignore[union-attr]
        *lines, rest = (rest + chunk).split(b"\n")
        if len(rest) > LONGEST:
            raise DataError(f"a line of stdin has more than {LONGEST} bytes: write an expression a line")
        yield lines
    yield [rest]


def _print_refused(question: Question, refused: Refused) -> None:
    where = f"line {question.line}: " if question.line else ""
    named = "" if question.text in refused.why else f"'{question.text}': "
    echo(written(ExprLearnError(f"{where}{named}{refused.why}")), err=True)


def _document(prediction: Prediction) -> dict[str, Any]:
    steps = [asdict(step) for step in prediction.steps]
    candidates = [item._asdict() for item in prediction.candidates]
    more = {"steps": steps, "candidates": candidates}
    return {**prediction.document(), **{key: value for key, value in more.items() if value}}


def _print(prediction: Prediction, explain: bool, *, is_reversed: bool) -> None:
    """Print the answer, what a beam found besides it, and the steps where they are asked for."""
    mark = "✓" if prediction.correct else f"✗ exact {prediction.truth}"
    sure = "" if prediction.probability is None else f"   p={prediction.probability:.3f}"
    echo(f"{prediction.expression} = {prediction.answer}   {mark}{sure}")
    for answer, probability in prediction.candidates[1:]:
        echo(f"  or {answer}   {'✓' if answer == prediction.truth else '✗'}   p={probability:.3f}")
    if explain:
        _print_steps(prediction, is_reversed=is_reversed)


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
