"""The padding `left`: text ends at the end of the row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exprlearn.encoding.alphabet import Alphabet
from exprlearn.encoding.rows import lengths, refuse_too_long
from exprlearn.encoding.vocabulary import PAD, Vocabulary
from exprlearn.encoding.widths import tight_steps


@dataclass(frozen=True)
class Left:
    """Padding before the text, as in the tutorials: ` 5+12`."""

    def width(self, alphabet: Alphabet, vocabulary: Vocabulary) -> int:
        """Return the steps of the longest expression."""
        return tight_steps(alphabet, vocabulary)

    def pad(self, ids: NDArray[np.int32], vocabulary: Vocabulary, width: int) -> NDArray[np.int32]:
        """Move packed ids (n, longest) to the right end of rows (n, width).

        Raises:
            EncodingError: a row that is longer than `width`.
        """
        counts = lengths(ids)
        refuse_too_long(counts, ids, vocabulary, width)
        rows = np.full((len(ids), width), PAD, dtype=np.int32)
        rows[np.arange(width) >= width - counts[:, None]] = ids[ids != PAD]
        return rows
