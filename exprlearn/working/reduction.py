"""An expression is worked out one calculation after the other; each puts its value in the place of what it computed.

    8+3*(9+9)  →  8+3*18  →  8+54  →  62

What stands between the arrows is a *line*: an expression once more, in which a fraction is one number, `1|3`. A number
of a line may have a sign in front, as in `8--5`; signs bind tightest, so no value needs brackets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Literal, NamedTuple

from exprlearn.arithmetic.evaluation import Operation, unknown_operator
from exprlearn.arithmetic.numerals import read_digits, write_digits
from exprlearn.arithmetic.operators import NEGATE
from exprlearn.arithmetic.parsing import (
    BRACKETS,
    DEFAULT_LIMITS,
    Limits,
    Tree,
    parse,
    plain_signs,
    quoted,
)
from exprlearn.arithmetic.parsing import Step as Symbol
from exprlearn.errors import DivisionByZero, ExpressionSyntaxError, ExpressionTooLarge

#: How much of a line is done at once: every calculation whose operands are numbers, or the first of these.
Rule = Literal["all", "first"]

#: Stands between numerator and denominator of a fraction that is one number of a line.
STROKE = "|"

_NUMBER = re.compile(r"[0-9]+(?:\|[0-9]+)?")
_FRACTION = re.compile(r"[0-9]+\|[0-9]+")


class WorkingStep(NamedTuple):
    """One calculation on the way to the answer.

    Attributes:
        operator: one of `+ - * /`.
        left: its left operand; None where a sign turns a negative number round, as in `--5`.
        right: its right operand.
        value: what comes out, exact.
        start: where what it replaces begins in the line before; enclosing brackets belong to it.
        stop: where that ends.
        rest: the line after it.
    """

    operator: str
    left: Fraction | None
    right: Fraction
    value: Fraction
    start: int
    stop: int
    rest: str

    @property
    def calculation(self) -> str:
        """Write what is computed.

        >>> [step.calculation for step in steps("8-(2-7)")]
        ['2-7', '8--5']
        """
        left = "" if self.left is None else write_value(self.left)
        return f"{left}{self.operator}{write_value(self.right)}"


def steps(
    expression: str, operation: Operation = "exact", *, limits: Limits = DEFAULT_LIMITS
) -> tuple[WorkingStep, ...]:
    """List the calculations of an expression or a line: each time the leftmost one whose operands are numbers.

    Args:
        expression: what the evaluator answers; `a|b` counts as one number.
        operation: how `/` computes, as the division policy has it.
        limits: how large texts and values may be.

    Raises:
        ExpressionSyntaxError: the text is no arithmetic expression.
        ExpressionTooLarge: the text or an intermediate value is larger than `limits`.
        DivisionByZero: a divisor is zero.

    >>> [step.rest for step in steps("8+3*(9+9)")], [step.rest for step in steps("2/(1/3)")]
    (['8+3*18', '8+54', '62'], ['2/1|3', '6'])
    """
    return _steps(expression, operation, limits)


# What is trained on is worked out once to look at its lines, and once to learn from it.
@lru_cache(maxsize=1 << 15)
def _steps(expression: str, operation: Operation, limits: Limits) -> tuple[WorkingStep, ...]:
    return tuple(_Line(expression, operation, limits).work_out())


def ready_steps(
    line: str, operation: Operation = "exact", *, limits: Limits = DEFAULT_LIMITS
) -> tuple[WorkingStep, ...]:
    """List the calculations whose operands are numbers in a line, from left to right; raises as `steps`.

    Their spans do not overlap, and the rest of each is the line with this one alone done.

    >>> [(step.calculation, step.start, step.stop, step.rest) for step in ready_steps("(1+2)*3-4*5")]
    [('1+2', 0, 5, '3*3-4*5'), ('4*5', 8, 11, '(1+2)*3-20')]
    """
    return tuple(_Line(line, operation, limits).find_ready())


def reduce_line(
    line: str, rule: Rule = "all", operation: Operation = "exact", *, limits: Limits = DEFAULT_LIMITS
) -> str:
    """Write the line that follows: what `rule` says is replaced by its value; raises as `steps`.

    A number follows from itself; one in brackets loses them.

    >>> reduce_line("(1+2)*3-4*5"), reduce_line("(1+2)*3-4*5", "first"), reduce_line("20"), reduce_line("(20)")
    ('3*3-20', '3*3-4*5', '20', '20')
    """
    ready = ready_steps(line, operation, limits=limits)
    if not ready:
        return write_value(line_value(line, operation, limits=limits))
    return ready[0].rest if rule == "first" else replace_spans(line, ready)


def replace_spans(line: str, done: Sequence[WorkingStep]) -> str:
    """Put values in the place of calculations of one line that do not overlap.

    >>> replace_spans("1+2-(4*5)", ready_steps("1+2-(4*5)"))
    '3-20'
    """
    line = plain_signs(line)
    for step in reversed(done):
        line = line[: step.start] + write_value(step.value) + line[step.stop :]
    return line


def line_value(line: str, operation: Operation = "exact", *, limits: Limits = DEFAULT_LIMITS) -> Fraction:
    """Compute the exact value of a line; raises as `steps`.

    >>> line_value("2/1|3"), line_value("-7/2", "floor")
    (Fraction(6, 1), Fraction(-4, 1))
    """
    worked = _Line(line, operation, limits)
    worked.work_out()
    value = worked.operands[-1][0]
    assert value is not None
    return _fraction(value)


def write_value(value: int | Fraction) -> str:
    """Write a value as a number of a line.

    >>> write_value(Fraction(-17, 5)), write_value(Fraction(4))
    ('-17|5', '4')
    """
    numerator = write_digits(value.numerator)
    return numerator if value.denominator == 1 else f"{numerator}{STROKE}{write_digits(value.denominator)}"


def as_expression(line: str) -> str:
    """Write a line as an expression that the evaluator, the grammars and the splits can read: `1|3` is `(1/3)`.

    >>> as_expression("2/1|3")
    '2/(1/3)'
    """
    return _FRACTION.sub(lambda found: f"({found[0].replace(STROKE, '/')})", line)


_Number = int | Fraction

_Operand = tuple[_Number | None, int, int]
"""Part of a line: its value, whole ones as int, None where a calculation of this line must be done first; its span."""

_fraction = lru_cache(maxsize=1 << 12)(Fraction)


class _Line:
    """A line that is read once from left to right, in the order of its tree's steps.

    Attributes:
        text: the line as it stands now.
        operands: what waits for its operator; positions are those in `text`.
    """

    __slots__ = ("_operation", "_symbols", "expression", "limits", "operands", "text")

    def __init__(self, text: str, operation: Operation, limits: Limits) -> None:
        self.text = self.expression = plain_signs(text)
        self._operation, self.limits = operation, limits
        self._symbols = _symbols(self.text, limits)
        self.operands: list[_Operand] = []

    def work_out(self) -> list[WorkingStep]:
        """Do every calculation, rewriting the text."""
        return self._read(rewrites=True)

    def find_ready(self) -> list[WorkingStep]:
        """Find what can be done in the text as it stands."""
        return self._read(rewrites=False)

    def _read(self, *, rewrites: bool) -> list[WorkingStep]:
        found: list[WorkingStep] = []
        operands, numbers, shift = self.operands, _NUMBER.finditer(self.text), 0
        symbols = list(self._symbols)
        while symbols:
            symbol = symbols.pop()
            if isinstance(symbol, int):
                number = next(numbers)
                start, stop = number.span()
                operands.append((_number(number[0]), start + shift, stop + shift))
            elif symbol == BRACKETS:
                inside, start, stop = operands.pop()
                operands.append((inside, *self._around(start, stop)))
            elif not isinstance(symbol, str):
                raise unknown_operator(self.expression, ["." if isinstance(symbol, Fraction) else symbol.sign])
            else:
                before = len(self.text)
                step = self._calculate(symbol, symbols, rewrites=rewrites)
                if step is not None:
                    found.append(step)
                    shift += len(self.text) - before
        return found

    def _calculate(self, symbol: str, symbols: list[Symbol], *, rewrites: bool) -> WorkingStep | None:
        """Take the operands of an operator and do it; None where one waits, or a sign only belongs to its number."""
        right, start, stop = self.operands.pop()
        left: _Number | None = None
        if symbol == NEGATE:
            start = self.text.rindex("-", 0, start)
            if right is None or right >= 0:
                self.operands.append((None if right is None else -right, start, stop))
                return None
            symbol, value = "-", -right
        else:
            left, start, _ = self.operands.pop()
            if left is None or right is None:
                self.operands.append((None, start, stop))
                return None
            value = self._value(symbol, left, right)
        # Brackets that close around it alone are replaced with it, and not met again.
        while symbols and symbols[-1] == BRACKETS:
            symbols.pop()
            start, stop = self._around(start, stop)
        shown = write_value(value)
        rest = self.text[:start] + shown + self.text[stop:]
        if rewrites:
            self.text = rest
            self.operands.append((value, start, start + len(shown)))
        else:
            self.operands.append((None, start, stop))
        fractions = None if left is None else _fraction(left), _fraction(right), _fraction(value)
        return WorkingStep(symbol, *fractions, start, stop, rest)

    def _value(self, operator: str, left: _Number, right: _Number) -> _Number:
        value = calculate_value(operator, left, right, self._operation, self.expression)
        if isinstance(value, int) and value.bit_length() <= self.limits.bits:
            return value
        if max(value.numerator.bit_length(), value.denominator.bit_length()) > self.limits.bits:
            raise ExpressionTooLarge(
                f"{quoted(self.expression)} has an intermediate value of more than {self.limits.bits} bits",
                expression=self.expression,
            )
        return value

    def _around(self, start: int, stop: int) -> tuple[int, int]:
        """Widen a span by the brackets around it."""
        return self.text.rindex("(", 0, start), self.text.index(")", stop) + 1


def _number(text: str) -> _Number:
    """Read a number of a line."""
    if STROKE not in text:
        return read_digits(text)
    above, below = (read_digits(digits) for digits in text.split(STROKE))
    if not below:
        raise ExpressionSyntaxError(f"{quoted(text)} is not a number: its denominator is 0", expression=text)
    return reduced(Fraction(above, below))


def calculate_value(operator: str, left: _Number, right: _Number, operation: Operation, line: str = "") -> _Number:
    """Do one calculation of a line; what is whole is an int.

    Raises:
        DivisionByZero: the divisor is zero.

    >>> calculate_value("/", -7, 2, "floor"), calculate_value("/", 6, 4, "exact"), calculate_value("/", 6, 3, "exact")
    (-4, Fraction(3, 2), 2)
    """
    if operator == "+":
        value = left + right
    elif operator == "-":
        value = left - right
    elif operator == "*":
        value = left * right
    elif not right:
        raise DivisionByZero(f"{quoted(line)} divides by zero", expression=line)
    elif operation == "floor" or not left % right:
        value = left // right
    else:
        return Fraction(left) / right
    return value if isinstance(value, int) else reduced(value)


def reduced(value: Fraction) -> _Number:
    """Return a whole value as int."""
    return value.numerator if value.denominator == 1 else value


# A line of so few characters keeps to any limits that are not lower.
_FEW = 64


def _symbols(text: str, limits: Limits) -> tuple[Symbol, ...]:
    """List the steps of a line from the last to the first, in which some number stands for each of the line."""
    if len(text) <= _FEW <= min(limits.characters, limits.depth) and limits.bits >= DEFAULT_LIMITS.bits:
        try:
            return _symbols_of_shape(_NUMBER.sub("0", text))
        except ExpressionSyntaxError:
            # The line itself tells where it cannot be read.
            pass
    return _parse(text, limits).steps[::-1]


@lru_cache(maxsize=1 << 14)
def _symbols_of_shape(shape: str) -> tuple[Symbol, ...]:
    """List the steps of lines that differ in their numbers alone, the last one first."""
    return parse(shape).steps[::-1]


def _parse(text: str, limits: Limits) -> Tree:
    """Read a line as an expression of the same length, in which zeros stand for the fractions."""
    if STROKE not in text:
        return parse(text, limits=limits)
    plain = _FRACTION.sub(lambda found: "0" * len(found[0]), text)
    try:
        return Tree(text, parse(plain, limits=limits).steps)
    except ExpressionSyntaxError as error:
        raise ExpressionSyntaxError(
            f"{quoted(text)} is no line of a working: {str(error).partition(': ')[2]}", expression=text
        ) from error
