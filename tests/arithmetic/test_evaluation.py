from __future__ import annotations

import random
import sys
import time
import tracemalloc
from collections.abc import Iterator
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.arithmetic import Limits, Operation, calculations, evaluate, parse
from exprlearn.arithmetic.numerals import read_digits, write_digits
from exprlearn.errors import DivisionByZero, EvaluationError, ExpressionTooLarge

Node = int | tuple["Node", ...] | tuple[str, "Node"] | tuple[str, "Node", "Node"]


def random_tree(chance: random.Random, depth: int, largest: int) -> object:
    if depth == 0 or chance.random() < 0.2:
        return chance.randint(0, largest)
    if chance.random() < 0.15:
        return ("-", random_tree(chance, depth - 1, largest))
    operator = chance.choice("+-*/")
    return (operator, random_tree(chance, depth - 1, largest), random_tree(chance, depth - 1, largest))


def write(node: object) -> str:
    """Write every operation in brackets, so that precedence plays no part in the oracle."""
    if isinstance(node, int):
        return str(node)
    assert isinstance(node, tuple)
    operator, *operands = node
    texts = [write(operand) for operand in operands]
    return f"(-{texts[0]})" if len(texts) == 1 else f"({texts[0]}{operator}{texts[1]})"


def compute(node: object, operation: Operation) -> Fraction:
    if isinstance(node, int):
        return Fraction(node)
    assert isinstance(node, tuple)
    operator, *operands = node
    values = [compute(operand, operation) for operand in operands]
    if len(values) == 1:
        return -values[0]
    left, right = values
    if operator == "/":
        return left / right if operation == "exact" else Fraction(floor(left / right))
    return {"+": left + right, "-": left - right, "*": left * right}[operator]


@pytest.mark.parametrize("operation", ["exact", "floor"])
@pytest.mark.parametrize("largest", [3, 99, 10**30])
def test_values_agree_with_fractions_on_random_trees(operation: Operation, largest: int) -> None:
    chance = random.Random(f"{operation} {largest}")
    for _ in range(2500):
        node = random_tree(chance, 5, largest)
        try:
            expected = compute(node, operation)
        except ZeroDivisionError:
            with pytest.raises(DivisionByZero):
                evaluate(write(node), operation=operation)
            continue
        assert evaluate(write(node), operation=operation) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1+2*3", 7),
        ("2*3+4*5", 26),
        ("10-4-3", 3),
        ("100/10/5", 2),
        ("7-2*3/4", Fraction(11, 2)),
        ("-2*-3", 6),
        ("-(2+3)*4", -20),
        ("2--3", 5),
        ("131+83-744*33", -24338),
        ("1÷3×3−1", 0),
        ("012+010", 22),
    ],
)
def test_precedence_and_associativity_are_the_usual_ones(text: str, value: int | Fraction) -> None:
    assert evaluate(text) == value


@pytest.mark.parametrize(
    ("text", "value"), [("7/2", 3), ("-7/2", -4), ("7/-2", -4), ("-7/-2", 3), ("7/2*2", 6), ("1/2+1/2", 0)]
)
def test_floor_rounds_every_quotient_towards_minus_infinity(text: str, value: int) -> None:
    assert evaluate(text, operation="floor") == value


@pytest.mark.parametrize("text", ["1/0", "0/0", "1/(2-2)", "3/(1/2-2/4)", "1/-0"])
def test_division_by_zero_is_refused_with_the_expression(text: str) -> None:
    with pytest.raises(DivisionByZero, match="divides by zero") as caught:
        evaluate(text)
    assert caught.value.expression == text


def test_floored_divisors_of_zero_are_found() -> None:
    assert evaluate("3/(1/2)") == 6
    with pytest.raises(DivisionByZero):
        evaluate("3/(1/2)", operation="floor")


def test_values_with_too_many_bits_are_refused_on_the_way() -> None:
    with pytest.raises(ExpressionTooLarge):
        evaluate("*".join(["9" * 1000] * 3))
    assert evaluate("200+55", limits=Limits(bits=8)) == 255
    for text in ("200+56", "200*2-399", "1/16*1/16*1/2"):
        with pytest.raises(ExpressionTooLarge):
            evaluate(text, limits=Limits(bits=8))


