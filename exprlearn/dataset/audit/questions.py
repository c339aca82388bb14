r"""The expression that a question asks for, such as `3+5` in "What is 3 + 5?": read where it is the whole question.

1. LaTeX and typographic signs are read as plain ones, an `x` between two operands as `*`, `1,200` as 1200,
   `\frac{3}{4}` as `(3/4)`, `1.5` as itself.
2. The number of a question is left out: `1)`, `(a)`, `Q12:`.
3. What reaches from the first to the last digit, with the signs and brackets around, is the expression. In sentences it
   has a sign.
4. The rest holds only words of asking, such as "what is" and "compute", and marks of sentences.

Nothing else is read: "2/3 of his 12 sweets", "3-5 years", "3+5 mod 7" and "Problem 7 - 3+5" ask for something else.
"""

from __future__ import annotations

import re
from functools import lru_cache

from exprlearn.arithmetic import Tree, parse
from exprlearn.arithmetic.operators import Operators
from exprlearn.dataset.final_answer import FRACTION, plain_text
from exprlearn.errors import EvaluationError

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
_LONGEST_WORDS = 2000
# `x =` before an expression, `= x` behind it.
_NAME = re.compile(r"(?:^|(?<=[\s:(,$]))([A-Za-z])\s?=\s?$")
_NAME_BEHIND = re.compile(r"\s*=\s*([A-Za-z])(?![^\s.,;?!)$])")


# Most files ask in few ways.
@lru_cache(maxsize=1024)
def is_asking(before: str, behind: str) -> bool:
    """Tell whether what stands before and behind an expression asks for its value and for nothing else.

    >>> is_asking("What is ", "?"), is_asking("x = ", ""), is_asking("He won ", " at home"), is_asking("Problem ", "")
    (True, True, False, False)
    """
    name = _NAME.search(before) or _NAME_BEHIND.match(behind)
    words = WORDS | {name[1].lower()} if name else WORDS
    if before.rstrip().endswith("#"):
        return False
    asked = before.lower().translate(_MARKS).split()
    if asked and before.rstrip()[-1:].isalpha() and asked[-1] in _NUMBERED and not _ARTICLES.intersection(asked[-2:-1]):
        return False
    return words.issuperset(asked) and words.issuperset(behind.lower().translate(_MARKS).split())


_HAS_TIMES = re.compile(r"[xX·⋅∗]")
_TIMES = re.compile(r"(?<=[0-9)])( ?)[xX·⋅∗]( ?)(?=[0-9(])")
_THOUSANDS = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9,]|\.[0-9])")
_LABEL = re.compile(
    r"\s*(?:\(?(?:[0-9]{1,4}|[a-z])\)|(?:[0-9]{1,4}|[a-z])\.\)?|#\s?[0-9]{1,6}[:.)]|"
    r"(?:q|question|problem|exercise|task|example|item|number|no)\W?\s?#?[0-9]{1,6}\s?[:.)])\s+",
    re.IGNORECASE,
)
# `(1) -3` may be the question 1 or a difference.
_DOUBTFUL = re.compile(r"\s*\([0-9]+\)\s+[-+][0-9(]")

_PLAIN = re.compile(r"[-+*/() 0-9]+")
_WITH_DECIMALS = re.compile(r"[-+*/() 0-9.]+")
_WHOLE = re.compile(r"(?<![0-9.])([0-9]+)\.0+(?![0-9.])")
_BARE_POINT = re.compile(r"(?<![0-9.])\.(?=[0-9])")
_DIGITS = re.compile(r"[0-9]+")
_FIRST_TO_LAST = re.compile(r"[0-9](?:.*[0-9])?", re.DOTALL)
_HAS_SIGN = re.compile(r"[0-9)] *[-+*/]")
# Two numbers with nothing but blanks between them are not a number.
_APART = re.compile(r"[0-9.] +[0-9.]")

_NESTED = 8


def find_expression(question: str, *, decimals: bool = True, turned: bool = False) -> Tree | None:
    """Find the expression that is the whole question, without its blanks; None when there is none.

    Args:
        question: the text.
        decimals: read `1.5`, which is exact only where division is.
        turned: numbers are reversed, units first.

    >>> [find_expression(text).expression for text in ("3+5=", "What is 12 × 3?", "Q4: compute (1 + 2)*3.")]
    ['3+5', '12*3', '(1+2)*3']
    >>> find_expression("Sam ate 2/3 of his 12 sweets. How many?") is find_expression("What is 3+5 mod 7?") is None
    True
    """
    text = question.rstrip("=? \t\r\n")
    if _PLAIN.fullmatch(text):
        tree = read_expression(text, decimals=decimals, turned=turned)
        if tree is not None:
            return None if text[0] in "( " and _DOUBTFUL.match(text) else tree
    inside = _in_words(question)
    return None if inside is None else read_expression(inside, decimals=decimals, turned=turned)


