"""The signs an expression may use: ASCII ones, and the typographic ones that mean the same."""

from __future__ import annotations

_PLAIN = str.maketrans({"−": "-", "×": "*", "÷": "/"})


def plain_signs(text: str) -> str:
    """Write `−`, `×` and `÷` as `-`, `*` and `/`; the length stays.

    >>> plain_signs("−3×4÷2")
    '-3*4/2'
    """
    return text if text.isascii() else text.translate(_PLAIN)


def quoted(text: str, longest: int = 60) -> str:
    r"""Show `text` inside a message: cut when long, and printable whatever it holds.

    >>> quoted("1+" * 50, longest=8)
    "'1+1+1+1+…'"
    >>> print(quoted("1\ud800"))
    '1\ud800'
    """
    return repr(text if len(text) <= longest else f"{text[:longest]}…")
