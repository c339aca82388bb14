from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from exprlearn.arithmetic import Limits, block_values, calculations, compile_skeletons, evaluate, parse
from exprlearn.arithmetic.builtin import exprlearn_operators
from exprlearn.arithmetic.divisions import FloorPolicy, FloorRemainderPolicy, FractionPolicy, answer
from exprlearn.arithmetic.operators import choose_operators, uncontested
from exprlearn.arithmetic.programs import refuse_unanswerable
from exprlearn.errors import (
    AmbiguousName,
    DivisionByZero,
    ExpressionSyntaxError,
    ExpressionTooLarge,
    GrammarError,
    PluginError,
    UndefinedValue,
    UnknownOperator,
)
from exprlearn.plugin import OperatorSpec
from exprlearn.plugin.registry import Registered, Registry
from exprlearn.sampling import ExpressionSpace


def spec(name: str, sign: str, calculate: Any, **fields: Any) -> OperatorSpec:
    return OperatorSpec(name=name, summary="For tests.", sign=sign, calculate=calculate, **fields)


def power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1:
        raise ValueError("the exponent is not whole")
    if abs(exponent) > 1000:
        raise OverflowError
    return Fraction(base ** int(exponent))


POWER = spec("power", "^", power, precedence=4, associativity="right")
LESS = spec("less", "<", lambda left, right: left < right, precedence=0, gives="truth")
LARGER = spec("max", "max", max, form="function", arity=2, commutative=True)
EVEN = spec("halves", "!", lambda number: number * 2, form="postfix", precedence=5)
ROOT = spec("double", "~", lambda number: number * 10, form="prefix", precedence=3)
OPERATORS = (POWER, LESS, LARGER, EVEN, ROOT)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2^3", 8),
        ("2^3^2", 512),
        ("-2^2", -4),
        ("2^-3", Fraction(1, 8)),
        ("2^-1*4", 2),
        ("3*2^2!", 48),
        ("max(2+1,2*2)^2", 16),
        ("max(max(1,5),max(2,3))-1", 4),
        ("max((1),(2))", 2),
        ("~3!+1", 61),
        ("1 + max ( 2 , 3 )", 4),
    ],
)
def test_operators_of_plugins_are_read_by_their_precedence(text: str, value: Fraction) -> None:
    assert evaluate(text, operators=OPERATORS) == value


@pytest.mark.parametrize(
    "text", ["max(1)", "max(1,2,3)", "max 1", "(1,2)", "1,2", "2^", "^2", "max(", "max(1,2", "!2", "1,"]
)
def test_what_does_not_go_together_is_refused(text: str) -> None:
    with pytest.raises(ExpressionSyntaxError, match=r"numbers, \+ - \* / \^ < ! max ~ and round brackets"):
        parse(text, operators=OPERATORS)


def test_a_function_at_the_end_takes_no_bracket_from_the_beginning() -> None:
    with pytest.raises(ExpressionSyntaxError, match="unexpected end at position 10"):
        parse("(1+2)*max", operators=OPERATORS)


def test_without_its_operator_a_sign_means_nothing() -> None:
    with pytest.raises(ExpressionSyntaxError):
        parse("2^3")


def test_comparisons_are_true_or_false_under_every_policy() -> None:
    for division in (FractionPolicy(), FloorPolicy(), FloorRemainderPolicy()):
        assert [answer(text, division, operators=OPERATORS) for text in ("1<2", "1/2<1/3")] == ["true", "false"]


@pytest.mark.parametrize(
    "text", ["(1<2)+1", "1-(1<2)", "(1<2)*2", "3/(1<2)", "(1<2)/3", "-(1<2)", "1<2<3", "max(1<2,1)"]
)
def test_a_truth_value_is_no_number(text: str) -> None:
    for operation in ("exact", "floor"):
        with pytest.raises(UndefinedValue, match="a truth value is not a number"):
            evaluate(text, operators=OPERATORS, operation=operation)


def test_each_reason_why_there_is_no_value_has_its_error() -> None:
    for text, error in (("2^(1/2)", UndefinedValue), ("0^-1", DivisionByZero), ("2^(9^9)", ExpressionTooLarge)):
        with pytest.raises(error):
            evaluate(text, operators=OPERATORS)
    with pytest.raises(ExpressionTooLarge):
        evaluate("2^99", operators=OPERATORS, limits=Limits(bits=64))


def test_an_operator_that_breaks_is_named() -> None:
    floating = spec("float", "^", lambda left, right: float(left))
    raising = spec("raising", "^", lambda left, right: {}[left])
    for operator in (floating, raising, spec("liar", "^", max, gives="truth")):
        with pytest.raises(PluginError, match=f"operator '{operator.name}'"):
            evaluate("2^3", operators=(operator,))


def test_floors_are_taken_of_fractions_too() -> None:
    # 1/3 is 0 under this operation, but 2^-2 stays 1/4: 5/4 : 1/4 is 5.
    assert evaluate("(1+2^-2)/2^-2", operators=OPERATORS, operation="floor") == 5
    assert evaluate("-(2^-1)/2", operators=OPERATORS, operation="floor") == -1


def test_whoever_follows_calculations_is_told_that_nothing_is_known() -> None:
    with pytest.raises(UnknownOperator, match=r"'\^'"):
        calculations(parse("2^3+1", operators=OPERATORS))
    with pytest.raises(UnknownOperator, match="remainders are known"):
        answer("2^3/3", FloorRemainderPolicy(), operators=OPERATORS)


