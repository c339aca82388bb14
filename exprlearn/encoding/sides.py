"""The two sides of an example: how each is cut into tokens and laid out in rows of ids."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.encoding.alphabet import Alphabet
from exprlearn.encoding.id_rows import (
    Texts,
    checked,
    lengths,
    numbers_turned,
    packed,
    refuse_too_long,
    text_array,
    turned,
)
from exprlearn.encoding.lookup import Lookup, tokenizer_of
from exprlearn.encoding.vocabulary import END, PAD, START, Vocabulary
from exprlearn.errors import EncodingError
from exprlearn.plugin import Augmenting, CountsSteps, Mirroring, Padding, Tokenizer


def vocabulary_of(tokenizer: Tokenizer, alphabet: Alphabet) -> Vocabulary:
    """Return the vocabulary that a tokenizer needs for an alphabet.

    Raises:
        EncodingError: symbols that are empty, double or too many.
    """
    return Vocabulary(tuple(tokenizer.symbols(alphabet)), digit_steps(tokenizer, alphabet.widest_number))


def answer_steps(tokenizer: Tokenizer, alphabet: Alphabet) -> int:
    """Return the most tokens of an answer, without its end mark."""
    cutter, longest = tokenizer_of(tokenizer, alphabet, "target"), alphabet.longest_answer
    signs = alphabet.answer_characters.strip("0123456789")
    if signs not in ("", "-"):
        return longest
    return max(digit_steps(cutter, longest), len(signs) + digit_steps(cutter, longest - len(signs)))


def digit_steps(tokenizer: Tokenizer, digits: int) -> int:
    """Return the most tokens that so many digits in a row take; one each unless the tokenizer knows better."""
    return tokenizer.digit_steps(digits) if isinstance(tokenizer, CountsSteps) else digits


@dataclass(frozen=True)
class Sides:
    """The sides that are reversed.

    A reversed source is the padded row reversed. A reversed answer is written last digit first, so a carry
    is known before the digit that needs it; its end mark and padding stay at the right. Where a working stands before
    it, each number of both sides is reversed by itself, so that a line reads as the expression it follows from.
    """

    source: bool = False
    target: bool = False


NONE = Sides()
SOURCE = Sides(source=True)
TARGET = Sides(target=True)
BOTH = Sides(source=True, target=True)


@dataclass(frozen=True, kw_only=True)
class SourceRows:
    """Expressions as rows of `width` ids.

    Attributes:
        is_reversed: whether rows are reversed.
        turns_numbers: whether each number is turned by itself where they are.
    """

    lookup: Lookup
    vocabulary: Vocabulary
    padding: Padding
    width: int
    is_reversed: bool
    turns_numbers: bool = False

    def rows(self, expressions: Texts, random: np.random.Generator | None = None) -> NDArray[np.int32]:
        """Return rows (n, width) int32, laid out by `random` where the padding can.

        Raises:
            EncodingError: an expression that is empty, too long or outside of the vocabulary.
        """
        ids = self.lookup.ids(expressions)
        # Packed rows begin with a token if they have any.
        empty = ids[:, 0] == PAD if ids.shape[1] else np.ones(len(ids), bool)
        if empty.any():
            text = str(text_array(expressions)[np.argmax(empty)])
            raise EncodingError(f"{text!r} holds no expression: write one such as 1+2")
        if random is not None and isinstance(self.padding, Augmenting):
            rows = self.padding.pad_augmented(ids, self.vocabulary, self.width, random)
        elif self._mirroring is not None:
            return self._mirroring.pad_mirrored(ids, self.vocabulary, self.width)
        else:
            rows = self.padding.pad(ids, self.vocabulary, self.width)
        return self.turned(rows)

    @cached_property
    def _mirroring(self) -> Mirroring | None:
        # Asking what a padding can do takes longer than padding a row.
        is_asked = self.is_reversed and not self.turns_numbers
        return self.padding if is_asked and isinstance(self.padding, Mirroring) else None

    def texts(self, ids: NDArray[np.integer[Any]]) -> NDArray[np.str_]:
        """Return the expressions '<U' (n,) of rows (n, width).

        Raises:
            EncodingError: an id that the vocabulary does not have.
        """
        return self.lookup.texts(packed(self.turned(checked(ids, self.vocabulary))))

    def turned(self, rows: NDArray[np.int32]) -> NDArray[np.int32]:
        """Reverse rows (n, width) int32, or their numbers, where that is asked for; its own inverse."""
        if not self.is_reversed:
            return rows
        if self.turns_numbers:
            return numbers_turned(rows, self.vocabulary.numerals)
        return np.ascontiguousarray(rows[:, ::-1])


@dataclass(frozen=True, kw_only=True)
class AnswerRows:
    """Answers as rows of `width` ids: tokens, the end mark, padding.

    A decoder writes until it stops, so in every framing the padding of answers stands at the right.

    Attributes:
        is_reversed: whether answers are reversed.
        turns_numbers: whether each number is turned by itself where they are.
    """

    lookup: Lookup
    vocabulary: Vocabulary
    width: int
    is_reversed: bool
    turns_numbers: bool = False

    def rows(self, answers: Texts) -> NDArray[np.int32]:
        """Return rows (n, width) int32.

        Raises:
            EncodingError: an answer that is too long or outside of the vocabulary.
        """
        ids = self.lookup.ids(answers)
        counts = lengths(ids)
        refuse_too_long(counts + 1, ids, self.vocabulary, self.width)
        if self.is_reversed and not self.turns_numbers:
            rows = turned(ids, counts, self.width)
        else:
            rows = np.full((len(ids), self.width), PAD, dtype=np.int32)
            rows[:, : ids.shape[1]] = numbers_turned(ids, self.vocabulary.numerals) if self.is_reversed else ids
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
        if self.is_reversed and self.turns_numbers:
            return self.lookup.texts(numbers_turned(packed(kept), self.vocabulary.numerals))
        return self.lookup.texts(packed(kept[:, ::-1] if self.is_reversed else kept))
