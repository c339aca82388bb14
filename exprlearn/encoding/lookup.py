"""Text to packed ids and back: whole blocks at once when tokens are characters, else text by text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic.parsing import quoted
from exprlearn.encoding.alphabet import Alphabet, Side
from exprlearn.encoding.byte_rows import bytes_of
from exprlearn.encoding.code_points import Texts, code_points, text_array, texts_from
from exprlearn.encoding.rows import is_packed, packed
from exprlearn.encoding.sides import tokenizer_of
from exprlearn.encoding.vocabulary import END, PAD, SPECIALS, Vocabulary, shown
from exprlearn.errors import EncodingError
from exprlearn.plugin import Tokenizer

UNKNOWN = -1

# Code points below this fit a byte; so many texts pay for a table of all pairs of them.
_NARROW, _MANY = 256, 1024
# In bytes, what the vocabulary cannot write.
_UNKNOWN_BYTE = 255


class Lookup(Protocol):
    """Finds the ids of texts and the texts of ids."""

    def ids(self, texts: Texts) -> NDArray[np.int32]:
        """Return packed ids (n, longest) int32; EncodingError for a text outside of the vocabulary."""

    def byte_ids(self, texts: Texts) -> NDArray[np.uint8] | None:
        """Return packed ids (n, whole words) uint8 of a block of texts; None where `ids` is the way."""

    def texts(self, ids: NDArray[np.int32]) -> NDArray[np.str_]:
        """Return the texts '<U' (n,) of packed ids (n, longest)."""


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

    def byte_ids(self, texts: Texts) -> NDArray[np.uint8] | None:
        """Return packed ids (n, whole words) uint8; None for few texts, or where bytes do not hold codes and ids."""
        if len(texts) < _MANY or not self._fits_bytes:
            return None
        array = text_array(texts)
        codes = array.view(np.uint32).reshape(len(array), array.dtype.itemsize // 4)
        if int(codes.max()) >= _NARROW:
            return None
        narrow = bytes_of(codes)
        ids = self._pairs.take(narrow.view(np.uint16)).view(np.uint8)
        # What cannot be written, or read as text, is told apart and refused where speed does not count.
        return ids if int(ids.max()) < _UNKNOWN_BYTE and is_packed(narrow != 0) and is_packed(ids != PAD) else None

    def texts(self, ids: NDArray[np.int32]) -> NDArray[np.str_]:
        """Return the texts '<U' (n,) of packed ids (n, longest)."""
        return texts_from(self._codes[ids])

    @property
    def _fits_bytes(self) -> bool:
        return len(self._codes) <= _UNKNOWN_BYTE

    @cached_property
    def _pairs(self) -> NDArray[np.uint16]:
        """The ids of every two neighbouring characters, for looking up blocks takes the time of its lookups."""
        ids = self._ids[np.minimum(np.arange(_NARROW), len(self._ids) - 1)]
        narrow = np.where(ids == UNKNOWN, _UNKNOWN_BYTE, ids).astype(np.uint8)
        pairs = np.arange(_NARROW**2, dtype=np.uint16).view(np.uint8).reshape(-1, 2)
        table: NDArray[np.uint16] = narrow[pairs].view(np.uint16).reshape(-1)
        return table


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

    def byte_ids(self, texts: Texts) -> None:
        """Return nothing: `ids` is the way."""

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