def plain_expression(question: str, *, turned: bool = False) -> str | None:
    """Find the text of what `find_expression` reads, if it is an expression; None when there is none.

    It is "" where only reading it would tell.

    >>> [plain_expression(text) for text in ("3 + 5 =", "What is 12 × 3?", "(1) -3", "12 sweets")]
    ['3+5', '12*3', '', None]
    """
    text: str | None = question.rstrip("=? \t\r\n")
    if text and _PLAIN.fullmatch(text):
        if text[0] in "( " and _DOUBTFUL.match(text):
            return ""
    else:
        text = _in_words(question)
    if text and " " in text:
        text = "" if _APART.search(text) else text.replace(" ", "")
    return turn_digits(text) if text and turned else text


def _in_words(question: str) -> str | None:
    """Find what reaches from the first to the last digit, if the rest asks for its value."""
    text = _plain(question)
    label = _LABEL.match(text)
    text = text[label.end() :] if label else text
    numbers = _FIRST_TO_LAST.search(text)
    if numbers is None or _WITH_DECIMALS.fullmatch(numbers[0]) is None:
        return None
    start, end = _widened(text, *numbers.span())
    if start + len(text) - end > _LONGEST_WORDS or not _stands_alone(text, start, end):
        return None
    if not is_asking(text[:start], text[end:]):
        return None
    return _trimmed(text, start, end)


def read_expression(text: str, *, decimals: bool = True, turned: bool = False) -> Tree | None:
    """Read a text of digits, signs, brackets and blanks as an expression; None when it is none or too large.

    >>> read_expression("1.5 + 2.0"), read_expression("1.5+2").steps, read_expression("41+2", turned=True)
    (Tree(expression='1.5+2'), (Fraction(3, 2), 2, '+'), Tree(expression='14+2'))
    """
    if " " in text:
        if _APART.search(text):
            return None
        text = text.replace(" ", "")
    if turned:
        text = turn_digits(text)
    if "." in text:
        text = _WHOLE.sub(r"\1", text)
    if "." in text and not decimals:
        return None
    try:
        return Tree(text, parse(_BARE_POINT.sub("0.", text)).steps) if "." in text else parse(text)
    except EvaluationError:
        return None


def read_with(question: str, operators: Operators) -> Tree | None:
    """Read a question that is nothing but an expression with operators of plugins; None where it is none."""
    if not any(operator.sign in question for operator in operators):
        return None
    text = "".join(question.rstrip("=? \t\r\n").split())
    try:
        return parse(text, operators=operators)
    except EvaluationError:
        return None


def turn_digits(text: str) -> str:
    """Reverse every number.

    >>> turn_digits("509+71")
    '905+17'
    """
    return _DIGITS.sub(lambda digits: digits[0][::-1], text)


def _plain(text: str) -> str:
    """Write signs, fractions and thousands as expressions write them."""
    text = plain_text(text)
    for _ in range(_NESTED):
        if "frac" not in text:
            break
        text = FRACTION.sub(_bracketed, text)
    if _HAS_TIMES.search(text):
        text = _TIMES.sub(r"\1*\2", text)
    return _THOUSANDS.sub(lambda number: number[0].replace(",", ""), text) if "," in text else text


def _bracketed(fraction: re.Match[str]) -> str:
    above, below = (
        side if side.strip().isdigit() else f"({side})"
        for side in (fraction[1] or fraction[2] or "", fraction[3] or fraction[4] or "")
    )
    return f"({above}/{below})"


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """Take in the signs, brackets and blanks around the numbers of a text, and the point of `.5`."""
    if start and text[start - 1] == "." and not text[start - 2 : start - 1].isalnum():
        start -= 1
    return len(text[:start].rstrip("-+/( ")), len(text) - len(text[end:].lstrip(") "))


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Tell whether a stretch has a sign, and nothing touches it that changes it."""
    stretch, before, behind = text[start:end], text[:start], text[end:]
    inner = stretch.lstrip()
    # In "x + 3+4" and "x - 3+4" the first sign has its left side in the sentence; in "is -3+4" it has none.
    if not _HAS_SIGN.search(inner) or (before.strip() and (inner[0] in "+/" or inner.startswith("- "))):
        return False
    touching = before[-1:] if stretch[0] != " " else ""
    if (touching == "*") != behind.startswith("*") or behind.startswith(("!", "%")):
        return False
    glued_behind = stretch[-1] != " " and behind[:1].isalnum()
    return not (touching.isalnum() or glued_behind)


def _trimmed(text: str, start: int, end: int) -> str:
    """Drop a bracket that belongs to the sentence, as in "(compute 3+5)"."""
    stretch = text[start:end].strip()
    opened, closed = stretch.count("("), stretch.count(")")
    if opened == closed + 1 and stretch.startswith("(") and ")" in text[end:]:
        return stretch[1:]
    return stretch[:-1] if closed == opened + 1 and stretch.endswith(")") and "(" in text[:start] else stretch
