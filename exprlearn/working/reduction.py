"""An expression is worked out one calculation after the other; each puts its value in the place of what it computed.

    8+3*(9+9)  →  8+3*18  →  8+54  →  62

What stands between the arrows is a *line*: an expression once more, in which a fraction is one number, `1|3`. A number
of a line may have a sign in front, as in `8--5`; signs bind tightest, so no value needs brackets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NamedTuple

from exprlearn.arithmetic.evaluation import Operation
from exprlearn.arithmetic.numerals import read_digits, write_digits
from exprlearn.arithmetic.parsing import (
    BRACKETS,
    DEFAULT_LIMITS,
    NEGATE,
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


@dataclass(frozen=True, slots=True)
class WorkingStep:
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


class _Operand(NamedTuple):
    """Part of a line; its value is None where a calculation of this line must be done first."""

    value: Fraction | None
    start: int
    stop: int


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
    value = worked.operands[-1].value
    assert value is not None
    return value


def write_value(value: Fraction) -> str:
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


class _Calculated(NamedTuple):
    """A calculation that was done, and where its operands stand."""

    operator: str
    left: Fraction | None
    right: Fraction
    value: Fraction
    span: _Operand


class _Line:
    """A line that is read once from left to right, in the order of its tree's steps.

    Attributes:
        text: the line as it stands now.
        operands: what waits for its operator; positions are those in `text`.
    """

    def __init__(self, text: str, operation: Operation, limits: Limits) -> None:
        self.text = plain_signs(text)
        self.operation, self.limits = operation, limits
        self.tree = _parse(self.text, limits)
        self.operands: list[_Operand] = []

    def work_out(self) -> list[WorkingStep]:
        """Do every calculation, rewriting the text."""
        return self._read(rewrites=True)

    def find_ready(self) -> list[WorkingStep]:
        """Find what can be done in the text as it stands."""
        return self._read(rewrites=False)

    def _read(self, *, rewrites: bool) -> list[WorkingStep]:
        found: list[WorkingStep] = []
        numbers, shift = _NUMBER.finditer(self.text), 0
        symbols = list(reversed(self.tree.steps))
        while symbols:
            symbol = symbols.pop()
            if isinstance(symbol, int):
                number = next(numbers)
                value = self._fraction(number[0]) if STROKE in number[0] else Fraction(symbol)
                self.operands.append(_Operand(value, number.start() + shift, number.end() + shift))
            elif symbol == BRACKETS:
                self.operands.append(self._with_brackets(self.operands.pop()))
            elif (calculated := self._calculate(symbol)) is not None:
                found.append(self._replaced(calculated, symbols))
                if rewrites:
                    shift += len(found[-1].rest) - len(self.text)
                self._put(found[-1], rewrites=rewrites)
        return found

    def _replaced(self, found: _Calculated, symbols: list[Symbol]) -> WorkingStep:
        """Widen what a calculation replaces by the brackets that close around it alone, which are not met again."""
        _, start, stop = found.span
        while symbols and symbols[-1] == BRACKETS:
            symbols.pop()
            _, start, stop = self._with_brackets(_Operand(None, start, stop))
        rest = self.text[:start] + write_value(found.value) + self.text[stop:]
        return WorkingStep(found.operator, found.left, found.right, found.value, start, stop, rest)

    def _put(self, step: WorkingStep, *, rewrites: bool) -> None:
        if not rewrites:
            self.operands.append(_Operand(None, step.start, step.stop))
            return
        # What is behind the value has the same length as before.
        stop = len(step.rest) - (len(self.text) - step.stop)
        self.text = step.rest
        self.operands.append(_Operand(step.value, step.start, stop))

    def _calculate(self, symbol: str) -> _Calculated | None:
        """Take the operands of an operator and do it; None where one waits, or a sign only belongs to its number."""
        right = self.operands.pop()
        if symbol == NEGATE:
            start = self.text.rindex("-", 0, right.start)
            if right.value is None or right.value >= 0:
                self.operands.append(_Operand(None if right.value is None else -right.value, start, right.stop))
                return None
            return _Calculated("-", None, right.value, -right.value, _Operand(None, start, right.stop))
        left = self.operands.pop()
        if left.value is None or right.value is None:
            self.operands.append(_Operand(None, left.start, right.stop))
            return None
        value = self._value(symbol, left.value, right.value)
        return _Calculated(symbol, left.value, right.value, value, _Operand(None, left.start, right.stop))

    def _value(self, operator: str, left: Fraction, right: Fraction) -> Fraction:
        if operator == "/" and not right:
            raise DivisionByZero(f"{quoted(self.tree.expression)} divides by zero", expression=self.tree.expression)
        value = calculate_value(operator, left, right, self.operation)
        if max(value.numerator.bit_length(), value.denominator.bit_length()) > self.limits.bits:
            raise ExpressionTooLarge(
                f"{quoted(self.tree.expression)} has an intermediate value of more than {self.limits.bits} bits",
                expression=self.tree.expression,
            )
        return value

    def _with_brackets(self, inside: _Operand) -> _Operand:
        start, stop = self.text.rindex("(", 0, inside.start), self.text.index(")", inside.stop) + 1
        return _Operand(inside.value, start, stop)

    def _fraction(self, text: str) -> Fraction:
        above, below = (read_digits(digits) for digits in text.split(STROKE))
        if not below:
            raise ExpressionSyntaxError(f"{quoted(text)} is no number: its denominator is 0", expression=text)
        return Fraction(above, below)


def calculate_value(operator: str, left: Fraction, right: Fraction, operation: Operation) -> Fraction:
    """Do one calculation; a divisor must not be zero.

    >>> calculate_value("/", Fraction(-7), Fraction(2), "floor")
    Fraction(-4, 1)
    """
    if operator == "+":
        return left + right
    if operator == "-":
        return left - right
    if operator == "*":
        return left * right
    return Fraction(left // right) if operation == "floor" else left / right


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
