"""Text to tree: operator precedence with an explicit stack, so no nesting can exhaust the interpreter.

The language: decimal numbers, `+ - * /` with `*` and `/` before `+` and `-`, left to right, signs before
any operand (they bind tightest), round brackets, blanks between tokens. `−`, `×` and `÷` mean `-`, `*`, `/`.
With operators of plugins come their signs, and functions with their operands in brackets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Final, NoReturn, TypeAlias

from exprlearn.arithmetic.numerals import read_digits
from exprlearn.arithmetic.operators import OUTERMOST, Operators, Sign, Signs, read_numeral, signs_of
from exprlearn.errors import ExpressionSyntaxError, ExpressionTooLarge

if TYPE_CHECKING:
    from exprlearn.plugin import OperatorSpec

#: Step that changes nothing: it marks that a pair of brackets closed here.
BRACKETS: Final = "()"

#: A number goes on the stack; `+ - * /` take two values off it and put one on, those of plugins as many as they have.
Step: TypeAlias = "int | Fraction | str | OperatorSpec"

_PLAIN_SIGNS = signs_of()
# Without the point of decimals tokens are found faster. [0-9], since \d also matches digits of other scripts.
_TOKEN = re.compile(r"[0-9]+|[-+*/()]|[^ \t\r\n]")

# A number of so few digits cannot break the default cap on bits, and no setting keeps Python from reading it.
_SHORT = 600
_PLAIN: Final = str.maketrans({"−": "-", "×": "*", "÷": "/"})


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
        steps: numbers (all ≥ 0, a `Fraction` where they are not whole), the operations `+ - * / negate ()`, and
            operators of plugins.

    >>> parse("-2*(3+4)").steps
    (2, 'negate', 3, 4, '+', '()', '*')
    """

    expression: str
    steps: tuple[Step, ...] = field(repr=False)

    @property
    def numbers(self) -> tuple[int | Fraction, ...]:
        """List the numbers in reading order."""
        return tuple(step for step in self.steps if isinstance(step, (int, Fraction)))

    @property
    def last_operation(self) -> str | None:
        """Name the operation done last, through brackets; None for a lone number."""
        for step in reversed(self.steps):
            if step != BRACKETS:
                return step if isinstance(step, str) else None if isinstance(step, int | Fraction) else step.sign
        return None

    @property
    def foreign_signs(self) -> tuple[str, ...]:
        """List the signs of what only the value is known of: operators of plugins, and the point of decimals."""
        others = (step for step in self.steps if not isinstance(step, int | str))
        return tuple(dict.fromkeys("." if isinstance(step, Fraction) else step.sign for step in others))


def parse(text: str, *, limits: Limits = DEFAULT_LIMITS, operators: Operators = ()) -> Tree:
    """Read an arithmetic expression; any other text is an `ExpressionSyntaxError` with the position of the fault.

    One that is longer or deeper than `limits`, or has a number of too many bits, is an `ExpressionTooLarge`.
    `operators` are those of plugins that are read besides the built-in ones.

    >>> parse("1 + 2×3").steps
    (1, 2, 3, '*', '+')
    """
    if len(text) > limits.characters:
        raise ExpressionTooLarge(
            f"{quoted(text)} has {len(text)} characters, more than {limits.characters}", expression=text
        )
    if operators or "." in text:
        signs = signs_of(operators)
        return Tree(text, tuple(_postfix(text, signs.token.findall(plain_signs(text)), signs, limits, 0)))
    short = _SHORT if limits is DEFAULT_LIMITS or limits.bits >= DEFAULT_LIMITS.bits else 0
    return Tree(text, tuple(_postfix(text, _TOKEN.findall(plain_signs(text)), _PLAIN_SIGNS, limits, short)))


