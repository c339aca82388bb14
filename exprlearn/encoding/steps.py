"""The way of one text to ids, step by step, for people who want to see it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exprlearn.encoding.vocabulary import END, PAD, Vocabulary

SHOWN = {PAD: "·", END: "⏎"}


@dataclass(frozen=True)
class Steps:
    """What a text becomes on its way into a row.

    Attributes:
        text: the text as the grammar writes it.
        padded: the text in its row, `·` for padding and `⏎` for the end mark, before the source is reversed.
        tokens: the symbols of the row as the model meets them.
        ids: their ids.
    """

    text: str
    padded: str
    tokens: tuple[str, ...]
    ids: tuple[int, ...]


def steps_of(text: str, row: NDArray[np.int32], vocabulary: Vocabulary, *, is_reversed: bool) -> Steps:
    """Describe the row of ids (width,) that a text became."""
    tokens = tuple(vocabulary.symbol(int(number)) for number in row)
    shown = [SHOWN.get(int(number), token) for number, token in zip(row, tokens, strict=True)]
    padded = "".join(reversed(shown) if is_reversed else shown)
    return Steps(text, padded, tokens, tuple(int(number) for number in row))
