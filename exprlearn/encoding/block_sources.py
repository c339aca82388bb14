"""Source rows of whole blocks, put together from skeletons and numbers instead of from texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from exprlearn.encoding.alphabet import DIGITS
from exprlearn.encoding.vocabulary import PAD, Vocabulary
from exprlearn.grammar.languages import Language
from exprlearn.plugin.kinds.padding import Piecewise
from exprlearn.sampling.assembly import Assembly, Numbers, listed_numbers
from exprlearn.sampling.runs import Runs, runs_of

if TYPE_CHECKING:
    from exprlearn.sampling.block import Block
    from exprlearn.sampling.skeletons import SkeletonTable

# Ids from here on do not fit bytes; languages of more texts are not listed.
_IDS, _LISTED = 256, 1 << 17


class BlockSources:
    """Makes the rows of blocks for one combination of padding and reversal.

    Args:
        signs: the symbol that each character is read as, nothing for one that is left out.
        vocabulary: the ids of symbols.
        padding: where rows are filled up.
        width: steps of a row.
        is_reversed: rows are written back to front.
    """

    def __init__(
        self, signs: Mapping[str, str], vocabulary: Vocabulary, padding: Piecewise, width: int, *, is_reversed: bool
    ) -> None:
        self._ids = {sign: vocabulary.ids.get(read, PAD) if read else PAD for sign, read in signs.items()}
        self._steps, self._ends_right = padding.number_steps(vocabulary), padding.ends_right
        self._width, self._flips = width, is_reversed != padding.ends_right
        # Forgotten together with a table.
        self._listed: dict[Language, Numbers | None] = {}
        self._known: WeakKeyDictionary[SkeletonTable, Assembly | None] = WeakKeyDictionary()

    def rows(self, block: Block) -> NDArray[np.int32] | None:
        """Return rows (n, width) int32; None where only the text tells."""
        if len(block.skeletons) != block.stratum.skeleton_count:
            return None
        if block.skeletons not in self._known:
            self._known[block.skeletons] = self._assembly(block)
        assembly = self._known[block.skeletons]
        if assembly is None:
            return None
        ids, lengths = assembly.rows(block.rows, block.fillers)
        # What is empty or too long is refused where it is read as text.
        if not len(block) or not 0 < int(lengths.min()) <= int(lengths.max()) <= self._width:
            return None
        rows = ids[:, : self._width]
        return (rows[:, ::-1] if self._flips else rows).astype(np.int32, order="C")

    def _assembly(self, block: Block) -> Assembly | None:
        table, runs = block.skeletons, runs_of(block.skeletons)
        literals = [self._bytes(text) for text in table.literals]
        numbers = [self._numbers(language) for language in block.stratum.slots]
        if runs is None or None in literals or None in numbers or not self._keeps_numbers_apart(table, runs):
            return None
        return Assembly(
            table,
            runs,
            [literal for literal in literals if literal is not None],
            [each for each in numbers if each is not None],
            self._width,
            mirrored=self._ends_right,
        )

    def _keeps_numbers_apart(self, table: SkeletonTable, runs: Runs) -> bool:
        """Tell whether digits beside each other always belong to one number."""
        if any(set(DIGITS) & set(literal) for literal in table.literals):
            return False
        silent = np.array([not any(self._bytes(table.literals[token]) for token in run) for run in runs.runs])
        return not silent[runs.numbers[1:-1]].any()

    def _numbers(self, language: Language) -> Numbers | None:
        if language not in self._listed:
            self._listed[language] = self._list(language)
        return self._listed[language]

    def _list(self, language: Language) -> Numbers | None:
        if language.size > _LISTED:
            return None
        texts = language.texts(np.arange(language.size)).tolist()
        if not all(text.isascii() and text.isdigit() for text in texts):
            return None
        written = [self._number(text) for text in texts]
        listed = [number for number in written if number is not None]
        return listed_numbers(listed) if len(listed) == len(written) else None

    def _number(self, text: str) -> bytes | None:
        written = self._bytes(text)
        if written is None or (self._steps and len(written) > self._steps):
            return None
        padded = bytes([PAD]) * (self._steps - len(written)) + written
        return padded[::-1] if self._ends_right else padded

    def _bytes(self, text: str) -> bytes | None:
        """Write a text in ids; None where one is unknown or does not fit a byte."""
        ids = [self._ids.get(sign) for sign in text]
        known = [number for number in ids if number is not None and number < _IDS]
        return bytes(number for number in known if number != PAD) if len(known) == len(ids) else None
