"""Words of asking: what may stand around an expression without asking for something else."""

from __future__ import annotations

import re
from functools import lru_cache

# None of them counts, compares, rounds or names a further operation.
_WORDS = """
a ai an and answer arithmetic are assistant be bot calculate calculation can come compute correct could determine do
does equal equals equation evaluate exact exactly expression final find following for get give help how human i input
instruction is just know make makes math mathematical maths me much need now number of only out output please problem
provide q question reply respond response result return s show simplify solve state system tell thank thanks the this
to user value want what whats will with work would write you your
"""
WORDS = frozenset(_WORDS.split())

# Behind these a number counts things, as in "Problem 7 - 3+5", unless an article or a colon parts them.
_NUMBERED = frozenset(
    ("a", "answer", "do", "equation", "expression", "calculation", "number", "problem", "q", "question")
)
_ARTICLES = frozenset(("the", "this", "following"))

_MARKS = str.maketrans(dict.fromkeys("\"'`$:;,.?!={}#_()*“”‘’„«»", " "))
_ROOM = 2000
# `x =` before an expression, `= x` behind it.
_NAME = re.compile(r"(?:^|(?<=[\s:(,$]))([A-Za-z])\s?=\s?$")
_NAME_BEHIND = re.compile(r"\s*=\s*([A-Za-z])(?![^\s.,;?!)$])")


def is_asking(before: str, behind: str) -> bool:
    """Tell whether what stands before and behind an expression asks for its value and for nothing else.

    >>> is_asking("What is ", "?"), is_asking("x = ", ""), is_asking("He won ", " at home"), is_asking("Problem ", "")
    (True, True, False, False)
    """
    return len(before) + len(behind) <= _ROOM and _is_asking(before, behind)


# Most files ask in few ways.
@lru_cache(maxsize=1024)
def _is_asking(before: str, behind: str) -> bool:
    name = _NAME.search(before) or _NAME_BEHIND.match(behind)
    words = WORDS | {name[1].lower()} if name else WORDS
    if before.rstrip().endswith("#"):
        return False
    asked = before.lower().translate(_MARKS).split()
    if asked and before.rstrip()[-1:].isalpha() and asked[-1] in _NUMBERED and not _ARTICLES.intersection(asked[-2:-1]):
        return False
    return words.issuperset(asked) and words.issuperset(behind.lower().translate(_MARKS).split())