def test_calculations_tell_what_went_in_and_out() -> None:
    steps = calculations(parse("-(1+2)*3/4"))
    assert [(step.operator, step.left, step.right, step.result) for step in steps] == [
        ("+", (1, 1), (2, 1), (3, 1)),
        ("*", (-3, 1), (3, 1), (-9, 1)),
        ("/", (-9, 1), (4, 1), (-9, 4)),
    ]


HARD = (
    "(" * 2000 + "1" + ")" * 2000,
    "-" * 4000 + "1",
    "1" + "+1" * 2000,
    "1/3" + "+1/7*2" * 600,
    "+".join(f"1/{number}" for number in range(3, 800)),
    "9" * 4096,
    "*".join(["9" * 100] * 40),
    "9" * 1000 + "/" + "7" * 1000 + "+1/3" * 500,
    "/".join(["9" * 600] * 6),
    "99999**999999",
    "9**9**9",
    "9" * 4301,
    "1\ud800+2",
    "٣+٣",
    "1e999",
    "(-8)**0.5",
    "__import__('os')",
    "1" + "0" * 100_000,
    "(" * 100_000,
)


def mutated(chance: random.Random, text: str) -> str:
    place = chance.randrange(len(text) + 1)
    letter = chance.choice("0123456789+-*/() .e\ud800٣\x00−×÷")
    return text[:place] + letter + text[place + chance.randrange(3) :]


def fuzz(count: int) -> Iterator[str]:
    """Make random text, random arithmetic, mutations of both and the hard cases."""
    chance = random.Random(8)
    yield from HARD
    for number in range(count - len(HARD)):
        kind = number % 4
        if kind == 0:
            yield "".join(chance.choices("0123456789+-*/()", k=chance.randrange(30)))
        elif kind == 1:
            yield write(random_tree(chance, 4, 10 ** chance.randrange(1, 25)))
        elif kind == 2:
            yield mutated(chance, write(random_tree(chance, 3, 99)))
        else:
            yield "".join(chr(chance.randrange(1, 0x11_0000)) for _ in range(chance.randrange(12)))


def worst_time(texts: Iterator[str]) -> float:
    """Evaluate everything, letting through whatever is no EvaluationError; seconds of the slowest."""
    worst = 0.0
    for text in texts:
        start = time.process_time()
        try:
            assert isinstance(evaluate(text), Fraction)
        except EvaluationError as error:
            str(error).encode()
        worst = max(worst, time.process_time() - start)
    return worst


def test_twenty_thousand_inputs_raise_only_evaluation_errors_in_fifty_milliseconds() -> None:
    assert worst_time(fuzz(20_000)) < 0.05


def test_hard_inputs_take_little_memory() -> None:
    tracemalloc.start()
    try:
        worst_time(iter(HARD))
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.slow
def test_a_million_inputs_raise_only_evaluation_errors_in_fifty_milliseconds() -> None:
    assert worst_time(fuzz(1_000_000)) < 0.05


def test_no_text_reaches_the_interpreter() -> None:
    seen: list[str] = []
    watched = {"exec", "compile", "pickle.find_class", "os.system", "subprocess.Popen", "socket.connect"}
    watching = True

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event in watched:
            seen.append(event)

    sys.addaudithook(watch)
    try:
        worst_time(fuzz(2_000))
    finally:
        # An audit hook stays for the life of the process.
        watching = False
    assert seen == []


@given(st.integers(-(10**3000), 10**3000))
def test_digits_convert_both_ways_beyond_the_limit_of_the_interpreter(number: int) -> None:
    digits = write_digits(abs(number))
    assert digits.isascii()
    assert digits.isdigit()
    assert read_digits(digits) == abs(number)
    assert write_digits(-abs(number)) == ("-" if number else "") + digits


def test_digits_convert_whatever_the_limit_of_the_process_is() -> None:
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(640)
    try:
        text = "1" + "0" * 5000 + "7"
        assert write_digits(read_digits(text)) == text
        assert evaluate("9" * 1200 + "+1") == 10**1200
    finally:
        sys.set_int_max_str_digits(limit)
