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
from exprlearn.plugin.kinds.working import Drop
from exprlearn.working import WorkingCheck, check_working, parts_before, without_missing, write_working

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
        drop: how many parts of a working are left out from its beginning.
        counts: how many workings there were when `rows_that_fit` was last called, and how many there was no room for.
    """

    working: Working
    division: Division
    longest: int = 0
    drop: Drop = 0
    counts: dict[str, int] = field(default_factory=dict, compare=False)

    @property
    def stands_alone(self) -> bool:
        """Tell whether the answer is all that is written."""
        return self.drop == "all"

    def text(self, expression: str, answer: str, drop: Drop | None = None) -> str:
        """Write the working of an example, its answer at the end; `drop` where it is another one than usual.

        >>> from exprlearn.arithmetic.divisions import ExactOnlyPolicy
        >>> from exprlearn.working.forms import ExpressionsWorking
        >>> WorkingWriter(ExpressionsWorking(), ExactOnlyPolicy(), 20).text("8+3*(9+9)", "62")
        '8+3*18=8+54=62'
        """
        drop = self.drop if drop is None else drop
        return write_working(expression, self.working, self.division, truth=answer, drop=drop, limits=UNLIMITED)

    def texts(self, expressions: Sequence[str], answers: Sequence[str], drop: Drop | None = None) -> list[str]:
        """Write the workings of n examples; `drop` as of `text`."""
        return [self.text(*pair, drop) for pair in zip(expressions, answers, strict=True)]

    def answer(self, text: str) -> str:
        """Return the answer of a text: all of it, where answers stand alone."""
        return text if self.stands_alone else self.working.answer(text)

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
        """Find the first wrong line of what a model wrote, where parts are left out behind these."""
        whole = self.text(expression, truth, drop=0) if self.drop else ""
        missing = whole.removesuffix(self.text(expression, truth)) if self.drop else ""
        check = check_working(expression, missing + text, self.working, self.division, truth=truth, limits=UNLIMITED)
        return without_missing(check, missing, whole, self.working)

    def is_enough(self, expression: str, text: str, truth: str, drop: Drop) -> bool:
        """Tell whether a text ends with the right answer and shows no more parts than where so many are left out."""
        if drop == "all":
            return text == truth
        wanted = self.text(expression, truth, drop)
        shown = len(parts_before(text, truth, self.working))
        return self.working.answer(text) == truth and shown <= len(parts_before(wanted, truth, self.working))

    def count_right(self, expressions: Sequence[str], texts: Sequence[str], truths: Sequence[str]) -> int:
        """Count the texts that are right from their first line to the answer."""
        rows = zip(expressions, texts, truths, strict=True)
        # What ends with another answer needs no look at its lines.
        return sum(
            self.answer(text) == truth and self.check(asked, text, truth).fault is None for asked, text, truth in rows
        )


def working_writer(components: Components, encoder: Encoder) -> WorkingWriter | None:
    """Return what writes the workings of a run; None where answers stand alone."""
    if components.working is None:
        return None
    drop = components.config.working.drop
    return WorkingWriter(components.working, components.division, encoder.alphabet.longest_answer, drop)