def test_blocks_are_computed_as_their_expressions_are() -> None:
    text = 'start: N "^" N "+" N | N "<" N "*" N\n//@ range=0..9\nN: /[0-9]/'
    space = ExpressionSpace.from_text(text).with_operators(OPERATORS)
    for stratum in space.strata:
        block = stratum.block(np.arange(0, stratum.size, 7))
        values = block_values(block, compile_skeletons(block.skeletons))
        for row, expression in enumerate(block.expressions.tolist()):
            assert values.fraction(row) == evaluate(expression, operators=OPERATORS)


def test_the_built_in_operators_compute_what_blocks_compute() -> None:
    specs = {(each.sign, each.arity): each for each in exprlearn_operators()}
    assert sorted(specs) == [("*", 2), ("+", 2), ("-", 1), ("-", 2), ("/", 2)]
    for left, right in ((7, 2), (3, 9), (0, 4)):
        for sign in "+-*/":
            assert specs[sign, 2].calculate(Fraction(left), Fraction(right)) == evaluate(f"{left}{sign}{right}")
    assert specs["-", 1].calculate(Fraction(3)) == evaluate("-3")


def test_decimals_are_read_exactly() -> None:
    assert evaluate("1.5+2.3") == Fraction(19, 5)
    assert parse("1.50-2.0").steps == (Fraction(3, 2), 2, "-")
    assert evaluate("0.1*0.1", operation="floor") == Fraction(1, 100)
    assert evaluate("7.5/2", operation="floor") == 3
    with pytest.raises(UnknownOperator, match=r"'\.'"):
        calculations(parse("1.5+2"))


def test_numerals_of_plugins_are_read_as_their_numbers() -> None:
    hexadecimal = spec("hexadecimal", "x", lambda text: int(text, 16), form="numeral", pattern="0x[0-9a-f]+")
    half = spec("half", "½", lambda text: Fraction(1, 2), form="numeral", pattern="½")
    assert evaluate("0x1f+0xa*2", operators=(hexadecimal,)) == 51
    assert evaluate("½+10.5", operators=(half, hexadecimal)) == 11
    with pytest.raises(ExpressionSyntaxError):
        parse("0x1g", operators=(hexadecimal,))
    with pytest.raises(PluginError, match="return an exact number"):
        parse("½", operators=(spec("half", "½", lambda text: -1, form="numeral", pattern="½"),))
    space = ExpressionSpace.from_text('start: "0x" D L\nD: /[0-9]/\nL: "a" | "b"').with_operators((hexadecimal,))
    block = space.strata[0].block(np.arange(20))
    values = block_values(block, compile_skeletons(block.skeletons))
    assert [values.fraction(row) for row in range(20)] == [int(text, 16) for text in block.expressions.tolist()]


@pytest.mark.parametrize(
    "fields", [{"pattern": ""}, {"pattern": "("}, {"pattern": "x*"}, {"pattern": "x", "form": "infix"}]
)
def test_numerals_alone_have_patterns_and_right_ones(fields: dict[str, str]) -> None:
    with pytest.raises(PluginError):
        spec("broken", "x", int, **{"form": "numeral", **fields})


def registry(*entries: tuple[str, OperatorSpec]) -> Registry[OperatorSpec]:
    built_in = [Registered(each, "exprlearn", "exprlearn", "0") for each in exprlearn_operators()]
    return Registry("operator", built_in + [Registered(each, plugin, plugin, "0") for plugin, each in entries])


def test_the_signs_of_a_grammar_choose_its_operators() -> None:
    found = registry(("a", POWER), ("a", LARGER), ("a", LESS))
    names = [entry.spec.name for entry in choose_operators(["+", "max(", "^"], found)]
    assert names == ["power", "max"]
    assert choose_operators(["+", "-", "*", "/", "("], found) == ()


def test_a_contested_sign_is_reached_by_the_name_of_the_plugin() -> None:
    other = spec("xor", "^", lambda left, right: int(left) ^ int(right))
    found = registry(("a", POWER), ("b", other))
    with pytest.raises(AmbiguousName, match=r"'\^': a/power, b/xor; say which one, for instance --set 'grammar.signs"):
        choose_operators(["^"], found)
    (chosen,) = choose_operators(["^"], found, ["b/xor"])
    assert evaluate("6^3", operators=(chosen.spec,)) == 5
    assert uncontested(found) == ()
    assert uncontested(found, ["a/power"]) == (POWER,)


def test_the_signs_of_the_built_in_operators_stay_theirs() -> None:
    assert choose_operators(["+"], registry(("a", spec("plus", "+", max)))) == ()


def test_a_grammar_whose_sign_nobody_answers_names_the_package_that_would() -> None:
    space = ExpressionSpace.from_text('start: N "gcd(" N\n//@ range=0..9\nN: /[0-9]/')
    with pytest.raises(
        GrammarError, match=r"'gcd\(' has no value.*'gcd' is answered by the package exprlearn-operators"
    ):
        refuse_unanswerable(space)


@pytest.mark.parametrize("sign", ["", "2", "a b", "(", "x,", "1^"])
def test_a_sign_that_cannot_be_read_is_refused(sign: str) -> None:
    with pytest.raises(PluginError):
        spec("broken", sign, max)


def test_a_function_needs_a_name_and_an_arity() -> None:
    for fields in ({"sign": "max"}, {"sign": "^", "arity": 2}):
        with pytest.raises(PluginError):
            spec("broken", calculate=max, form="function", **fields)
