"""What holds for every way to draw: splits apart, true answers, the same examples each time and in any pieces."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

from exprlearn.arithmetic.divisions import ExactOnlyPolicy
from exprlearn.dataset import Answering
from exprlearn.dataset.drawing import SPLITS, Example, Examples, Piece, Rows, Split
from exprlearn.plugin import Drawing, DrawingContext
from exprlearn.sampling import ExpressionSpace
from exprlearn.testing.check import Subject, demand
from exprlearn.testing.contract import Contract

TRAIN, HELD_OUT, SLICES = 200, 30, 3


@lru_cache(maxsize=1)
def small_space() -> ExpressionSpace:
    """Count a small space of two sizes."""
    return ExpressionSpace.from_file("mixed", terms=(2, 3), brackets=0)


class DrawingContract(Contract, kind="drawing"):
    """What every way to draw promises."""


@DrawingContract.check()
def it_trains_without_end_on_true_answers(subject: Subject) -> None:
    """Draw training examples, and answer each anew."""
    drawing, context = _open(subject), _context()
    examples, _ = drawing.train.take(TRAIN)
    demand(len(examples) == TRAIN, f"{TRAIN} training examples asked for, {len(examples)} came")
    _demand_true(examples, context)


@DrawingContract.check(needs=it_trains_without_end_on_true_answers)
def a_training_goes_on_at_its_cursor(subject: Subject) -> None:
    """Draw in two requests what was drawn in one."""
    train = _open(subject).train
    whole, end = train.take(TRAIN)
    first, cursor = train.take(TRAIN // 3)
    second, last = train.take(TRAIN - len(first), start=cursor)
    demand([*first, *second] == list(whole), "drawn in two requests, the training examples are others")
    demand(last == end, f"drawn in two requests, the cursor behind them is {last} instead of {end}")


@DrawingContract.check()
def held_out_examples_are_true_and_differ(subject: Subject) -> None:
    """Take fixed sets, and a part of each once more."""
    drawing, context = _open(subject), _context()
    for split in SPLITS[1:]:
        examples = drawing.fixed(split, HELD_OUT)
        texts = examples.expressions.tolist()
        demand(len(set(texts)) == len(texts), f"a {split} expression comes twice")
        fewer = list(drawing.fixed(split, HELD_OUT // 2))
        demand(fewer == list(examples)[: HELD_OUT // 2], f"a smaller {split} set does not begin the larger one")
        _demand_true(examples, context)


@DrawingContract.check(needs=held_out_examples_are_true_and_differ)
def the_same_context_gives_the_same_examples(subject: Subject) -> None:
    """Make the drawing a second time."""
    one, other = _open(subject), _open(subject)
    demand(list(one.train.take(TRAIN)[0]) == list(other.train.take(TRAIN)[0]), "made again, it trains on others")
    for split in SPLITS[1:]:
        first, second = (list(drawing.fixed(split, HELD_OUT)) for drawing in (one, other))
        demand(first == second, f"made again, its {split} examples are others")


@DrawingContract.check(needs=held_out_examples_are_true_and_differ)
def no_two_splits_share_an_expression(subject: Subject) -> None:
    """Compare the splits of two seeds, in training and in files."""
    for seed in (0, 1):
        drawing = _open(subject, seed)
        texts = {split: {row.expression for row in _file(drawing, split)} for split in SPLITS}
        texts["train"] |= set(drawing.train.take(TRAIN)[0].expressions.tolist())
        for split in SPLITS[1:]:
            texts[split] |= set(drawing.fixed(split, HELD_OUT).expressions.tolist())
        for one, other in combinations(SPLITS, 2):
            shared = texts[one] & texts[other]
            demand(not shared, f"{one} and {other} share {next(iter(shared), '')}")


@DrawingContract.check()
def files_hold_as_many_rows_as_asked_for_each_once(subject: Subject) -> None:
    """Draw the training rows of some files, each on its own."""
    drawing, seen = _open(subject), set[str]()
    for piece in _pieces("train"):
        texts = [text for rows in drawing.rows(piece) for text in rows.expressions.tolist()]
        demand(len(texts) == piece.rows, f"{piece.rows} rows asked for, {len(texts)} came")
        demand(not seen & set(texts) and len(set(texts)) == len(texts), "an expression comes twice in training files")
        seen |= set(texts)


@DrawingContract.check(needs=held_out_examples_are_true_and_differ)
def held_out_rows_are_those_that_a_run_is_evaluated_by(subject: Subject) -> None:
    """Draw the held-out rows of two files, one behind the other."""
    drawing = _open(subject)
    for split in SPLITS[1:]:
        rows, fixed = list(_file(drawing, split)), list(drawing.fixed(split, HELD_OUT))
        demand(rows == fixed, f"the {split} rows of files are not its fixed set")


@DrawingContract.check(needs=files_hold_as_many_rows_as_asked_for_each_once)
def what_is_available_can_be_drawn(subject: Subject) -> None:
    """Ask for more than there is, and draw as much as is said."""
    drawing = _open(subject)
    found = drawing.availability({"train": 10**6, "validation": HELD_OUT, "test": HELD_OUT}, SLICES)
    demand(found is not None and found.train is not None, f"of {small_space().size} expressions, it gives a million")
    for number, count in enumerate((found and found.train) or ()):
        drawn = sum(map(len, drawing.rows(Piece("train", count, slice=number, slices=SLICES))))
        demand(drawn == count, f"slice {number} is said to have {count} rows, {drawn} came")


def _context(seed: int = 0) -> DrawingContext:
    held_out: dict[Split, int] = {"validation": HELD_OUT, "test": HELD_OUT}
    return DrawingContext(small_space(), Answering(ExactOnlyPolicy()), seed, held_out)


def _open(subject: Subject, seed: int = 0) -> Drawing:
    drawing: Drawing = subject.make()(_context(seed))
    return drawing


def _pieces(split: Split) -> list[Piece]:
    """Plan files: slices of the training split, neighbouring runs of a held-out one."""
    if split == "train":
        return [Piece(split, TRAIN // SLICES, slice=number, slices=SLICES) for number in range(SLICES)]
    return [Piece(split, HELD_OUT // 2, skip) for skip in (0, HELD_OUT // 2)]


def _file(drawing: Drawing, split: Split) -> Iterator[Example]:
    blocks: Iterator[Rows] = (rows for piece in _pieces(split) for rows in drawing.rows(piece))
    return (example for rows in blocks for example in Examples(rows.expressions, rows.answers))


def _demand_true(examples: Examples, context: DrawingContext) -> None:
    for expression, answer in examples:
        truth = context.answering.answer(expression)
        demand(truth is not None, f"{expression} is no example under the rules")
        demand(truth == answer, f"the answer of {expression} is {answer} instead of {truth}")
