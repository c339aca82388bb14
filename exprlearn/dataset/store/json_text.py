"""JSON written without a detour over objects, for texts that need no escapes."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

_QUOTE, _BACKSLASH, _FIRST_PRINTABLE = 34, 92, 32
_FIRST_SURROGATE, _LAST_SURROGATE = 0xD800, 0xDFFF


def compact(document: Any) -> str:
    """Write JSON without spaces."""
    return json.dumps(document, separators=(",", ":"))


def quoted(texts: NDArray[np.str_]) -> list[str]:
    r"""Write each text of '<U' [n] as it stands between the quotes of a JSON string.

    >>> quoted(np.array(["1+2", "a\nb"]))
    ['1+2', 'a\\nb']
    """
    plain: list[str] = texts.tolist()
    return [json.dumps(text)[1:-1] for text in plain] if _needs_escapes(texts) else plain


def _needs_escapes(texts: NDArray[np.str_]) -> bool:
    codes = np.ascontiguousarray(texts).view(np.uint32)
    special = (codes == _QUOTE) | (codes == _BACKSLASH) | ((codes < _FIRST_PRINTABLE) & (codes != 0))
    special |= (codes >= _FIRST_SURROGATE) & (codes <= _LAST_SURROGATE)
    return bool(special.any())
