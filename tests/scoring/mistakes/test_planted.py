"""Mistakes made on purpose, by written arithmetic that shares nothing with the naming, are named for what they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from exprlearn.arithmetic import answer
from exprlearn.arithmetic.divisions import DecimalPolicy, FloorPolicy, FloorRemainderPolicy, FractionPolicy
from exprlearn.plugin import Division, OperatorSpec
from exprlearn.scoring.mistakes import MISTAKES, name_mistake, names_that_fit

CASES = 1000
Case = tuple[str, str, str, Division]
EXACT = FractionPolicy()


def column_sum(left: str, right: str, lost: int | None) -> tuple[str, list[int]]:
    """Add two numbers as on paper, losing the carry out of one column; return the sum and the columns that carry."""
    width, carry, written, carrying = max(len(left), len(right)), 0, "", []
    for place in range(width):
        total = int(left.zfill(width)[-1 - place]) + int(right.zfill(width)[-1 - place]) + carry
        written, carry = str(total % 10) + written, total // 10
        carrying += [place] if carry else []
        carry = 0 if place == lost else carry
    return str(int((str(carry) if carry else "") + written)), carrying


def column_difference(larger: str, smaller: str, lost: int | None) -> tuple[str, list[int]]:
    """Subtract as on paper, not paying back the borrow of one column."""
    borrow, written, borrowing = 0, "", []
    for place in range(len(larger)):
        rest = int(larger[-1 - place]) - int(smaller.zfill(len(larger))[-1 - place]) - borrow
        written, borrow = str(rest % 10) + written, int(rest < 0)
        borrowing += [place] if borrow else []
        borrow = 0 if place == lost else borrow
    return str(int(written)), borrowing


def numbers(draw: np.random.Generator, count: int, digits: int = 4) -> list[int]:
    return [int(draw.integers(10 ** (digits - 1), 10**digits)) for _ in range(count)]


def carry_lost(draw: np.random.Generator) -> Case:
    while True:
        one, other = map(str, numbers(draw, 2))
        _, carrying = column_sum(one, other, None)
        if carrying:
            slip = int(column_sum(one, other, int(draw.choice(carrying)))[0])
            factor = int(draw.integers(1, 10))
            if factor == 1:
                return f"{one}+{other}", str(slip), str(int(one) + int(other)), EXACT
            return f"({one}+{other})*{factor}", str(slip * factor), str((int(one) + int(other)) * factor), EXACT


def borrow_lost(draw: np.random.Generator) -> Case:
    while True:
        larger, smaller = (str(number) for number in sorted(numbers(draw, 2), reverse=True))
        _, borrowing = column_difference(larger, smaller, None)
        if borrowing:
            slip = int(column_difference(larger, smaller, int(draw.choice(borrowing)))[0])
            if draw.integers(2):
                return f"{larger}-{smaller}", str(slip), str(int(larger) - int(smaller)), EXACT
            return f"{smaller}-{larger}", str(-slip), str(int(smaller) - int(larger)), EXACT


def carry_added(draw: np.random.Generator) -> Case:
    """Carry out of a column that does not, or borrow for one that need not."""
    while True:
        one, other = (str(number) for number in sorted(numbers(draw, 2), reverse=True))
        is_sum = bool(draw.integers(2))
        _, busy = (column_sum if is_sum else column_difference)(one, other, None)
        still = [place for place in range(len(one)) if place not in busy]
        place = int(draw.choice(still)) if still else 0
        right = int(one) + int(other) if is_sum else int(one) - int(other)
        wrong = right + 10 ** (place + 1) if is_sum else right - 10 ** (place + 1)
        if still and wrong >= 0:
            return f"{one}{'+' if is_sum else '-'}{other}", str(wrong), str(right), EXACT


def precedence(draw: np.random.Generator) -> Case:
    while True:
        a, b, c = (int(number) for number in draw.integers(2, 100, 3))
        if draw.integers(2):
            case = f"{a}+{b}*{c}", str((a + b) * c), str(a + b * c), EXACT
        else:
            case = f"{a}-{b}*{c}", str((a - b) * c), str(a - b * c), EXACT
        if case[1] != case[2]:
            return case


def brackets_ignored(draw: np.random.Generator) -> Case:
    a, b, c, d = (int(number) for number in draw.integers(2, 100, 4))
    cases = (
        (f"{a}*({b}+{c})", a * b + c, a * (b + c)),
        (f"({a}+{b})*{c}", a + b * c, (a + b) * c),
        (f"{a}-({b}+{c})", a - b + c, a - (b + c)),
        (f"{d}-({a}+{b})*{c}", d - a + b * c, d - (a + b) * c),
    )
    text, wrong, right = cases[draw.integers(4)]
    return text, str(wrong), str(right), EXACT


def sign(draw: np.random.Generator) -> Case:
    one, other = numbers(draw, 2, int(draw.integers(1, 5)))
    right = one - other or one
    text = f"{one}-{other}" if one != other else f"{one}-0"
    return text, str(-right), str(right), EXACT


def division(draw: np.random.Generator) -> Case:
    """Round up instead of down, cut instead of rounding, forget or mistake the remainder, leave a fraction as it is."""
    while True:
        one, other = int(draw.integers(10, 1000)), int(draw.integers(2, 100))
        quotient, rest = divmod(one, other)
        if not rest:
            continue
        text, factor = f"{one}/{other}", int(draw.integers(2, 9))
        halved = one // 2, other // 2
        cases: list[tuple[Division, str, str]] = [
            (FloorPolicy(), text, str(quotient + 1)),
            (FloorRemainderPolicy(), text, str(quotient)),
            (FloorRemainderPolicy(), text, f"{quotient} r {rest + 1}"),
            (FractionPolicy(), text, str(quotient)),
            (FractionPolicy(), f"{one * factor}/{other * factor}", f"{one * factor}/{other * factor}"),
            (DecimalPolicy(), text, str(quotient)),
            (DecimalPolicy(), f"{text}*{factor}", str(quotient * factor)),
        ]
        policy, asked, wrong = cases[draw.integers(len(cases))]
        right = answer(asked, policy)
        if wrong != right and halved:
            return asked, wrong, right, policy


def swapped_digits(draw: np.random.Generator) -> Case:
    while True:
        one, other = numbers(draw, 2)
        right = list(str(one * other))
        first, second = (int(place) for place in draw.choice(len(right), 2, replace=False))
        wrong = right.copy()
        wrong[first], wrong[second] = right[second], right[first]
        if wrong != right and wrong[0] != "0":
            return f"{one}*{other}", "".join(wrong), "".join(right), EXACT


def changed_digit(draw: np.random.Generator, least: int) -> Case:
    """Change one digit of a sum, never to what a lost carry or one too many would have left."""
    while True:
        one, other = map(str, numbers(draw, 2))
        right, carrying = column_sum(one, other, None)
        place, by = int(draw.integers(len(right))), int(draw.integers(-9, 10))
        digit = int(right[-1 - place]) + by
        is_likely = abs(by) == 1 if least == 1 else abs(by) >= least
        is_slip = place > 0 and (by < 0) == (place - 1 in carrying)
        is_leading_zero = not digit and place == len(right) - 1
        if is_likely and 0 <= digit <= 9 and not is_slip and not is_leading_zero:
            wrong = right[: len(right) - 1 - place] + str(digit) + right[len(right) - place :]
            return f"{one}+{other}", wrong, right, EXACT


def off_by_one(draw: np.random.Generator) -> Case:
    return changed_digit(draw, 1)


def one_digit(draw: np.random.Generator) -> Case:
    return changed_digit(draw, 2)


def wrong_length(draw: np.random.Generator) -> Case:
    """Leave out a digit that is not the first, or write one twice."""
    one, other = numbers(draw, 2)
    right = str(one + other)
    place = int(draw.integers(1, len(right)))
    wrong = right[:place] + (right[place + 1 :] if draw.integers(2) else right[place] + right[place:])
    return f"{one}+{other}", wrong, right, EXACT


def other(draw: np.random.Generator) -> Case:
    """Write digits by chance, as many as are right, at least three of them wrong."""
    while True:
        one, further = numbers(draw, 2)
        right = str(one * further)
        wrong = str(draw.integers(10 ** (len(right) - 1), 10 ** len(right)))
        if sum(a != b for a, b in zip(wrong, right, strict=True)) >= 3:
            return f"{one}*{further}", wrong, right, EXACT


def not_for_this_operator(draw: np.random.Generator) -> Case:
    """Write digits by chance for a function, of whose calculations nothing is known."""
    expression, wrong, right, division = other(draw)
    return f"same({expression})", wrong, right, division


SAME = OperatorSpec(name="same", summary="The number itself.", sign="same", form="function", arity=1, calculate=abs)

PLANTERS: dict[str, Callable[[np.random.Generator], Case]] = {
    "sign": sign,
    "precedence": precedence,
    "brackets-ignored": brackets_ignored,
    "carry-lost": carry_lost,
    "borrow-lost": borrow_lost,
    "carry-added": carry_added,
    "division": division,
    "swapped-digits": swapped_digits,
    "off-by-one": off_by_one,
    "one-digit": one_digit,
    "wrong-length": wrong_length,
    "other": other,
    "not-for-this-operator": not_for_this_operator,
}


def test_every_name_is_planted() -> None:
    assert list(PLANTERS) == list(MISTAKES)


@pytest.mark.parametrize("name", PLANTERS)
def test_planted_mistakes_are_named_for_what_they_are(name: str) -> None:
    draw = np.random.default_rng([20, list(PLANTERS).index(name), 0])
    cases = [PLANTERS[name](draw) for _ in range(CASES)]
    for text, _, truth, policy in cases[:50]:
        assert answer(text, policy, operators=(SAME,)) == truth
    told = Counter(name_mistake(*case) for case in cases)
    assert told[name] >= 0.95 * CASES, told
    fitting = sum(name in set(names_that_fit(*case)) for case in cases)
    assert fitting == CASES or name in ("other", "not-for-this-operator")
