r"""Text of others in plain signs: what LaTeX and typography write for digits and signs, as ASCII has it."""

from __future__ import annotations

import re

from exprlearn.arithmetic import plain_signs

_SIGNS = {"times": "*", "cdot": "*", "div": "/"}
_NAMES = re.compile(r"\\(times|cdot|div|left|right)(?![A-Za-z])")
# `1{,}000`, and digits in groups of three that narrow or bound spaces part.
_GROUPS = re.compile(r"(?<=[0-9])(?:\{,\}|\\[,;:! ]|[\u00a0\u2009\u202f])(?=[0-9]{3}(?![0-9]))")
_BLANKS = re.compile(r"\\[,;:! ()\[\]]|[\u00a0\u2009\u202f]")
# A dash is a minus before a number and between two; between words it is punctuation.
_MINUS = re.compile("[\u2010-\u2013\uff0d](?=[0-9.(\\\\])|(?<=[0-9)] )[\u2010-\u2013\uff0d](?= [0-9.(])")

#: Numerator and denominator of a LaTeX fraction without further braces inside.
FRACTION = re.compile(r"\\[cdt]?frac\s?(?:\{([^{}]*)\}|([0-9]))\s?(?:\{([^{}]*)\}|([0-9]))")


def plain_text(text: str) -> str:
    r"""Write signs, digits in groups and blanks as ASCII does; `\frac` stays.

    >>> plain_text(r"\(2 \times 1{,}000\)").strip(), plain_text("2–1"), plain_text(r"1\,000")
    ('2 * 1,000', '2-1', '1,000')
    """
    if text.isascii() and "\\" not in text and "{," not in text:
        return text
    text = _GROUPS.sub(",", _MINUS.sub("-", plain_signs(text)))
    if "\\" in text:
        text = _NAMES.sub(lambda name: _SIGNS.get(name[1], ""), text)
    return _BLANKS.sub(" ", text)
