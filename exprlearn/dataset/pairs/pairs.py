"""Questions with the answers that somebody gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from operator import eq
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic.divisions import ExactOnlyPolicy
from exprlearn.arithmetic.operators import Operators
from exprlearn.dataset.audit.read_questions import ReadQuestions, read_questions
from exprlearn.dataset.canonical import Level, canonical_key, text_keys
from exprlearn.dataset.drawing.rows import Examples
from exprlearn.dataset.drawing.split import Answering, Split
from exprlearn.errors import EvaluationError
from exprlearn.plugin import Division

Words = NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Pairs:
    """n questions with their answers, in the order in which they came.

    Attributes:
        name: of the file or folder; messages and run folders show it.
        examples: questions and answers.
        splits: the split of each as a column says it; None without such a column.
        places: what names each row, such as `sums.csv:17`; empty where they are counted from 1.
        operators: those of plugins that questions are read with; None where `with_operators` has not looked for them.

    >>> pairs = Pairs("sums", Examples.of([("What is 3+5?", "8"), ("5+3", "8"), ("a dozen", "12")]))
    >>> pairs.expressions
    ['3+5', '5+3', None]
    >>> one, other, third = pairs.keys("commutative").tolist()
    >>> one == other, one == third
    (True, False)
    """

    name: str
    examples: Examples
    splits: tuple[Split, ...] | None = None
    places: Sequence[str] = ()
    operators: Operators | None = None

    def __len__(self) -> int:
        return len(self.examples)

    def place(self, row: int) -> str:
        """Name a row, as messages do."""
        return self.places[row] if self.places else f"{self.name}: row {row + 1}"

    def with_operators(self, offered: Operators) -> Pairs:
        """Read questions with those of some operators of plugins whose signs they have."""
        text = "\n".join(self.examples.expressions.tolist())
        return replace(self, operators=tuple(operator for operator in offered if operator.sign in text))

    @property
    def expressions(self) -> Sequence[str | None]:
        """The expression that each question is, or asks for and nothing else; None where it is other text."""
        return self._read.expressions

    @property
    def are_expressions(self) -> bool:
        """Tell whether every question is an expression and nothing else, and every answer a whole number."""
        questions, answers = self.examples.expressions.tolist(), self.examples.answers.tolist()
        return all(map(eq, questions, self.expressions)) and all(
            answer.removeprefix("-").isdecimal() for answer in answers
        )

    def keys(self, level: Level) -> Words:
        """Compute what each question says, uint64 [n]: the canonical key of its expression, else that of its text."""
        texts = text_keys(self.examples.expressions)
        if level == "string":
            return texts
        asked = np.array([text is not None for text in self.expressions], bool)
        if level == "commutative":
            return np.where(asked, self._read.forms, texts)
        for row in np.flatnonzero(asked).tolist():
            texts[row] = canonical_key(self._read.tree(row).expression, level, operators=self.operators or ())
        return texts

    def exact_answers(self, division: Division) -> list[str | None]:
        """Compute the exact answer of each question; None where it is no expression, or has none."""
        read = read_questions(self.examples.expressions.tolist(), division, operators=self.operators or ())
        truths, answering = list(read.truths), Answering(division, operators=self.operators or ())
        for row, tree in read.trees.items():
            with suppress(EvaluationError):
                truths[row] = answering.answer(tree.expression)
        return truths

    def are_exact(self, division: Division) -> bool:
        """Tell whether every question is an expression, and every answer the exact one."""
        return all(map(eq, self.exact_answers(division), self.examples.answers.tolist()))

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield each pair as a JSON line holds it."""
        for row, (question, answer) in enumerate(self.examples):
            split = {} if self.splits is None else {"split": self.splits[row]}
            yield {"question": question, "answer": answer, **split}

    @cached_property
    def answers(self) -> dict[str, str]:
        """The first answer to each question."""
        backwards = zip(self.examples.expressions.tolist()[::-1], self.examples.answers.tolist()[::-1], strict=True)
        return dict(backwards)

    @cached_property
    def _read(self) -> ReadQuestions:
        return read_questions(self.examples.expressions.tolist(), ExactOnlyPolicy(), operators=self.operators or ())
