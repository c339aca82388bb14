"""What grammars write with the operators is answered as Python's own operators answer it."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from exprlearn.arithmetic import compile_skeletons
from exprlearn.arithmetic.divisions import FractionPolicy
from exprlearn.arithmetic.operators import ELSEWHERE, choose_operators
from exprlearn.dataset import Answering, canonical_keys, split_of
from exprlearn.dataset.canonical import canonical_key
from exprlearn.plugin import OperatorSpec
from exprlearn.plugin.manager import Plugins
from exprlearn.sampling import ExpressionSpace
from exprlearn_operators import exprlearn_operators

NUMBER = "//@ range=0..40\nNUMBER: /0|[1-9][0-9]?/\n"
SMALL = "//@ range=0..5\nSMALL: /[0-9]/"
GRAMMARS = {
    "power": f'start: NUMBER "^" SMALL | "-" NUMBER "^" SMALL | NUMBER "^" "-" SMALL\n{NUMBER}{SMALL}',
    "modulo": f'start: NUMBER "%" NUMBER | "-" NUMBER "%" NUMBER\n{NUMBER}',
    "floor-division": f'start: NUMBER "//" NUMBER | NUMBER "//" "-" NUMBER\n{NUMBER}',
    "comparison": f'start: NUMBER SIGN NUMBER\nSIGN: "<" | ">" | "<=" | ">=" | "==" | "!="\n{NUMBER}',
    "max": f'start: NAME NUMBER "," NUMBER ")"\nNAME: "max(" | "min("\n{NUMBER}',
    "negative": f'start: SIGN NUMBER "+" SIGN NUMBER\nSIGN: "-" | "+"\n{NUMBER}',
    "gcd": f'start: "gcd(" NUMBER "," NUMBER ")"\n{NUMBER}',
    "abs": f'start: "abs(" NUMBER "-" NUMBER ")" "*" NUMBER\n{NUMBER}',
    "factorial": 'start: NUMBER "!" | NUMBER "!" "/" NUMBER "!"\n//@ range=0..40\nNUMBER: /0|[1-9][0-9]?/',
    "nested": f'start: "max(" part "," part ")"\npart: NUMBER | NUMBER "^2" | "gcd(" NUMBER "," NUMBER ")"\n{NUMBER}',
}
PYTHON: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
    ast.FloorDiv: operator.floordiv,
    ast.Pow: operator.pow,
    ast.Lt: operator.lt,
    ast.Gt: operator.gt,
    ast.LtE: operator.le,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
NAMES: dict[str, Callable[..., Any]] = {
    "max": max,
    "min": min,
    "abs": abs,
    "gcd": lambda a, b: Fraction(math.gcd(int(a), int(b))),
    "factorial": lambda a: Fraction(math.factorial(int(a))),
}


def by_python(expression: str) -> str | None:
    """Answer an expression by Python's parser, rules and numbers, none of which exprlearn uses."""
    text = expression.replace("^", "**")
    while "!" in text.replace("!=", ""):
        place = text.index("!")
        start = place
        while start and text[start - 1].isdigit():
            start -= 1
        text = f"{text[:start]}factorial({text[start:place]}){text[place + 1 :]}"
    try:
        value = compute(ast.parse(text, mode="eval").body)
    except ZeroDivisionError:
        return None
    return str(value).lower()


def compute(node: ast.AST) -> Any:
    match node:
        case ast.Constant(value=int(value)):
            return Fraction(value)
        case ast.BinOp(left=left, op=sign, right=right):
            return PYTHON[type(sign)](compute(left), compute(right))
        case ast.UnaryOp(op=sign, operand=operand):
            return PYTHON[type(sign)](compute(operand))
        case ast.Compare(left=left, ops=[sign], comparators=[right]):
            return PYTHON[type(sign)](compute(left), compute(right))
        case ast.Call(func=ast.Name(id=name), args=operands):
            return NAMES[name](*map(compute, operands))
    raise AssertionError(ast.dump(node))


def space_of(name: str) -> ExpressionSpace:
    space = ExpressionSpace.from_text(GRAMMARS[name])
    chosen = choose_operators(space.literals, Plugins(only=["operators"])[OperatorSpec])
    return space.with_operators([entry.spec for entry in chosen])


@pytest.mark.parametrize("name", GRAMMARS)
def test_answers_are_those_of_python(name: str) -> None:
    space, asked = space_of(name), 0
    answering = Answering(FractionPolicy(), operators=space.calculated_by)
    for stratum in space.strata:
        block = stratum.block(np.linspace(0, stratum.size - 1, min(stratum.size, 1200)).astype(np.int64))
        answered = answering.answer_block(block)
        for text, answer, kept in zip(block.expressions.tolist(), answered.answers, answered.kept, strict=True):
            assert (str(answer) if kept else None) == by_python(text), text
        asked += len(block)
    assert asked >= 40


@pytest.mark.parametrize("name", GRAMMARS)
def test_blocks_have_the_keys_of_their_expressions(name: str) -> None:
    space = space_of(name)
    for stratum in space.strata:
        block = stratum.block(np.arange(min(stratum.size, 60)))
        keys = canonical_keys(block, compile_skeletons(block.skeletons)).tolist()
        assert keys == [canonical_key(text, operators=space.calculated_by) for text in block.expressions.tolist()]


def test_both_orders_are_in_one_split_just_where_the_order_never_counts() -> None:
    operators = tuple(exprlearn_operators())
    for pair in (("max(3,5)", "max(5,3)"), ("gcd(4,6)+1", "1+gcd(6,4)"), ("3==5", "5==3")):
        assert len({canonical_key(text, operators=operators) for text in pair}) == 1
        assert len({split_of(text, operators=operators) for text in pair}) == 1
    for pair in (("2^3", "3^2"), ("5%3", "3%5"), ("max(3,5)", "min(3,5)"), ("3<5", "5<3"), ("3<5", "3>5")):
        assert len({canonical_key(text, operators=operators) for text in pair}) == 2


def test_the_core_names_this_package_for_just_the_signs_it_answers() -> None:
    assert set(ELSEWHERE["exprlearn-operators"]) == {spec.sign for spec in exprlearn_operators()}
