"""`exprlearn predict`: ask a trained model expressions that were typed, and lines of stdin as they come in."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

import typer

from exprlearn.cli.options import CommandOptions
from exprlearn.cli.output import echo, echo_error, print_document, print_table
from exprlearn.cli.settings import load_run
from exprlearn.errors import DataError
from exprlearn.runs.prediction import Prediction, Refused, ask_each
from exprlearn.working import spaced_lines

#: Lines that are answered together, bytes that are read at once, and those of the longest line.
BATCH, CHUNK, LONGEST = 1024, 1 << 16, 1 << 20


class Question(NamedTuple):
    """A question and the line of stdin where it stands; 0 where it was typed."""

    text: str
    line: int = 0


def predict(options: CommandOptions) -> None:
    """Print the answer to each question, beside the exact truth."""
    for expression in options.expressions:
        # What begins with one minus may be an expression.
        if expression.startswith("--") and expression[2:3].isalpha():
            raise typer.BadParameter(f"no such option: {expression}")
    run = load_run(options.run, options)
    answers, refused = [], 0
    for questions in batches(options.expressions):
        texts = [each.text for each in questions]
        found = ask_each(run, texts, steps=options.explain, beam=options.beam)
        for question, answer in zip(questions, found, strict=True):
            if isinstance(answer, Refused):
                refused += 1
                _print_refused(question, answer)
            elif options.json:
                answers.append(_document(answer))
            else:
                _print(answer, options.explain, is_reversed=run.components.reversal.target)
    if options.json:
        print_document({"run": run.folder.name, "answers": answers})
    if refused:
        raise typer.Exit(1)


def batches(expressions: Sequence[str]) -> Iterator[list[Question]]:
    """Yield the expressions typed, and those of stdin where `-` stands, as soon as they are there.

    A line of stdin that never ends is a `DataError`.
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
    echo_error(f"{where}{named}{refused.why}")


def _document(prediction: Prediction) -> dict[str, Any]:
    steps = [asdict(step) for step in prediction.steps]
    candidates = [item._asdict() for item in prediction.candidates]
    more = {"steps": steps, "candidates": candidates}
    return {**prediction.document(), **{key: value for key, value in more.items() if value}}


def _print(prediction: Prediction, explain: bool, *, is_reversed: bool) -> None:
    """Print the answer, what a beam found besides it, and the steps where they are asked for."""
    known = "✓" if prediction.correct else f"✗ exact {prediction.truth}"
    mark = "? no right answer is known" if prediction.truth is None else known
    sure = "" if prediction.probability is None else f"   p={prediction.probability:.3f}"
    echo(f"{prediction.expression} = {spaced_lines(prediction.working) or prediction.answer}   {mark}{sure}")
    if prediction.check is not None and prediction.check.fault is not None:
        echo(f"  {prediction.check.fault}")
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
        what = "one number" if prediction.probability is None else "whole lines"
        echo(f"  {what}, not written step by step")
        return
    # A working stands in its order; only its numbers are turned.
    turned = ", each number reversed" if prediction.working else ", last character first"
    print_table(("step", "chosen", f"others{turned if is_reversed else ''}"), rows, right=("step",))
