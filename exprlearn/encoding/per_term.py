"""The padding `per-term`: every number is padded to the widest one, so its digits stand where their weight says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic.parsing import quoted
from exprlearn.encoding.alphabet import Alphabet
from exprlearn.encoding.rows import columns, refuse_too_long, text_of
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

    def number_steps(self, vocabulary: Vocabulary) -> int:
        """Return the steps that every number takes at least."""
        return vocabulary.number_steps

    @property
    def ends_right(self) -> bool:
        """Tell that rows are filled up in front."""
        return True

    def pad(self, ids: NDArray[np.int32], vocabulary: Vocabulary, width: int) -> NDArray[np.int32]:
        """Spread packed ids (n, longest) over rows (n, width).

        Raises:
            EncodingError: a number wider than the widest, or a row that is longer than `width`.
        """
        return _rows(_spread(ids, vocabulary, width))

    def pad_mirrored(self, ids: NDArray[np.int32], vocabulary: Vocabulary, width: int) -> NDArray[np.int32]:
        """Spread packed ids as `pad` does, every row back to front; raises as `pad` does."""
        return _rows(_spread(ids, vocabulary, width)[::-1])


def _rows(cells: NDArray[Any]) -> NDArray[np.int32]:
    """Turn columns of ids (width, n) into rows (n, width)."""
    return np.ascontiguousarray(cells.T).astype(np.int32)


def _spread(ids: NDArray[np.int32], vocabulary: Vocabulary, width: int) -> NDArray[Any]:
    """Spread packed ids (n, longest) over columns (width, n)."""
    tokens = columns(ids)
    places, needed = _places(tokens, ids, vocabulary)
    refuse_too_long(needed, ids, vocabulary, width)
    count = ids.shape[0]
    # Padding, whose place is -1, falls into a column of its own, so that no token has to be sought out.
    cells, first = np.zeros((width + 1, count), tokens.dtype), (width - 1) * count + np.arange(count)
    for step, place in zip(tokens, places, strict=True):
        cells.reshape(-1)[first - place * np.int64(count)] = step
    return cells[:width]


def _places(
    tokens: NDArray[Any], ids: NDArray[np.int32], vocabulary: Vocabulary
) -> tuple[NDArray[np.signedinteger[Any]], NDArray[np.int64]]:
    """Tell how many steps stand behind each token once numbers are padded.

    Args:
        tokens: packed ids as columns (longest, n).
        ids: the same as rows, for messages.
        vocabulary: says which tokens are digits and how many the widest number has.

    Returns:
        (longest, n), -1 for padding, and the steps that each row needs, (n,) int64.

    Raises:
        EncodingError: a number of more tokens than the vocabulary's widest one.
    """
    # The narrowest type for the most steps a row can need: most often one byte.
    kind = np.min_scalar_type(-(len(tokens) * (vocabulary.number_steps + 1) + 1))
    # Ones all over where something holds, so that `&` keeps a count there and makes it 0 elsewhere.
    numerals, taken = (-flags.astype(kind) for flags in (_are_numerals(tokens, vocabulary), tokens != PAD))
    places, behind, run = np.empty(tokens.shape, kind), *np.zeros((2, tokens.shape[1]), kind)
    widest = kind.type(vocabulary.number_steps)
    for step in range(len(tokens) - 1, -1, -1):
        places[step] = behind | ~taken[step]
        behind -= taken[step]
        run -= numerals[step]
        run &= numerals[step]
        starts = numerals[step] & ~numerals[step - 1] if step else numerals[step]
        gap = (widest - run) & starts
        if gap.size and int(gap.min()) < 0:
            raise _too_wide(ids, np.argmin(gap), int(run.max()), vocabulary)
        behind += gap
    return places, behind.astype(np.int64)


def _are_numerals(tokens: NDArray[Any], vocabulary: Vocabulary) -> NDArray[np.bool_]:
    """Tell which tokens are made of digits; in the shape of `tokens`."""
    known = np.flatnonzero(vocabulary.numerals)
    flags: NDArray[np.bool_]
    if len(known) and known[-1] - known[0] + 1 == len(known):
        flags = (tokens >= known[0]) & (tokens <= known[-1])
    else:
        flags = vocabulary.numerals[tokens]
    return flags


def _too_wide(ids: NDArray[np.int32], row: np.intp, steps: int, vocabulary: Vocabulary) -> EncodingError:
    return EncodingError(
        f"{quoted(text_of(ids[row], vocabulary))} holds a number of {steps} steps, per-term padding leaves room for "
        f"{vocabulary.number_steps}: write smaller numbers, or train with a larger grammar.range"
    )
