"""How a problem is written on paper: with the signs that schools use, on one line or in columns."""

from __future__ import annotations

import re
from typing import Final, Literal

#: `school` writes a problem on one line, `columns` numbers below each other where that is done on paper.
Style = Literal["school", "columns"]

# Signs of plugins, words and whatever else a grammar writes are left as they are.
_ARITHMETIC = re.compile(r"[\d.+\-−*×/÷()]+")
_BETWEEN: Final = re.compile(r"(?<=[\d)])([+−×÷])")
_SIGNS: Final = str.maketrans("-*/", "−×÷")
# What is added, subtracted and multiplied on paper with numbers below each other.
_IN_COLUMNS: Final = re.compile(r"\d+(?:\+\d+)+|\d+[-−]\d+|\d+[*×]\d+")
_OPERAND: Final = re.compile(r"([+\-−*×]?)(\d+)")


def school_text(expression: str) -> str:
    """Write an expression with − × ÷, and spaces around what stands between two values.

    >>> school_text("17*(3--4)/2"), school_text("-5+2"), school_text("two plus one")
    ('17 × (3 − −4) ÷ 2', '−5 + 2', 'two plus one')
    """
    if not _ARITHMETIC.fullmatch(expression):
        return expression
    return _BETWEEN.sub(r" \1 ", expression.translate(_SIGNS))


def school_answer(answer: str) -> str:
    """Write an answer with − as its sign; the stroke of a fraction stays.

    >>> school_answer("-7/2"), school_answer("true")
    ('−7/2', 'true')
    """
    return answer.replace("-", "−")


def column_rows(expression: str) -> tuple[tuple[str, str], ...]:
    """Split an expression into rows of sign and number to be written below each other; nothing where it cannot be.

    Sums, a difference of a larger number and a smaller one, and a product can.

    >>> column_rows("17*3"), column_rows("90-17"), column_rows("17-90"), column_rows("6/2")
    ((('', '17'), ('×', '3')), (('', '90'), ('−', '17')), (), ())
    """
    if not _IN_COLUMNS.fullmatch(expression):
        return ()
    rows = tuple((sign.translate(_SIGNS), number) for sign, number in _OPERAND.findall(expression))
    descends = rows[1][0] != "−" or int(rows[0][1]) >= int(rows[1][1])
    return rows if descends else ()
