"""The built-in paddings: before the text, after it, or before every number of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic.parsing import quoted
from exprlearn.encoding.alphabet import Alphabet
from exprlearn.encoding.id_rows import columns, lengths, refuse_too_long, text_of
from exprlearn.encoding.vocabulary import PAD, Vocabulary
from exprlearn.errors import EncodingError


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


@dataclass(frozen=True)
class Right:
    """Padding after the text: `5+12··`, with `·` for padding."""

    def width(self, alphabet: Alphabet, vocabulary: Vocabulary) -> int:
        """Return the steps of the longest expression."""
        return tight_steps(alphabet, vocabulary)

    def pad(self, ids: NDArray[np.int32], vocabulary: Vocabulary, width: int) -> NDArray[np.int32]:
        """Fill packed ids (n, longest) up to rows (n, width).

        Raises:
            EncodingError: a row that is longer than `width`.
        """
        refuse_too_long(lengths(ids), ids, vocabulary, width)
        rows = np.full((len(ids), width), PAD, dtype=np.int32)
        rows[:, : ids.shape[1]] = ids[:, :width]
        return rows


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
        # From right to left, a step of all rows at a time. With numbers of two steps, the tokens of 1+23 have 3 2 1 0
        # steps behind them, and 1 takes two with the padding before it, so the text takes 5; in a row of 6 the tokens
        # stand at 2 3 4 5. Padding of `ids`, and what is too long, goes to a step in front that is cut off.
        tokens, every = columns(ids), np.arange(len(ids))
        taken, numerals = tokens != PAD, vocabulary.numerals[tokens]
        cells = np.zeros((1 + width, len(ids)), tokens.dtype)
        behind, digits, most = np.zeros((3, len(ids)), np.int32)
        for step in reversed(range(len(tokens))):
            cells[np.maximum(width - behind, 0) * taken[step], every] = tokens[step]
            behind += taken[step]
            digits = (digits + 1) * numerals[step]
            most = np.maximum(most, digits)
            begins = numerals[step] > (numerals[step - 1] if step else False)
            behind += (vocabulary.number_steps - digits) * begins
        if int(most.max(initial=0)) > vocabulary.number_steps:
            raise _too_wide(ids[np.argmax(most)], int(most.max()), vocabulary)
        refuse_too_long(behind.astype(np.int64), ids, vocabulary, width)
        return np.ascontiguousarray(cells[1:].T).astype(np.int32)


def _too_wide(ids: NDArray[np.int32], steps: int, vocabulary: Vocabulary) -> EncodingError:
    return EncodingError(
        f"{quoted(text_of(ids, vocabulary))} holds a number of {steps} characters, per-term padding has room for "
        f"{vocabulary.number_steps}: write smaller numbers, or train with a larger grammar.range"
    )


def skeleton_steps(alphabet: Alphabet, vocabulary: Vocabulary) -> int:
    """Return the most steps that operators, brackets and words take: one a literal when each is a symbol."""
    whole = all(literal in vocabulary.ids for literal in alphabet.literals)
    return alphabet.most_literals if whole else alphabet.longest_skeleton


def even_steps(alphabet: Alphabet, vocabulary: Vocabulary) -> int:
    """Return the most steps when every number is padded to the widest one."""
    return skeleton_steps(alphabet, vocabulary) + alphabet.most_terms * vocabulary.number_steps


def tight_steps(alphabet: Alphabet, vocabulary: Vocabulary) -> int:
    """Return the most steps when numbers take what they need."""
    steps = even_steps(alphabet, vocabulary)
    # The characters of the longest expression bound its tokens only where no number has more tokens than digits.
    return steps if vocabulary.number_steps > alphabet.widest_number else min(alphabet.longest_expression, steps)
