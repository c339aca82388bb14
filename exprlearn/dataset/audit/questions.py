r"""The expression in a question, such as `3+5` in "What is 3 + 5?": found by one rule.

1. `−`, `×`, `÷`, `·`, `\times`, `\cdot`, `\div` and an `x` between two operands are read as signs, `1,200` as 1200.
2. A text that is an expression, perhaps with `=` or `=?` behind it, is taken whole, a lone number included.
3. Otherwise every stretch of digits, signs, brackets and blanks is looked at that touches no letter, power, percent
   or decimal point. Of those with a sign that are expressions, one that `= 8` or the like does not already answer is
   preferred, then the longest, then the last.
4. A text that holds none cannot be read. Neither can one that writes decimals or powers: they are other expressions.
"""

from __future__ import annotations

import re

from exprlearn.arithmetic import Tree, parse, plain_signs
from exprlearn.errors import EvaluationError

_NAMES = re.compile(r"\\(times|cdot|div)\b")
_SIGNS = {"times": "*", "cdot": "*", "div": "/"}
_HAS_TIMES = re.compile(r"[xX·⋅∗]")
_TIMES = re.compile(r"(?<=[0-9)])( ?)[xX·⋅∗]( ?)(?=[0-9(])")
_THOUSANDS = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9,]|\.[0-9])")

_PLAIN = re.compile(r"[-+*/() 0-9]+")
# What may touch an expression: nothing that would make it part of a name, a power or a decimal number.
_BEFORE, _BEHIND = re.compile(r"[\s\"'`$:=>\[{?]"), re.compile(r"[\s=?;:\"'`$<\]}]|[.,](?![0-9])")
_HAS_SIGN = re.compile(r"[0-9)] *[-+*/]")
_ANSWERED = re.compile(r"\s?=\s?-?[0-9]")
# Two numbers with nothing but blanks between them are no number.
_APART = re.compile(r"[0-9] +[0-9]")


def find_expression(question: str) -> Tree | None:
    """Find the expression that a question asks for, without its blanks; None when there is none.

    >>> [find_expression(text).expression for text in ("3+5=", "What is 12 × 3?", "Q4: compute (1 + 2)*3.")]
    ['3+5', '12*3', '(1+2)*3']
    >>> find_expression("What is 1.5 + 2?") is None
    True
    """
    text = _plain(question.rstrip("=? \t\r\n"))
    if _PLAIN.fullmatch(text):
        return _parsed(text)
    best, found = (False, 0, 0), None
    for stretch in _PLAIN.finditer(text):
        tree = _parsed(_trimmed(stretch[0])) if _stands_alone(text, stretch) else None
        if tree is not None:
            rank = _ANSWERED.match(text, stretch.end()) is None, len(tree.expression), stretch.start()
            best, found = max((best, found), (rank, tree), key=lambda candidate: candidate[0])
    return found


def _plain(text: str) -> str:
    """Write signs and thousands as expressions write them."""
    if _PLAIN.fullmatch(text):
        return text
    if "\\" in text:
        text = _NAMES.sub(lambda name: _SIGNS[name[1]], text)
    text = plain_signs(text)
    if _HAS_TIMES.search(text):
        text = _TIMES.sub(r"\1*\2", text)
    return _THOUSANDS.sub(lambda number: number[0].replace(",", ""), text) if "," in text else text


def _stands_alone(text: str, stretch: re.Match[str]) -> bool:
    start, end = stretch.span()
    inner = stretch[0].lstrip()
    # In "x + 3+4" and "x - 3+4" the first sign has its left side in the sentence; in "is -3+4" it has none.
    if not _HAS_SIGN.search(inner) or (start and (inner[0] in "+/" or inner.startswith("- "))):
        return False
    before = start == 0 or stretch[0][0] == " " or _BEFORE.match(text, start - 1) is not None
    behind = end == len(text) or stretch[0][-1] == " " or _BEHIND.match(text, end) is not None
    return before and behind


def _trimmed(stretch: str) -> str:
    """Drop what belongs to the sentence: marks of bold text, and a bracket without its partner at the edge."""
    text = stretch.strip()
    if text.startswith("**") and text.endswith("**"):
        text = text[2:-2]
    opened, closed = text.count("("), text.count(")")
    if opened == closed + 1 and text.startswith("("):
        return text[1:]
    return text[:-1] if closed == opened + 1 and text.endswith(")") else text


def _parsed(text: str) -> Tree | None:
    """Read a text as an expression, its blanks left out; None when it is none or too large."""
    if " " in text:
        if _APART.search(text):
            return None
        text = text.replace(" ", "")
    try:
        return parse(text)
    except EvaluationError:
        return None
