"""What a model learns to write where the working stands before the answer, and what it wrote, read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic import UNLIMITED
from exprlearn.errors import TrainingError
from exprlearn.plugin import Division, Working
from exprlearn.working import WorkingCheck, check_working, write_working

if TYPE_CHECKING:
    from exprlearn.config import Components
    from exprlearn.encoding import Encoder


@dataclass
class WorkingWriter:
    """Writes answers with their workings.

    Attributes:
        working: what stands before an answer.
        division: how `/` computes and how the answer is written.
        longest: the most characters that there is room for; 0 where none are learned.
        counts: how many workings there were when `rows_that_fit` was last called, and how many there was no room for.
    """

    working: Working
    division: Division
    longest: int = 0
    counts: dict[str, int] = field(default_factory=dict, compare=False)

    def text(self, expression: str, answer: str) -> str:
        """Write the working of an example, its answer at the end.

        >>> from exprlearn.arithmetic.divisions import ExactOnlyPolicy
        >>> from exprlearn.working.forms import ExpressionsWorking
        >>> WorkingWriter(ExpressionsWorking(), ExactOnlyPolicy(), 20).text("8+3*(9+9)", "62")
        '8+3*18=8+54=62'
        """
        return write_working(expression, self.working, self.division, truth=answer, limits=UNLIMITED)

    def texts(self, expressions: Sequence[str], answers: Sequence[str]) -> list[str]:
        """Write the workings of n examples."""
        return [self.text(*pair) for pair in zip(expressions, answers, strict=True)]

    def fits(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Tell for each of n texts whether there is room for it; bool (n,)."""
        return np.array([len(text) <= self.longest for text in texts], bool)

    def rows_that_fit(self, texts: Sequence[str]) -> NDArray[np.intp]:
        """Choose the rows that are learned from, int (n,): one that is too long gives its place to the one before it.

        Raises:
            TrainingError: there is room for none of them.
        """
        fits = self.fits(texts)
        self.counts = {"workings": len(fits), "long_workings": int((~fits).sum())}
        if len(fits) and not fits.any():
            raise TrainingError(f"no working of {len(fits)} examples is as short as {self.longest} characters")
        rows = np.maximum.accumulate(np.where(fits, np.arange(len(fits)), -1))
        return np.where(rows < 0, np.argmax(fits), rows)

    def notes(self, counts: Mapping[str, int]) -> list[str]:
        """Tell how many workings there was no room for, from the counts of all epochs."""
        if not counts.get("long_workings"):
            return []
        told = f"{counts['long_workings']} of {counts['workings']} training examples have workings of more than"
        return [f"{told} {self.longest} characters, and others were learned from twice"]

    def check(self, expression: str, text: str, truth: str) -> WorkingCheck:
        """Find the first wrong line of what a model wrote."""
        return check_working(expression, text, self.working, self.division, truth=truth, limits=UNLIMITED)

    def count_right(self, expressions: Sequence[str], texts: Sequence[str], truths: Sequence[str]) -> int:
        """Count the texts that are right from their first line to the answer."""
        rows = zip(expressions, texts, truths, strict=True)
        # What ends with another answer needs no look at its lines.
        return sum(
            self.working.answer(text) == truth and self.check(asked, text, truth).fault is None
            for asked, text, truth in rows
        )


def working_writer(components: Components, encoder: Encoder) -> WorkingWriter | None:
    """Return what writes the workings of a run; None where answers stand alone."""
    if components.working is None:
        return None
    return WorkingWriter(components.working, components.division, encoder.alphabet.longest_answer)
