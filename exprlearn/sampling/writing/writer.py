"""Expressions written by the block: every token in a cell of equal width, then the blanks squeezed out.

Nothing here runs once per expression in Python; a block of 65 536 is a dozen NumPy calls.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from exprlearn.grammar.languages import IntegerRange, Language
from exprlearn.sampling.writing.skeletons import SkeletonTable

#: Ranges up to this size are written by a table of texts, larger ones number by number.
_TABLE_SIZE = 1 << 16
#: Code points below this fit one byte, and bytes are several times faster to squeeze than whole code points.
_NARROW = 256

Cells = NDArray[np.void]
"""Texts of at most `width` characters, one an element, blanks (code point 0) anywhere among them."""


class Writer:
    """Writes the expressions of one stratum.

    Args:
        literals: the fixed texts.
        slots: the language of each filler column.
    """

    def __init__(self, literals: Sequence[str], slots: Sequence[Language]) -> None:
        self._slots = tuple(slots)
        self._width = max([len(text) for text in literals] + [language.longest for language in slots], default=0)
        # Many slots have one language, whose texts are listed once.
        languages = {each.name: each for each in slots}
        texts = {name: each.texts(np.arange(each.size)) for name, each in languages.items() if not _is_large(each)}
        self._code = _code_type([*literals, *(text for column in texts.values() for text in column.tolist())])
        self._tables = {name: _cells(column, self._width, self._code) for name, column in texts.items()}
        # Behind the literals come the tokens -1 (a slot) and -2 (nothing), where negative indices find them: blank.
        self._literals = _cells(np.array([*literals, "", ""]), self._width, self._code)

    def write(self, table: SkeletonTable, rows: NDArray[np.int64], fillers: NDArray[np.int64]) -> NDArray[np.str_]:
        """Write expressions.

        Args:
            table: the skeletons.
            rows: int64 [n], a row of the table for each expression.
            fillers: int64 [n, slots], an index into the language of each filler column.

        Returns:
            `'<U'` [n], as wide as the longest.
        """
        # With cells of two characters and blanks shown as dots, 7+12 goes from its tokens, # + #, to the cells of its
        # fixed texts, .. +. .., then to those of all its tokens, 7. +. 12, and without blanks to 7+12.
        tokens = table.tokens.take(rows, axis=0)
        cells = self._literals.take(tokens, mode="wrap")
        if table.slots:
            starts = np.arange(len(rows), dtype=np.int64)[:, None] * tokens.shape[1]
            cells.reshape(-1)[starts + table.slot_places.take(rows, axis=0)] = self._numbers(table, rows, fillers)
        return _squeeze(cells.view(self._code))

    def _numbers(self, table: SkeletonTable, rows: NDArray[np.int64], fillers: NDArray[np.int64]) -> Cells:
        """Write the numbers from left to right; cells [n, slots]."""
        cells = np.empty(fillers.shape, self._literals.dtype)
        for column, language in enumerate(self._slots):
            cells[:, column] = self._column(language, fillers[:, column])
        return table.from_left_to_right(cells, rows)

    def _column(self, language: Language, indices: NDArray[np.int64]) -> Cells:
        if language.name in self._tables:
            return self._tables[language.name].take(indices)
        return _cells(language.values(indices).astype(f"<U{language.longest}"), self._width, self._code)


def _is_large(language: Language) -> bool:
    # Any other language holds its texts in memory anyway.
    return isinstance(language, IntegerRange) and language.size > _TABLE_SIZE


def _code_type(texts: Sequence[str]) -> np.dtype[np.unsignedinteger]:
    widest = max((ord(character) for text in texts for character in text), default=0)
    return np.dtype(np.uint8 if widest < _NARROW else np.uint32)


def _cells(texts: NDArray[np.str_], width: int, code: np.dtype[np.unsignedinteger]) -> Cells:
    codes = texts.astype(f"<U{max(width, 1)}").view(np.uint32).reshape(len(texts), max(width, 1))
    return _pack(codes.astype(code))


def _pack(codes: NDArray[np.unsignedinteger]) -> Cells:
    """Join the code points of each text, [n, width], into one element that is copied as a whole."""
    size = codes.shape[1] * codes.itemsize
    whole = next((room for room in (1, 2, 4, 8) if room >= size), size)
    padded = np.zeros((len(codes), whole // codes.itemsize), codes.dtype)
    padded[:, : codes.shape[1]] = codes
    return padded.view(f"u{whole}" if whole <= 8 else f"V{whole}").reshape(-1)


def _squeeze(codes: NDArray[np.unsignedinteger]) -> NDArray[np.str_]:
    """Drop the blanks of each row of code points, [n, w], and read the rows as text."""
    written = codes != 0
    lengths = written.sum(axis=1, dtype=np.min_scalar_type(codes.shape[1]))
    longest = max(1, int(lengths.max(initial=0)))
    squeezed = np.zeros((len(codes), longest), np.uint32)
    # Compared in the type of the lengths, most often bytes.
    inside = np.arange(longest, dtype=lengths.dtype) < lengths[:, None]
    squeezed[inside] = np.compress(written.reshape(-1), codes.reshape(-1))
    return squeezed.view(f"<U{longest}").reshape(-1)
