"""Operators besides + - * /: powers, remainders, comparisons, functions and hexadecimal numbers, with grammars."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files

from exprlearn.plugin import GrammarSpec, OperatorSpec, hookimpl
from exprlearn_operators.comparisons import COMPARISONS
from exprlearn_operators.functions import FUNCTIONS
from exprlearn_operators.hexadecimal import HEXADECIMAL
from exprlearn_operators.integers import INTEGER_OPERATORS
from exprlearn_operators.power import POWER

_GRAMMARS = {
    "powers": "Powers of numbers up to 12, alone or with a number or a power added or subtracted: 2^3+7.",
    "comparisons": "Sums of two numbers compared with a third, answered by true or false: 3+4<8.",
    "functions": "gcd, max, min and the absolute value of numbers from 0 to 99: gcd(12,18).",
}


@hookimpl
def exprlearn_operators() -> Iterable[OperatorSpec]:
    """Yield the operators, for the signs of grammars."""
    yield POWER
    yield from INTEGER_OPERATORS
    yield from FUNCTIONS
    yield from COMPARISONS
    yield HEXADECIMAL


@hookimpl
def exprlearn_grammars() -> Iterable[GrammarSpec]:
    """Yield the grammars, for `--grammar powers` and so on."""
    for name, summary in _GRAMMARS.items():
        yield GrammarSpec(name=name, summary=summary, text=(files(__name__) / f"{name}.lark").read_text)
