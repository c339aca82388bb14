"""What parts have in common, looked up row by row while files are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset.canonical_blocks import text_keys
from exprlearn.dataset.drawing.rows import Rows
from exprlearn.dataset.drawing.slices import Piece
from exprlearn.dataset.drawing.split import SPLITS, Split
from exprlearn.dataset.store.recipe import Recipe
from exprlearn.dataset.store.tools import Tools
from exprlearn.dataset.store.workshop import open_workshop

Words = NDArray[np.uint64]

#: How many rows share an expression, and how many a form, with a later part; by pair, as in `train/test`.
Shared = dict[str, tuple[int, int]]


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Validation and test, by the keys of their expressions and of their forms.

    Attributes:
        texts: uint64 [n], rising, of each part.
        forms: uint64 [n], rising, of each part.
    """

    texts: Mapping[Split, Words]
    forms: Mapping[Split, Words]

    def shared(self, rows: Rows) -> Shared:
        """Count the rows that share something with a part behind their own."""
        later = SPLITS[SPLITS.index(rows.split) + 1 :]
        texts = text_keys(rows.expressions)
        return {
            f"{rows.split}/{part}": (_hits(texts, self.texts[part]), _hits(rows.keys, self.forms[part]))
            for part in later
        }


@lru_cache(maxsize=1)
def held_out(recipe: Recipe, tools: Tools, validation: int, test: int) -> HeldOut:
    """Make the keys of so many held-out rows, once a process; raises as `Workshop.rows` does."""
    workshop = open_workshop(recipe, tools)
    texts: dict[Split, Words] = {}
    forms: dict[Split, Words] = {}
    for part, count in zip(SPLITS[1:], (validation, test), strict=True):
        pieces = list(workshop.rows(Piece(part, count)))
        texts[part] = _rising(text_keys(rows.expressions) for rows in pieces)
        forms[part] = _rising(rows.keys for rows in pieces)
    return HeldOut(texts, forms)


def added(counts: Iterable[Shared]) -> Shared:
    """Add up counts.

    >>> added([{"train/test": (0, 1)}, {"train/test": (2, 3)}])
    {'train/test': (2, 4)}
    """
    total: Shared = {}
    for each in counts:
        for pair, (texts, forms) in each.items():
            before = total.get(pair, (0, 0))
            total[pair] = before[0] + texts, before[1] + forms
    return total


def _rising(columns: Iterable[Words]) -> Words:
    return np.sort(np.concatenate([np.empty(0, np.uint64), *columns]))


def _hits(keys: Words, known: Words) -> int:
    if not len(known):
        return 0
    places = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return int((known[places] == keys).sum())
