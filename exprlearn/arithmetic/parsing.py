"""Text to tree: operator precedence with an explicit stack, so no nesting can exhaust the interpreter.

The language: decimal integers, `+ - * /` with `*` and `/` before `+` and `-`, left to right, signs before
any operand (they bind tightest), round brackets, blanks between tokens. `−`, `×` and `÷` mean `-`, `*`, `/`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, NoReturn

from exprlearn.arithmetic.numerals import read_digits
from exprlearn.errors import ExpressionSyntaxError, ExpressionTooLarge

#: Step that turns the value on top of the stack into its opposite.
NEGATE: Final = "negate"

#: Step that changes nothing: it marks that a pair of brackets closed here.
BRACKETS: Final = "()"

#: A number goes on the stack; `+ - * /` take two values off it and put one on.
Step = int | str

# [0-9], since \d also matches digits of other scripts.
_TOKEN = re.compile(r"[0-9]+|[-+*/()]|[^ \t\r\n]")
_PRECEDENCE = {"(": 0, "+": 1, "-": 1, "*": 2, "/": 2, NEGATE: 3}
_OPERATORS = frozenset("+-*/")

# Under this many digits a number cannot break the default cap on bits.
_SHORT = 1200
_PLAIN = str.maketrans({"−": "-", "×": "*", "÷": "/"})


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Caps that keep every evaluation short, whatever the text.

    Attributes:
        characters: length of the text.
        depth: operators, signs and open brackets that may wait for their right side at once.
        bits: of every number read and of numerator and denominator of every intermediate value.
    """

    characters: int = 4096
    depth: int = 1000
    bits: int = 4096


#: What text from a user must keep to.
DEFAULT_LIMITS = Limits()

#: For expressions that a grammar of known size wrote.
UNLIMITED = Limits(characters=1 << 62, depth=1 << 62, bits=1 << 62)


@dataclass(frozen=True, slots=True)
class Tree:
    """An expression and its steps in postfix order: operands first, then what is done with them.

    Postfix order is a tree without pointers: however deep the expression nests, walking, comparing,
    hashing and forgetting it never recurses.

    Attributes:
        expression: the text it was read from.
        steps: numbers (all ≥ 0) and the operations `+ - * / negate ()`.

    >>> parse("-2*(3+4)").steps
    (2, 'negate', 3, 4, '+', '()', '*')
    """

    expression: str
    steps: tuple[Step, ...] = field(repr=False)

    @property
    def numbers(self) -> tuple[int, ...]:
        """List the numbers in reading order."""
        return tuple(step for step in self.steps if isinstance(step, int))

    @property
    def last_operation(self) -> str | None:
        """Name the operation done last, through brackets; None for a lone number."""
        for step in reversed(self.steps):
            if step != BRACKETS:
                return step if isinstance(step, str) else None
        return None


def parse(text: str, *, limits: Limits = DEFAULT_LIMITS) -> Tree:
    """Read an arithmetic expression; any other text is an `ExpressionSyntaxError` with the position of the fault.

    One that is longer or deeper than `limits`, or has a number of too many bits, is an `ExpressionTooLarge`.

    >>> parse("1 + 2×3").steps
    (1, 2, 3, '*', '+')
    """
    if len(text) > limits.characters:
        raise ExpressionTooLarge(
            f"{quoted(text)} has {len(text)} characters, more than {limits.characters}", expression=text
        )
    return Tree(text, tuple(_postfix(text, _TOKEN.findall(plain_signs(text)), limits)))


def _postfix(text: str, tokens: list[str], limits: Limits) -> list[Step]:
    """Order the tokens of `text` as steps."""
    steps: list[Step] = []
    waiting: list[str] = []
    after_operand = False
    for index, token in enumerate(tokens):
        if after_operand:
            if token in _OPERATORS:
                precedence = _PRECEDENCE[token]
                while waiting and _PRECEDENCE[waiting[-1]] >= precedence:
                    steps.append(waiting.pop())
                waiting.append(token)
                after_operand = False
            elif token == ")":
                _close(text, index, steps, waiting)
            else:
                _refuse(text, index)
        elif token[0] in "0123456789":
            steps.append(_number(text, token, limits))
            after_operand = True
        elif token == "(" or token == "-":
            waiting.append(token if token == "(" else NEGATE)
            if len(waiting) > limits.depth:
                raise ExpressionTooLarge(f"{quoted(text)} nests deeper than {limits.depth}", expression=text)
        elif token != "+":
            _refuse(text, index)
    if not after_operand or "(" in waiting:
        _refuse(text, len(tokens))
    waiting.reverse()
    return steps + waiting


def _close(text: str, index: int, steps: list[Step], waiting: list[str]) -> None:
    """Do everything that waits since the bracket was opened."""
    while waiting:
        operation = waiting.pop()
        if operation == "(":
            steps.append(BRACKETS)
            return
        steps.append(operation)
    _refuse(text, index)


def _number(text: str, digits: str, limits: Limits) -> int:
    if len(digits) > _SHORT or limits.bits < DEFAULT_LIMITS.bits:
        digits = digits.lstrip("0") or "0"
        # A number of k digits has more than 3.3 (k - 1) bits: refused before the costly conversion.
        if 33 * (len(digits) - 1) > 10 * limits.bits or read_digits(digits).bit_length() > limits.bits:
            raise ExpressionTooLarge(f"{quoted(text)} holds a number of {len(digits)} digits", expression=text)
    return read_digits(digits)


def _refuse(text: str, index: int) -> NoReturn:
    """Say what stands in the way at token `index`, with a caret under it."""
    starts = [match.start() for match in _TOKEN.finditer(plain_signs(text))]
    position = starts[index] if index < len(starts) else len(text)
    fault = f"unexpected {text[position]!r}" if position < len(text) else "unexpected end"
    if position == len(text) and not text.strip(" \t\r\n"):
        fault = "nothing to evaluate"
    first = max(0, position - 30)
    window = quoted(text[first : position + 30])
    caret = " " * len(quoted(text[first:position])[:-1]) + "^"
    raise ExpressionSyntaxError(
        f"{quoted(text)} is no arithmetic expression: {fault} at position {position + 1}; "
        f"numbers, + - * / and round brackets are understood\n  {window}\n  {caret}",
        expression=text,
        position=position,
    )


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
