"""What holds for every operator: exact values or a reason why there is none, quickly, and a sign that can be read."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import islice, product
from typing import Any

from exprlearn.arithmetic import DEFAULT_LIMITS, evaluate, parse
from exprlearn.arithmetic.operators import Operators
from exprlearn.errors import EvaluationError, ExpressionSyntaxError
from exprlearn.grammar.automaton import read_pattern
from exprlearn.plugin import OperatorSpec
from exprlearn.testing.check import Subject, demand
from exprlearn.testing.contract import Contract

OPERANDS = (Fraction(0), Fraction(1), Fraction(-3), Fraction(2, 3), Fraction(12), Fraction(-7, 2), Fraction(5))
HUGE = Fraction(10**300 + 7)
_SECONDS = 1.0
# Numerals of so many characters are asked for, the shortest first.
_LONGEST, _MOST_NUMERALS = 12, 60


class OperatorContract(Contract, kind="operator"):
    """What every operator promises."""


def _takes_operands(subject: Subject) -> bool:
    return bool(subject.spec.form != "numeral")


def _operands(operator: OperatorSpec, numbers: Sequence[Any]) -> Iterable[tuple[Any, ...]]:
    """List what an operator may be asked for: numbers for each of its operands, of a numeral its shortest texts."""
    if operator.form != "numeral":
        return product(numbers, repeat=operator.arity)
    return zip(islice(read_pattern(operator.name, operator.pattern).texts(_LONGEST), _MOST_NUMERALS), strict=False)


def _values(operator: OperatorSpec) -> Iterator[tuple[tuple[Any, ...], Fraction | None]]:
    """Yield operands of all sorts with what the operator makes of them, None where it has no value."""
    for operands in _operands(operator, OPERANDS):
        yield operands, _value(operator, operands)


def _value(operator: OperatorSpec, operands: tuple[Any, ...]) -> Fraction | None:
    try:
        value = operator.calculate(*operands)
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    kinds = (bool,) if operator.gives == "truth" else (int, Fraction)
    demand(
        isinstance(value, kinds) and (operator.gives == "truth" or not isinstance(value, bool)),
        f"of {', '.join(map(str, operands))} it makes {value!r}: return {' or '.join(kind.__name__ for kind in kinds)}",
    )
    return Fraction(value)


@OperatorContract.check()
def it_gives_exact_values_or_says_why_there_is_none(subject: Subject) -> None:
    """Ask for operands of all sorts: a value, or one of the three errors that a spec names."""
    found = [value for _, value in _values(subject.spec)]
    demand(any(value is not None for value in found), "it has no value for any operands that were tried")


@OperatorContract.check(needs=it_gives_exact_values_or_says_why_there_is_none, applies=_takes_operands)
def huge_operands_are_computed_or_refused_within_a_second(subject: Subject) -> None:
    """Ask for numbers of three hundred digits, as nobody writes them: no value may take the memory of the machine."""
    started = time.process_time()
    for operands in product((HUGE, Fraction(3)), repeat=subject.spec.arity):
        value = _value(subject.spec, operands)
        bits = 0 if value is None else max(value.numerator.bit_length(), value.denominator.bit_length())
        demand(bits <= 1 << 20, f"its value has {bits} bits: raise OverflowError above {DEFAULT_LIMITS.bits}")
    seconds = time.process_time() - started
    demand(seconds < _SECONDS, f"it took {seconds:.1f} seconds: raise OverflowError before computing")


@OperatorContract.check(needs=it_gives_exact_values_or_says_why_there_is_none)
def it_is_commutative_just_as_it_says(subject: Subject) -> None:
    """Turn the operands round: where their order never counts, both orders share a split."""
    turned = [(operands, _value(subject.spec, operands[::-1]), value) for operands, value in _values(subject.spec)]
    if subject.spec.commutative:
        for operands, other, value in turned:
            demand(other == value, f"of {', '.join(map(str, operands))} the order counts: commutative=False")


@OperatorContract.check()
def its_sign_is_read_in_no_other_way(subject: Subject) -> None:
    """Write the sign beside numbers: without the operator it must mean nothing, unless it is built in."""
    if subject.entry.is_built_in:
        return
    sign = subject.spec.sign
    numerals = [text for (text,) in _operands(subject.spec, ())] if not _takes_operands(subject) else []
    for text in (f"2{sign}3", f"{sign}3", f"2{sign}", *numerals):
        try:
            parse(text)
        except ExpressionSyntaxError:
            continue
        demand(False, f"'{text}' means something already: choose another sign than {sign!r}")


@OperatorContract.check(needs=it_gives_exact_values_or_says_why_there_is_none)
def expressions_with_it_are_read_and_answered(subject: Subject) -> None:
    """Write whole numbers as expressions, read them back, and compare with what the operator makes of the numbers."""
    spec: OperatorSpec = subject.spec
    operators: Operators = () if subject.entry.is_built_in else (spec,)
    for numbers in _operands(spec, (0, 1, 2, 7)):
        text = _written(spec, [str(number) for number in numbers])
        expected = _value(spec, tuple(map(Fraction, numbers)) if _takes_operands(subject) else numbers)
        try:
            found: Fraction | None = evaluate(text, operators=operators)
        except EvaluationError:
            found = None
        demand(found == expected, f"'{text}' is read as {found}, and of its numbers the operator makes {expected}")


def _written(operator: OperatorSpec, operands: list[str]) -> str:
    """Write an operator with its operands.

    >>> from exprlearn.arithmetic.builtin import exprlearn_operators
    >>> [_written(spec, ["2", "3"][: spec.arity]) for spec in exprlearn_operators()]
    ['2+3', '2-3', '2*3', '2/3', '-2']
    """
    if operator.form == "function":
        return f"{operator.sign}({','.join(operands)})"
    if operator.form == "numeral":
        return operands[0]
    if operator.form == "infix":
        return operator.sign.join(operands)
    return operator.sign + operands[0] if operator.form == "prefix" else operands[0] + operator.sign
