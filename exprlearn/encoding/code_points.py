"""Blocks of text as matrices of code points, the form that whole blocks are worked on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from exprlearn.encoding.rows import is_packed
from exprlearn.errors import EncodingError

Texts = Sequence[str] | NDArray[np.str_]


def text_array(texts: Texts) -> NDArray[np.str_]:
    """Return texts as one contiguous '<U' array (n,).

    Raises:
        EncodingError: a text with a null character, which an array cannot tell from its own filling.
    """
    if not isinstance(texts, np.ndarray):
        for text in texts:
            if "\0" in text:
                raise EncodingError(f"{text!r} holds a null character; leave it out")
    array = np.ascontiguousarray(np.asarray(texts, dtype=np.str_).ravel())
    return array.astype(array.dtype.newbyteorder("="), copy=False) if array.dtype.itemsize else array.astype("<U1")


def code_points(texts: Texts) -> NDArray[np.uint32]:
    """Return the code points (n, longest) uint32 of texts; 0 fills the rows up.

    Raises:
        EncodingError: a text with a null character.

    >>> code_points(["1+2", "7"])
    array([[49, 43, 50],
           [55,  0,  0]], dtype=uint32)
    """
    array = text_array(texts)
    codes: NDArray[np.uint32] = array.view(np.uint32).reshape(len(array), array.dtype.itemsize // 4)
    if not is_packed(codes != 0):
        holes = (codes[:, :-1] == 0) & (codes[:, 1:] != 0)
        row = int(np.flatnonzero(holes.any(axis=1))[0])
        raise EncodingError(f"{str(array[row])!r} holds a null character; leave it out")
    return codes


def texts_from(codes: NDArray[np.uint32]) -> NDArray[np.str_]:
    """Return the texts '<U' (n,) of code points (n, longest) whose zeros all stand at the right.

    >>> texts_from(np.array([[49, 43, 50], [55, 0, 0]], dtype=np.uint32)).tolist()
    ['1+2', '7']
    """
    rows, width = codes.shape
    if width == 0:
        return np.zeros(rows, dtype="<U1")
    return np.ascontiguousarray(codes).view(f"<U{width}").reshape(rows)
