"""What holds for every division policy: one way of writing, whether one answer is asked for or a block."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from exprlearn.arithmetic import UNLIMITED, answer
from exprlearn.dataset import longest_answer
from exprlearn.errors import DataError, EvaluationError, PluginError
from exprlearn.plugin import Division, JudgesValues
from exprlearn.testing.check import Subject, demand, offers
from exprlearn.testing.contract import Contract
from exprlearn.testing.samples import empty_block, sample_blocks, shipped_spaces

QUOTIENTS = ("1/3", "0/7", "7/2", "-7/2", "1/2/3", "10/5", "99999999999999999999/7")


class DivisionContract(Contract, kind="division"):
    """What every division policy promises."""


@DivisionContract.check()
def its_operation_is_one_there_is(subject: Subject) -> None:
    """Look at the word."""
    operation = subject.make().operation
    known = operation in ("exact", "floor") or re.fullmatch("modulo [1-9][0-9]{0,6}", operation)
    demand(known, f"operation must be 'exact', 'floor' or such as 'modulo 97', received {operation!r}")


@DivisionContract.check(needs=its_operation_is_one_there_is)
def what_has_no_answer_is_refused_with_an_evaluation_error(subject: Subject) -> None:
    """Ask for quotients of all sorts: a text or an `EvaluationError`, nothing else."""
    division = subject.make()
    for text in QUOTIENTS:
        try:
            written = answer(text, division, limits=UNLIMITED)
        except EvaluationError:
            continue
        demand(isinstance(written, str) and written, f"the answer of '{text}' must be a text, received {written!r}")


@DivisionContract.check(needs=what_has_no_answer_is_refused_with_an_evaluation_error)
def blocks_are_answered_as_single_expressions_are(subject: Subject) -> None:
    """Compare both ways over sums, products, quotients and brackets, row by row."""
    division = subject.make()
    for block, values in sample_blocks(division.operation):
        answers, answered = division.answers(values)
        for row, text in enumerate(block.expressions.tolist()):
            single, in_block = _single(text, division), str(answers[row]) if answered[row] else None
            demand(in_block == single, f"'{text}' is answered by {in_block!r} in a block and by {single!r} alone")


@DivisionContract.check(needs=what_has_no_answer_is_refused_with_an_evaluation_error)
def its_characters_cover_every_answer(subject: Subject) -> None:
    """Collect what answers are written with."""
    division = subject.make()
    for text, written in _answers(division):
        strange = sorted(set(written) - set(division.characters))
        demand(not strange, f"the answer {written!r} of '{text}' holds {strange}, and characters do not")


@DivisionContract.check(needs=what_has_no_answer_is_refused_with_an_evaluation_error)
def no_answer_is_longer_than_rows_have_room_for(subject: Subject) -> None:
    """Compare answers with the width that training lays rows out for; what has none is drawn with a constraint."""
    division = subject.make()
    for each in shipped_spaces():
        try:
            longest = longest_answer(each.space, division, ())
        except DataError:
            continue
        for text in each.expressions:
            written = _single(text, division) or ""
            demand(len(written) <= longest, f"{written!r}, the answer of '{text}', is longer than {longest} characters")


@DivisionContract.check()
def an_empty_block_is_answered_too(subject: Subject) -> None:
    """Answer a block without rows, as rare strata bring them."""
    columns = subject.make().answers(empty_block()[1])
    demand([len(column) for column in columns] == [0, 0], "a block without rows has no answers, received some")


@DivisionContract.check(needs=blocks_are_answered_as_single_expressions_are, applies=offers(JudgesValues))
def keep_values_tells_which_values_have_an_answer(subject: Subject) -> None:
    """Compare it with the answers of blocks, row by row."""
    division = subject.make()
    for _, values in sample_blocks(division.operation):
        rows = np.flatnonzero(values.defined & values.fits)
        answered = np.asarray(division.answers(values)[1])[rows]
        kept = np.asarray(division.keep_values(values.numerators[rows], values.denominators[rows])).astype(bool)
        for row in np.flatnonzero(kept != answered)[:1]:
            text = str(values.expressions[rows[row]])
            raise PluginError(f"'{text}' has an answer: {bool(answered[row])}; keep_values says {bool(kept[row])}")


def _single(text: str, division: Division) -> str | None:
    try:
        return answer(text, division, limits=UNLIMITED)
    except EvaluationError:
        return None


def _answers(division: Division) -> Iterator[tuple[str, str]]:
    """Yield expressions with their answers, where they have one."""
    texts = [*QUOTIENTS, *(text for each in shipped_spaces() for text in each.expressions)]
    for text in texts:
        written = _single(text, division)
        if written is not None:
            yield text, written
