"""The target side: answers to rows of ids that end with the end mark, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.encoding.code_points import Texts
from exprlearn.encoding.lookup import Lookup
from exprlearn.encoding.rows import checked, lengths, packed, refuse_too_long, turned
from exprlearn.encoding.vocabulary import END, PAD, START, Vocabulary


@dataclass(frozen=True, kw_only=True)
class AnswerRows:
    """Answers as rows of `width` ids: tokens, the end mark, padding.

    A decoder writes until it stops, so in every framing the padding of answers stands at the right.
    """

    lookup: Lookup
    vocabulary: Vocabulary
    width: int
    is_reversed: bool

    def rows(self, answers: Texts) -> NDArray[np.int32]:
        """Return rows (n, width) int32.

        Raises:
            EncodingError: an answer that is too long or outside of the vocabulary.
        """
        ids = self.lookup.ids(answers)
        counts = lengths(ids)
        refuse_too_long(counts + 1, ids, self.vocabulary, self.width)
        if self.is_reversed:
            rows = turned(ids, counts, self.width)
        else:
            rows = np.full((len(ids), self.width), PAD, dtype=np.int32)
            rows[:, : ids.shape[1]] = ids
        rows[np.arange(len(ids)), counts] = END
        return rows

    def texts(self, ids: NDArray[np.integer[Any]]) -> NDArray[np.str_]:
        """Return the answers '<U' (n,) of rows (n, steps): what stands before the first end mark, or the whole row.

        Raises:
            EncodingError: an id that the vocabulary does not have.
        """
        rows = checked(ids, self.vocabulary)
        over = np.logical_or.accumulate(rows == END, axis=1) | (rows == START)
        kept = np.where(over, PAD, rows).astype(np.int32)
        return self.lookup.texts(packed(kept[:, ::-1] if self.is_reversed else kept))
