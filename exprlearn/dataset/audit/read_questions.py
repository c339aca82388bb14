"""What the questions of rows ask, and the true answers: by the block where they are plain, the others one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic import Tree, block_values, compile_skeletons, parse
from exprlearn.arithmetic.operators import Operators
from exprlearn.arithmetic.text_blocks import read_texts
from exprlearn.dataset.audit.questions import find_expression, plain_expression, read_with
from exprlearn.dataset.canonical import canonical_keys, commutative_key, text_key, text_keys
from exprlearn.plugin import Division


@dataclass(frozen=True, eq=False)
class ReadQuestions:
    """What n questions ask.

    Attributes:
        expressions: as they were read, without blanks; None where there is none.
        truths: the true answers; None where they must be asked for one by one.
        texts: uint64 [n], a key of each expression.
        forms: uint64 [n], a key of the form of each.
        trees: those of them that were read one by one.
    """

    expressions: Sequence[str | None]
    truths: Sequence[str | None]
    texts: NDArray[np.uint64]
    forms: NDArray[np.uint64]
    trees: Mapping[int, Tree]

    def tree(self, row: int) -> Tree:
        """Read the expression of a row, which has one."""
        return self.trees[row] if row in self.trees else parse(self.expressions[row] or "")


def read_questions(
    questions: Sequence[str | None], division: Division, *, turned: bool = False, operators: Operators = ()
) -> ReadQuestions:
    """Read questions, None where a row has none.

    Args:
        questions: the texts.
        division: how answers are computed.
        turned: numbers are reversed.
        operators: those of plugins that questions are read with.
    """
    found = _Found(len(questions), division)
    if not turned:
        # Most questions of most files are expressions as they stand.
        found.read(list(range(len(questions))), [question or "" for question in questions])
        for row, question in enumerate(questions) if operators else ():
            # The `x` of 0x1f is no sign of multiplication where a plugin says what it is.
            if found.expressions[row] is None:
                found.enter(row, read_with(question or "", operators))
    left = [row for row, question in enumerate(questions) if question is not None and found.expressions[row] is None]
    written = {row: plain_expression(questions[row] or "", turned=turned) for row in left}
    found.read(left, [text or "" for text in written.values()])
    for row in left:
        if written[row] is not None and found.expressions[row] is None:
            decimals = division.operation == "exact"
            found.enter(row, find_expression(questions[row] or "", decimals=decimals, turned=turned))
    return ReadQuestions(found.expressions, found.truths, found.texts, found.forms, found.trees)


class _Found:
    """What is known of n questions so far; see `ReadQuestions`."""

    def __init__(self, count: int, division: Division) -> None:
        self.expressions: list[str | None] = [None] * count
        self.truths: list[str | None] = [None] * count
        self.texts, self.forms = np.zeros((2, count), np.uint64)
        self.trees: dict[int, Tree] = {}
        self._division = division

    def enter(self, row: int, tree: Tree | None) -> None:
        """Remember what was read one by one, if anything was."""
        if tree is not None:
            self.trees[row], self.expressions[row] = tree, tree.expression
            self.texts[row], self.forms[row] = text_key(tree.expression), commutative_key(tree)

    def read(self, rows: Sequence[int], texts: Sequence[str]) -> None:
        """Read what of some texts is plain, each that of a question."""
        chosen, block = read_texts(texts)
        if not len(chosen):
            return
        programs = compile_skeletons(block.skeletons)
        answers, answered = self._division.answers(block_values(block, programs, self._division.operation))
        places = np.array(rows)[chosen]
        self.texts[places], self.forms[places] = text_keys(block.expressions), canonical_keys(block, programs)
        columns = places.tolist(), chosen.tolist(), answers.tolist(), answered.tolist()
        for place, row, truth, is_answered in zip(*columns, strict=True):
            self.expressions[place], self.truths[place] = texts[row], truth if is_answered else None
