"""Text to packed ids and back: whole blocks at once when tokens are characters, else text by text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic.parsing import quoted
from exprlearn.encoding.alphabet import Alphabet, Side
from exprlearn.encoding.rows import Texts, code_points, packed, text_array, texts_from
from exprlearn.encoding.vocabulary import END, PAD, SPECIALS, Vocabulary, shown
from exprlearn.errors import EncodingError
from exprlearn.plugin import AlphabetAware, Tokenizer

UNKNOWN = -1


class Lookup(Protocol):
    """Finds the ids of texts and the texts of ids."""

    def ids(self, texts: Texts) -> NDArray[np.int32]:
        """Return packed ids (n, longest) int32; EncodingError for a text outside of the vocabulary."""

    def texts(self, ids: NDArray[np.int32]) -> NDArray[np.str_]:
        """Return the texts '<U' (n,) of packed ids (n, longest)."""


def tokenizer_of(tokenizer: Tokenizer, alphabet: Alphabet, side: Side) -> Tokenizer:
    """Return what cuts the texts of one side: the tokenizer itself unless it is aware of the alphabet."""
    return tokenizer.for_alphabet(alphabet, side) if isinstance(tokenizer, AlphabetAware) else tokenizer


def lookup_for(tokenizer: Tokenizer, vocabulary: Vocabulary, alphabet: Alphabet, side: Side) -> Lookup:
    """Return the fastest lookup that does what the tokenizer does on one side."""
    cutter, readings = tokenizer_of(tokenizer, alphabet, side), alphabet.readings(side)
    refuse = Refusal(side, tuple(symbol for symbol in vocabulary.symbols if readings.keys() >= set(symbol)))
    if cutter.per_character:
        return CharacterLookup(vocabulary, readings, refuse)
    return TokenLookup(cutter, vocabulary, readings, refuse)


@dataclass(frozen=True)
class Refusal:
    """Says that a text cannot be written on one side, and what can."""

    side: Side
    symbols: tuple[str, ...]

    def of(self, text: str, token: str) -> EncodingError:
        """Return the error for a text that holds `token`."""
        kind = "expression" if self.side == "source" else "answer"
        source = "train on a grammar" if self.side == "source" else "take a division policy"
        return EncodingError(
            f"the {kind} {quoted(text)} holds {token!r}, which the vocabulary cannot write; an {kind} may hold "
            f"{shown(self.symbols)}: write it with these, or {source} that has {token!r}"
        )


class CharacterLookup:
    """One table from code points to ids and one back."""

    def __init__(self, vocabulary: Vocabulary, readings: Mapping[str, str], refusal: Refusal) -> None:
        self._refusal = refusal
        # Padding and what is left out both have the id that packing drops.
        known = {sign: vocabulary.id(read) if read else PAD for sign, read in readings.items()} | {"\0": PAD}
        self._ids = np.full(max(map(ord, known)) + 2, UNKNOWN, dtype=np.int32)
        self._ids[[ord(sign) for sign in known]] = list(known.values())
        self._codes = np.zeros(len(vocabulary), dtype=np.uint32)
        for symbol, number in vocabulary.ids.items():
            self._codes[number] = ord(symbol) if len(symbol) == 1 else 0

    def ids(self, texts: Texts) -> NDArray[np.int32]:
        """Return packed ids (n, longest) int32.

        Raises:
            EncodingError: a character that this side cannot write.
        """
        codes = code_points(texts)
        ids = self._ids[np.minimum(codes, np.uint32(len(self._ids) - 1))]
        if ids.min(initial=0) == UNKNOWN:
            row, column = np.argwhere(ids == UNKNOWN)[0]
            raise self._refusal.of(str(text_array(texts)[row]), chr(codes[row, column]))
        return packed(ids)

    def texts(self, ids: NDArray[np.int32]) -> NDArray[np.str_]:
        """Return the texts '<U' (n,) of packed ids (n, longest)."""
        return texts_from(self._codes[ids])


class TokenLookup:
    """A loop over texts, for tokens of several characters."""

    def __init__(
        self, tokenizer: Tokenizer, vocabulary: Vocabulary, readings: Mapping[str, str], refusal: Refusal
    ) -> None:
        self._tokenizer, self._vocabulary, self._refusal = tokenizer, vocabulary, refusal
        self._readings, self._translation = readings, str.maketrans(dict(readings))
        self._plain = {sign for sign, read in readings.items() if sign == read}

    def ids(self, texts: Texts) -> NDArray[np.int32]:
        """Return packed ids (n, longest) int32.

        Raises:
            EncodingError: a character or token that this side cannot write.
        """
        rows = [self._row(text) for text in text_array(texts).tolist()]
        ids = np.full((len(rows), max(map(len, rows), default=0)), PAD, dtype=np.int32)
        counts = np.array([len(row) for row in rows], dtype=np.int64)
        ids[np.arange(ids.shape[1]) < counts[:, None]] = list(chain.from_iterable(rows))
        return ids

    def texts(self, ids: NDArray[np.int32]) -> NDArray[np.str_]:
        """Return the texts '<U' (n,) of packed ids (n, longest)."""
        symbols = ("",) * len(SPECIALS) + self._vocabulary.symbols
        join = self._tokenizer.join
        return text_array([join([symbols[number] for number in row if number > END]) for row in ids.tolist()])

    def _row(self, text: str) -> list[int]:
        known = self._vocabulary.ids
        try:
            return [known[token] for token in self._tokenizer.split(self._read(text))]
        except KeyError as error:
            raise self._refusal.of(text, error.args[0]) from None

    def _read(self, text: str) -> str:
        signs = set(text)
        if signs <= self._plain:
            return text
        for sign in text:
            if sign not in self._readings:
                raise self._refusal.of(text, sign)
        return text.translate(self._translation)
