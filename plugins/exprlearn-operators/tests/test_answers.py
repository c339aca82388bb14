"""What grammars write with the operators is answered as Python's own operators answer it."""

from __future__ import annotations

import ast
import math
import operator
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import exprlearn as xl
from exprlearn.errors import EvaluationError
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


OPERATORS = tuple(exprlearn_operators())


@pytest.mark.parametrize("name", GRAMMARS)
def test_single_expressions_are_answered_as_by_python(name: str) -> None:
    space = xl.ExpressionSpace.from_text(GRAMMARS[name])
    for index in range(0, space.size, max(1, space.size // 400)):
        expected = by_python(space[index])
        try:
            found: str | None = str(xl.evaluate(space[index], operators=OPERATORS))
        except EvaluationError:
            found = None
        assert found == expected, space[index]


@pytest.mark.parametrize("name", GRAMMARS)
def test_drawn_examples_are_answered_as_by_python(name: str, tmp_path: Path) -> None:
    file = tmp_path / f"{name}.lark"
    file.write_text(GRAMMARS[name], encoding="utf-8")
    rows = xl.dataset(file, size=300, division="fraction", constraints=[])
    assert len(rows) == 300
    for row in rows:
        assert row["answer"] == by_python(row["question"]), row["question"]
        # Nothing is known of how hard such an operator is.
        assert row["metadata"]["points"] == -1 or name == "negative"


@pytest.mark.parametrize("name", ["powers", "comparisons", "functions"])
def test_a_dataset_of_each_grammar_is_built_and_its_audit_is_clean(name: str, tmp_path: Path) -> None:
    folder = str(tmp_path / name)
    sizes = [f"data.{split}={count}" for split, count in (("train", 400), ("validation", 40), ("test", 40))]
    options = [word for size in sizes for word in ("--set", size)]
    for words in (["data", "build", folder, "--grammar", name, *options], ["data", "audit", folder]):
        done = subprocess.run(
            [Path(sys.executable).with_name("exprlearn"), *words], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    assert "clean; all were judged" in done.stdout
