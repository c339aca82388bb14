from __future__ import annotations

import ast
import operator

import numpy as np
import pytest

from exprlearn.arithmetic import answer, block_values, compile_skeletons, evaluate
from exprlearn.arithmetic.divisions import ModularOptions, ModularPolicy
from exprlearn.dataset import longest_answer
from exprlearn.dataset.constraints import IntegerIntermediatesConstraint
from exprlearn.errors import DivisionByZero, EvaluationError, UnknownOperator
from exprlearn.plugin import OperatorSpec
from exprlearn.sampling import ExpressionSpace

SIGNS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul}


def by_residues(text: str, modulus: int) -> str | None:
    """Answer an expression by Python's own parser, with residues for numbers; None where something has no inverse."""

    def residue(node: ast.AST) -> int:
        match node:
            case ast.Constant(value=int(number)):
                return number % modulus
            case ast.BinOp(left=left, op=sign, right=right):
                one, other = residue(left), residue(right)
                if isinstance(sign, ast.Div):
                    found = [each for each in range(modulus) if each * other % modulus == 1]
                    return one * found[0] % modulus
                return int(SIGNS[type(sign)](one, other)) % modulus
        raise AssertionError(ast.dump(node))

    try:
        return str(residue(ast.parse(text, mode="eval").body))
    except IndexError:
        return None


def single(text: str, division: ModularPolicy) -> str | None:
    try:
        return answer(text, division)
    except EvaluationError:
        return None


@pytest.mark.parametrize("modulus", [2, 7, 12, 97])
def test_answers_are_those_of_the_residues(modulus: int) -> None:
    division = ModularPolicy(ModularOptions(modulus=modulus))
    space = ExpressionSpace.from_file("mixed", terms=3, ranges="1..130")
    asked = 0
    for stratum in space.strata:
        block = stratum.block(np.linspace(0, stratum.size - 1, 700).astype(np.int64))
        answers, answered = division.answers(
            block_values(block, compile_skeletons(block.skeletons), division.operation)
        )
        for row, text in enumerate(block.expressions.tolist()):
            expected = by_residues(text, modulus)
            assert (str(answers[row]) if answered[row] else None) == expected, text
            assert single(text, division) == expected, text
            asked += expected is not None
    assert asked > 300


def test_numbers_beyond_64_bits_are_counted_modulo_too() -> None:
    large = "*".join(["999999999999"] * 6)
    assert answer(large, ModularPolicy()) == str(999999999999**6 % 97)
    assert answer(f"1/({large})", ModularPolicy()) == str(pow(999999999999**6, -1, 97))
    text = f'start: N "*" N "/" N\n//@ range={2**40}..{2**40 + 9}\nN: /[0-9]+/'
    block = ExpressionSpace.from_text(text).strata[0].block(np.arange(1000))
    values = block_values(block, compile_skeletons(block.skeletons), "modulo 97")
    for row, expression in enumerate(block.expressions.tolist()):
        assert values.fraction(row) == evaluate(expression, operation="modulo 97")


def test_a_divisor_without_an_inverse_divides_by_zero() -> None:
    for text in ("1/97", "1/(48+49)", "5/0"):
        with pytest.raises(DivisionByZero):
            answer(text, ModularPolicy())
    with pytest.raises(DivisionByZero):
        answer("1/4", ModularPolicy(ModularOptions(modulus=12)))


def test_answers_are_no_longer_than_the_modulus() -> None:
    space = ExpressionSpace.from_file("mixed", ranges="1..999")
    assert longest_answer(space, ModularPolicy(), ()) == 2


def test_what_is_not_known_of_residues_says_so() -> None:
    power = OperatorSpec(name="power", summary="For tests.", sign="^", calculate=lambda left, right: left ** int(right))
    with pytest.raises(UnknownOperator, match="not known modulo 97"):
        answer("2^3", ModularPolicy(), operators=(power,))
    space = ExpressionSpace.from_file("division")
    block = space.strata[0].block(np.arange(9))
    values = block_values(block, compile_skeletons(block.skeletons), "modulo 97")
    with pytest.raises(UnknownOperator, match="leave out what asks for it"):
        IntegerIntermediatesConstraint().keep(block, values)