def _postfix(text: str, tokens: list[str], signs: Signs, limits: Limits, short: int) -> list[Step]:
    """Order the tokens of `text` as steps; numbers of at most `short` digits are whole and small enough."""
    behind, before, functions = signs.behind, signs.before, signs.functions
    # What waits for its right side, and how many operands each open function has so far.
    steps, waiting, operands, after_operand = list[Step](), list[Sign](), list[int](), False
    for index, token in enumerate(tokens):
        if after_operand:
            if token in behind:
                sign = behind[token]
                while waiting and waiting[-1][1] >= sign[2]:
                    steps.append(waiting.pop()[0])
                if sign[3] == "postfix":
                    steps.append(sign[0])
                else:
                    waiting.append(sign)
                    after_operand = False
            elif token == "," and operands:
                after_operand = _separate(text, index, signs, steps, waiting, operands)
            elif token != ")" or not _close(steps, waiting, operands):
                _refuse(text, index, signs)
        elif token[0] in "0123456789":
            steps.append(int(token) if len(token) <= short else _number(text, token, limits, signs))
            after_operand = True
        elif token in before:
            if index and tokens[index - 1] in functions:
                # This bracket is open already: it belongs to the function.
                continue
            waiting.append(before[token])
            if len(waiting) > limits.depth:
                raise ExpressionTooLarge(f"{quoted(text)} nests deeper than {limits.depth}", expression=text)
            if token in functions:
                operands.append(_begin(text, tokens, index, signs))
        elif token != "+":
            steps.append(_numeral(text, token, index, signs))
            after_operand = True
    for step, precedence, _, _ in reversed(waiting):
        after_operand &= precedence != OUTERMOST
        steps.append(step)
    if not after_operand:
        _refuse(text, len(tokens), signs)
    return steps


def _begin(text: str, tokens: list[str], index: int, signs: Signs) -> int:
    """See to it that a bracket follows a function; returns that its first operand does."""
    if tokens[index + 1 : index + 2] != ["("]:
        _refuse(text, index + 1, signs)
    return 1


def _numeral(text: str, token: str, index: int, signs: Signs) -> int | Fraction:
    """Read a number that does not begin with a digit, as a plugin may."""
    found = read_numeral(token, signs.numerals)
    if found is None:
        _refuse(text, index, signs)
    return found


def _close(steps: list[Step], waiting: list[Sign], operands: list[int]) -> bool:
    """Do everything that waits since a bracket was opened; tells whether one was, with as many operands as it takes."""
    while waiting:
        step, rank, _, _ = waiting.pop()
        if rank != OUTERMOST:
            steps.append(step)
        elif step == "(":
            steps.append(BRACKETS)
            return True
        else:
            steps.append(step)
            return not isinstance(step, str) and operands.pop() == step.arity
    return False


def _separate(text: str, index: int, signs: Signs, steps: list[Step], waiting: list[Sign], operands: list[int]) -> bool:
    """Do everything that waits since an operand of a function began; returns that another operand follows."""
    while waiting and waiting[-1][1] != OUTERMOST:
        steps.append(waiting.pop()[0])
    if not waiting or waiting[-1][0] == "(":
        _refuse(text, index, signs)
    operands[-1] += 1
    return False


def _number(text: str, token: str, limits: Limits, signs: Signs) -> int | Fraction:
    """Read a number that may be long, a decimal or one that a plugin reads; what comes out whole is an int."""
    found = read_numeral(token, signs.numerals)
    if found is not None:
        return found
    whole, _, decimals = token.partition(".")
    digits = (whole + decimals).lstrip("0") or "0"
    # A number of k digits has more than 3.3 (k - 1) bits: refused before the costly conversion.
    if 33 * (len(digits) - 1) > 10 * limits.bits or (number := read_digits(digits)).bit_length() > limits.bits:
        raise ExpressionTooLarge(f"{quoted(text)} holds a number of {len(digits)} digits", expression=text)
    value = Fraction(number, 10 ** len(decimals))
    return value.numerator if value.denominator == 1 else value


def _refuse(text: str, index: int, signs: Signs) -> NoReturn:
    """Say what stands in the way at token `index`, with a caret under it."""
    starts = [match.start() for match in signs.token.finditer(plain_signs(text))]
    position = starts[index] if index < len(starts) else len(text)
    fault = f"unexpected {text[position]!r}" if position < len(text) else "unexpected end"
    if position == len(text) and not text.strip(" \t\r\n"):
        fault = "nothing to evaluate"
    first = max(0, position - 30)
    window = quoted(text[first : position + 30])
    caret = " " * len(quoted(text[first:position])[:-1]) + "^"
    raise ExpressionSyntaxError(
        f"{quoted(text)} is no arithmetic expression: {fault} at position {position + 1}; "
        f"numbers, {signs.listed} and round brackets are understood\n  {window}\n  {caret}",
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
