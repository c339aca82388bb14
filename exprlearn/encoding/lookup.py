"""Text to packed ids and back: whole blocks at once when tokens are characters, else text by text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from exprlearn.encoding.code_points import Texts, code_points, text_array, texts_from
from exprlearn.encoding.rows import packed
from exprlearn.encoding.vocabulary import END, PAD, SPECIALS, Vocabulary
from exprlearn.errors import EncodingError
from exprlearn.plugin import Tokenizer

UNKNOWN = -1


class Lookup(Protocol):
    """Finds the ids of texts and the texts of ids."""

    def ids(self, texts: Texts) -> NDArray[np.int32]:
        """Return packed ids (n, longest) int32; EncodingError for a text outside of the vocabulary."""

    def texts(self, ids: NDArray[np.int32]) -> NDArray[np.str_]:
        """Return the texts '<U' (n,) of packed ids (n, longest)."""


def lookup_for(tokenizer: Tokenizer, vocabulary: Vocabulary, spellings: Mapping[str, str]) -> Lookup:
    """Return the fastest lookup that does what the tokenizer does.

    Args:
        tokenizer: cuts the texts.
        vocabulary: holds its symbols.
        spellings: characters that are read as another one, or left out when that is empty.
    """
    kind = CharacterLookup if tokenizer.per_character else TokenLookup
    return kind(tokenizer, vocabulary, spellings)


class CharacterLookup:
    """One table from code points to ids and one back."""

    def __init__(self, tokenizer: Tokenizer, vocabulary: Vocabulary, spellings: Mapping[str, str]) -> None:
        self.vocabulary = vocabulary
        single = {symbol: number for symbol, number in vocabulary.ids.items() if len(symbol) == 1}
        # Padding and what is left out both have the id that packing drops.
        single |= {"\0": PAD} | {sign: single[read] if read else PAD for sign, read in spellings.items()}
        self._ids = np.full(max(map(ord, single)) + 2, UNKNOWN, dtype=np.int32)
        self._ids[[ord(sign) for sign in single]] = list(single.values())
        self._codes = np.zeros(len(vocabulary), dtype=np.uint32)
        for symbol, number in vocabulary.ids.items():
            self._codes[number] = ord(symbol) if len(symbol) == 1 else 0

    def ids(self, texts: Texts) -> NDArray[np.int32]:
        """Return packed ids (n, longest) int32.

        Raises:
            EncodingError: a character outside of the vocabulary.
        """
        codes = code_points(texts)
        ids = self._ids[np.minimum(codes, np.uint32(len(self._ids) - 1))]
        if ids.min(initial=0) == UNKNOWN:
            row, column = np.argwhere(ids == UNKNOWN)[0]
            raise refusal(str(text_array(texts)[row]), chr(codes[row, column]), self.vocabulary)
        return packed(ids)

    def texts(self, ids: NDArray[np.int32]) -> NDArray[np.str_]:
        """Return the texts '<U' (n,) of packed ids (n, longest)."""
        return texts_from(self._codes[ids])


class TokenLookup:
    """A loop over texts, for tokens of several characters."""

    def __init__(self, tokenizer: Tokenizer, vocabulary: Vocabulary, spellings: Mapping[str, str]) -> None:
        self.tokenizer, self.vocabulary = tokenizer, vocabulary
        self._spellings = str.maketrans(dict(spellings))

    def ids(self, texts: Texts) -> NDArray[np.int32]:
        """Return packed ids (n, longest) int32.

        Raises:
            EncodingError: a token outside of the vocabulary.
        """
        rows = [self._row(text) for text in text_array(texts).tolist()]
        ids = np.full((len(rows), max(map(len, rows), default=0)), PAD, dtype=np.int32)
        counts = np.array([len(row) for row in rows], dtype=np.int64)
        ids[np.arange(ids.shape[1]) < counts[:, None]] = [number for row in rows for number in row]
        return ids

    def texts(self, ids: NDArray[np.int32]) -> NDArray[np.str_]:
        """Return the texts '<U' (n,) of packed ids (n, longest)."""
        symbols = ("",) * len(SPECIALS) + self.vocabulary.symbols
        join = self.tokenizer.join
        return text_array([join([symbols[number] for number in row if number > END]) for row in ids.tolist()])

    def _row(self, text: str) -> list[int]:
        known = self.vocabulary.ids
        tokens = self.tokenizer.split(text.translate(self._spellings))
        try:
            return [known[token] for token in tokens]
        except KeyError as error:
            raise refusal(text, error.args[0], self.vocabulary) from None


def refusal(text: str, token: str, vocabulary: Vocabulary) -> EncodingError:
    """Say that the vocabulary cannot write `token`, and what it can."""
    return EncodingError(
        f"'{text}' holds {token!r}, which the vocabulary cannot write; it holds {vocabulary.shown}: "
        f"write it with these, or train on a grammar that has {token!r}"
    )
