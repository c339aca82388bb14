"""Texts of the expressions of one table of skeletons: the way of all strata whose skeletons are known beforehand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from exprlearn.grammar.languages import IntegerRange, Language
from exprlearn.sampling.assembly import Assembly, Numbers, listed_numbers
from exprlearn.sampling.digit_pieces import digit_pieces
from exprlearn.sampling.runs import runs_of
from exprlearn.sampling.skeletons import SkeletonTable
from exprlearn.sampling.writing import Writer

#: Code points below this fit one byte; 0 is what rows are filled up with.
_NARROW = 256
_WIDEST = 1 << 63


class TableWriter:
    """Writes the expressions of one stratum.

    Args:
        table: its skeletons.
        slots: the language of each filler column.
        longest: characters of the longest expression.
    """

    def __init__(self, table: SkeletonTable, slots: Sequence[Language], longest: int) -> None:
        self._table = table
        self._assembly = _assembly(table, slots, longest)
        self._writer = None if self._assembly else Writer(table.literals, slots)

    def write(self, rows: NDArray[np.int64], fillers: NDArray[np.int64]) -> NDArray[np.str_]:
        """Write expressions.

        Args:
            rows: int64 [n], a row of the table for each expression.
            fillers: int64 [n, slots], an index into the language of each filler column.

        Returns:
            `'<U'` [n], as wide as the longest.
        """
        if self._assembly is None:
            assert self._writer is not None
            return self._writer.write(self._table, rows, fillers)
        codes, lengths = self._assembly.rows(rows, fillers)
        longest = max(1, int(lengths.max(initial=0)))
        return codes[:, :longest].astype(np.uint32).view(f"<U{longest}").reshape(-1)


def _assembly(table: SkeletonTable, slots: Sequence[Language], longest: int) -> Assembly | None:
    literals = [_bytes(text) for text in table.literals]
    numbers = [_numbers(language) for language in slots]
    runs = runs_of(table)
    if runs is None or None in literals or None in numbers:
        return None
    return Assembly(table, runs, [each for each in literals if each is not None], [n for n in numbers if n], longest)


def _numbers(language: Language) -> Numbers | None:
    """Say how the texts of a language are written; None where they do not fit bytes."""
    if isinstance(language, IntegerRange):
        if language.highest >= _WIDEST:
            return None
        highest = language.highest
        return Numbers(language.size, language.longest, lambda rows: digit_pieces(language.values(rows), highest))
    texts = [_bytes(text) for text in language.texts(np.arange(language.size)).tolist()]
    narrow = [text for text in texts if text is not None]
    return listed_numbers(narrow) if len(narrow) == len(texts) else None


def _bytes(text: str) -> bytes | None:
    return text.encode("latin-1") if all(0 < ord(character) < _NARROW for character in text) else None
