"""What grammars write with the operators is answered as Python's own operators answer it."""

from __future__ import annotations

import ast
import json
import math
import operator
import re
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
LARGE = "//@ range=0..999\nNUMBER: /0|[1-9][0-9]{0,2}/\n"
TALL = "//@ range=0..99\nSMALL: /0|[1-9][0-9]?/"
DIGITS = '//@ range=0..9\nDIGIT: /[0-9]/\nLETTER: "a" | "b" | "c" | "d" | "e" | "f"'
DECIMAL = "//@ range=0.0..9.9\nDECIMAL: /[0-9][.][0-9]/"
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
    "decimals": f'start: DECIMAL "+" DECIMAL | DECIMAL "-" DECIMAL | DECIMAL "*" DECIMAL\n{DECIMAL}',
    "hexadecimal": f'start: hex "+" hex | hex "-" hex\nhex: "0x" digit digit?\n?digit: DIGIT | LETTER\n{DIGITS}',
    "nested": f'start: "max(" part "," part ")"\npart: NUMBER | NUMBER "^2" | "gcd(" NUMBER "," NUMBER ")"\n{NUMBER}',
}
NINE = ("power", "modulo", "floor-division", "comparison", "max", "decimals", "negative", "hexadecimal", "gcd")
FEW = [word for size in ("train=400", "validation=40", "test=40") for word in ("--set", f"data.{size}")]
MULTIPLE = '''"""The least common multiple: `lcm(4,6)`."""

import math

from exprlearn.plugin import OperatorSpec, hookimpl


def multiple(left, right):
    if left.denominator != 1 or right.denominator != 1:
        raise ValueError("only whole numbers have common multiples")
    return math.lcm(int(left), int(right))


@hookimpl
def exprlearn_operators():
    summary = "The least common multiple: lcm(4,6) is 12."
    yield OperatorSpec(
        name="lcm", summary=summary, sign="lcm", form="function", arity=2, commutative=True, calculate=multiple
    )
'''
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
    # Python's own decimals are no exact numbers.
    text = re.sub(r"([0-9])[.]([0-9])", lambda found: f"({int(found[1] + found[2])}/10)", text)
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


def run(*words: str) -> str:
    """Run a command, and return what it writes."""
    command = [Path(sys.executable).with_name("exprlearn"), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


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
        # Nothing is known of how hard such an operator is; decimals may be whole.
        assert row["metadata"]["points"] == -1 or name in ("negative", "decimals")


@pytest.mark.slow
@pytest.mark.parametrize("name", GRAMMARS)
def test_a_hundred_thousand_drawn_examples_are_answered_as_by_python(name: str, tmp_path: Path) -> None:
    file = tmp_path / f"{name}.lark"
    file.write_text(GRAMMARS[name].replace(NUMBER, LARGE).replace(SMALL, TALL), encoding="utf-8")
    rows = xl.dataset(file, size=100_000, division="fraction", constraints=[])
    assert sum(row["answer"] != by_python(row["question"]) for row in rows) == 0


@pytest.mark.parametrize("name", ["powers", "comparisons", "functions"])
def test_a_dataset_of_each_grammar_is_built_and_its_audit_is_clean(name: str, tmp_path: Path) -> None:
    folder = str(tmp_path / name)
    run("data", "build", folder, "--grammar", name, *FEW)
    assert "clean; all were verified" in run("data", "audit", folder)


@pytest.mark.slow
@pytest.mark.parametrize("name", NINE)
def test_grammars_of_outsiders_walk_from_the_check_to_a_model(name: str, tmp_path: Path) -> None:
    file, folder, runs = tmp_path / f"{name}.lark", str(tmp_path / "data"), str(tmp_path / "runs")
    file.write_text(GRAMMARS[name], encoding="utf-8")
    grammar = ["--grammar", str(file), "--division", "fraction"]
    size = xl.ExpressionSpace.from_text(GRAMMARS[name]).size
    assert f"{size} expressions" in run("grammar", "check", str(file))
    assert f"{size:,}".replace(",", " ") in run("grammar", "count", str(file))
    assert run("grammar", "sample", str(file), "-n", "5", "--division", "fraction").count(" = ") == 5
    run("data", "build", folder, *grammar, *FEW)
    assert "clean; all were verified" in run("data", "audit", folder)
    small = ("--set", "model.units=8", "--set", "training.examples_per_epoch=128", "--set", "working.name=none")
    trained = run("train", *grammar, *FEW, *small, "--runs", runs, "--epochs", "1", "--json")
    assert 0 <= json.loads(trained)["exact_match"]["value"] <= 1


def test_an_operator_of_ones_own_is_one_short_file(tmp_path: Path) -> None:
    file, grammar = tmp_path / "multiple.py", tmp_path / "multiples.lark"
    file.write_text(MULTIPLE, encoding="utf-8")
    grammar.write_text(f'start: "lcm(" NUMBER "," NUMBER ")"\n{NUMBER}', encoding="utf-8")
    assert MULTIPLE.count("\n") <= 20
    lines = run("grammar", "sample", str(grammar), "-n", "20", "--plugin", str(file)).splitlines()
    pairs = [re.fullmatch(r"lcm\(([0-9]+),([0-9]+)\) = ([0-9]+)", line) for line in lines]
    assert len(pairs) == 20
    assert all(pair and math.lcm(int(pair[1]), int(pair[2])) == int(pair[3]) for pair in pairs)
