"""The source side: expressions to padded rows of ids and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.encoding.code_points import Texts, text_array
from exprlearn.encoding.lookup import Lookup
from exprlearn.encoding.rows import checked, packed
from exprlearn.encoding.vocabulary import PAD, Vocabulary
from exprlearn.errors import EncodingError
from exprlearn.plugin import Augmenting, Mirroring, Padding


@dataclass(frozen=True, kw_only=True)
class SourceRows:
    """Expressions as rows of `width` ids."""

    lookup: Lookup
    vocabulary: Vocabulary
    padding: Padding
    width: int
    is_reversed: bool

    def rows(self, expressions: Texts, random: np.random.Generator | None = None) -> NDArray[np.int32]:
        """Return rows (n, width) int32, laid out by `random` where the padding can.

        Raises:
            EncodingError: an expression that is empty, too long or outside of the vocabulary.
        """
        ids: NDArray[Any] | None = None
        if self.is_reversed and isinstance(self.padding, Mirroring):
            ids = self.lookup.byte_ids(expressions)
        if ids is None:
            ids = self.lookup.ids(expressions)
        # Packed rows begin with a token if they have any.
        empty = ids[:, 0] == PAD if ids.shape[1] else np.ones(len(ids), bool)
        if empty.any():
            text = str(text_array(expressions)[np.argmax(empty)])
            raise EncodingError(f"{text!r} holds no expression: write one such as 1+2")
        if random is not None and isinstance(self.padding, Augmenting):
            rows = self.padding.pad_augmented(ids, self.vocabulary, self.width, random)
        elif self.is_reversed and isinstance(self.padding, Mirroring):
            return self.padding.pad_mirrored(ids, self.vocabulary, self.width)
        else:
            rows = self.padding.pad(ids, self.vocabulary, self.width)
        return np.ascontiguousarray(rows[:, ::-1]) if self.is_reversed else rows

    def texts(self, ids: NDArray[np.integer[Any]]) -> NDArray[np.str_]:
        """Return the expressions '<U' (n,) of rows (n, width).

        Raises:
            EncodingError: an id that the vocabulary does not have.
        """
        rows = checked(ids, self.vocabulary)
        return self.lookup.texts(packed(rows[:, ::-1] if self.is_reversed else rows))
