"""The padding `per-term`: every number is padded to the widest one, so its digits stand where their weight says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic.signs import quoted
from exprlearn.encoding.alphabet import Alphabet
from exprlearn.encoding.rows import refuse_too_long, runs, text_of
from exprlearn.encoding.vocabulary import PAD, Vocabulary
from exprlearn.encoding.widths import even_steps
from exprlearn.errors import EncodingError


@dataclass(frozen=True)
class PerTerm:
    """Padding before each number, then before the whole: `  5+ 12`.

    Units stand under units in every example with the same operators, so a model need not find out first how long the
    numbers are. The encoder-decoder tutorial on adding numbers proposes this and leaves it untried.
    """

    def width(self, alphabet: Alphabet, vocabulary: Vocabulary) -> int:
        """Return the steps of the longest expression whose numbers are all the widest."""
        return even_steps(alphabet, vocabulary)

    def pad(self, ids: NDArray[np.int32], vocabulary: Vocabulary, width: int) -> NDArray[np.int32]:
        """Spread packed ids (n, longest) over rows (n, width).

        Raises:
            EncodingError: a number wider than the widest, or a row that is longer than `width`.
        """
        taken = ids != PAD
        shifts = np.cumsum(padding_before(ids, vocabulary), axis=1)
        counts = np.count_nonzero(taken, axis=1)
        needed = counts + (shifts[:, -1] if shifts.shape[1] else 0)
        refuse_too_long(needed, ids, vocabulary, width)
        rows = np.full((len(ids), width), PAD, dtype=np.int32)
        places = np.arange(ids.shape[1]) + shifts + (np.arange(1, len(ids) + 1) * width - needed)[:, None]
        rows.reshape(-1)[places[taken]] = ids[taken]
        return rows


def padding_before(ids: NDArray[np.int32], vocabulary: Vocabulary) -> NDArray[np.int64]:
    """Count the padding that belongs right before each token of packed rows: (n, longest) -> (n, longest) int64.

    Raises:
        EncodingError: a number of more tokens than the vocabulary's widest one.
    """
    rows, starts, found = runs(vocabulary.numerals[ids])
    gaps = vocabulary.number_steps - found
    if int(gaps.min(initial=0)) < 0:
        text = text_of(ids[rows[np.argmax(gaps < 0)]], vocabulary)
        raise EncodingError(
            f"{quoted(text)} holds a number of {found.max()} steps, per-term padding leaves room for "
            f"{vocabulary.number_steps}: write smaller numbers, or train with a larger grammar.range"
        )
    before = np.zeros(ids.shape, dtype=np.int64)
    before[rows, starts] = gaps
    return before
