from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.arithmetic.divisions import ExactOnlyPolicy, FloorPolicy, FloorRemainderPolicy
from exprlearn.plugin import Division, WorkingBounds
from exprlearn.working import line_value, steps, write_working
from exprlearn.working.columns import ColumnsOptions, ColumnsWorking, partial_products
from exprlearn.working.long_division import division_rounds

COLUMNS = ColumnsWorking()
NUMBERS = st.integers(-(10**9), 10**9)


@pytest.mark.parametrize(
    ("expression", "division", "text"),
    [
        ("9*9", ExactOnlyPolicy(), "9*9=81"),
        ("342*6", ExactOnlyPolicy(), "342*6=2052"),
        ("342*30", ExactOnlyPolicy(), "342*30=10260"),
        ("342*36", ExactOnlyPolicy(), "342*36:2052+10260=12312"),
        ("36*342", ExactOnlyPolicy(), "36*342:2052+10260=12312"),
        ("342*361", ExactOnlyPolicy(), "342*361:342+20520=20862+102600=123462"),
        ("-342*36", ExactOnlyPolicy(), "-342*36:2052+10260=12312=-12312"),
        ("342*36-7", ExactOnlyPolicy(), "342*36:2052+10260=12312;12312-7=12305"),
        ("756/18", ExactOnlyPolicy(), "756/18:40*720:36/18:2*36:0/18=42"),
        ("96/2", ExactOnlyPolicy(), "96/2:40*80:16/2:8*16:0/2=48"),
        ("8/4", ExactOnlyPolicy(), "8/4=2"),
        ("875/2", FloorPolicy(), "875/2:400*800:75/2:30*60:15/2:7*14:1/2=400+30=430+7=437"),
        ("875/2", FloorRemainderPolicy(), "875/2:400*800:75/2:30*60:15/2:7*14:1/2=400+30=430+7=437=437 r 1"),
        ("7/20", FloorPolicy(), "7/20=0"),
        ("756/-18", FloorPolicy(), "756/-18:-40*-720:-36/18:-2*-36:0/18=-42"),
        ("11980/1199", FloorPolicy(), "11980/1199:10*11990:-10/1199:-1*-1199:1189/1199=9"),
        ("17/12", FloorRemainderPolicy(), "17/12:1*12:5/12=1 r 5"),
        ("1/20*40", ExactOnlyPolicy(), "1/20=1|20;1|20*40=2"),
    ],
)
def test_longer_products_and_quotients_are_worked_in_columns(expression: str, division: Division, text: str) -> None:
    assert write_working(expression, COLUMNS, division) == text


@given(NUMBERS, NUMBERS)
def test_partial_products_add_up_to_the_product_without_its_sign(left: int, right: int) -> None:
    products = partial_products(left, right)
    assert not products or sum(products) == abs(left * right)


@given(NUMBERS, NUMBERS.filter(bool))
def test_rounds_add_up_to_the_quotient_and_leave_the_remainder(dividend: int, divisor: int) -> None:
    rounds = division_rounds(dividend, divisor)
    assert sum(each.estimate for each in rounds) == dividend // divisor
    assert all(each.product == each.estimate * abs(divisor) for each in rounds)
    assert not rounds or rounds[-1].rest == abs(dividend % divisor)
    assert len(rounds) <= 2 * len(str(dividend // divisor)) + 3


def test_of_an_estimate_that_was_too_large_one_unit_of_its_first_digit_is_given_back() -> None:
    rounds = [division_rounds(dividend, divisor, 0.5) for divisor in range(2, 99) for dividend in range(0, 999, 7)]
    pairs = [(first, then) for each in rounds for first, then in pairwise(each) if first.rest < 0]
    given_back = {(first.estimate, then.estimate) for first, then in pairs}
    assert given_back >= {(60, -10), (10, -1), (6, -1), (200, -100)}
    assert {estimate for _, estimate in given_back} == {-1, -10, -100}
    assert all(then.rest >= 0 for _, then in pairs)


@given(NUMBERS, NUMBERS.filter(bool), st.floats(0.01, 0.5))
def test_wrong_estimates_are_corrected(dividend: int, divisor: int, share: float) -> None:
    rounds = division_rounds(dividend, divisor, share)
    assert sum(each.estimate for each in rounds) == dividend // divisor
    assert not rounds or rounds[-1].rest == abs(dividend % divisor)
    assert rounds == division_rounds(dividend, divisor, share)


def test_as_many_estimates_are_wrong_as_asked_for() -> None:
    asked = [(dividend, divisor) for divisor in range(11, 100) for dividend in range(2 * divisor, 9 * divisor, 7)]
    wrong = [division_rounds(*pair, 0.25)[0].estimate - division_rounds(*pair)[0].estimate for pair in asked]
    assert 0.2 < sum(each != 0 for each in wrong) / len(wrong) < 0.3
    assert min(wrong) < 0 < max(wrong)


@given(NUMBERS, st.sampled_from("+-*/"), NUMBERS.filter(bool), st.sampled_from([0.0, 0.5]))
def test_every_part_that_is_shown_is_exact(left: int, operator: str, right: int, wrong_estimates: float) -> None:
    working = ColumnsWorking(ColumnsOptions(wrong_estimates=wrong_estimates))
    text = working.write(steps(f"{left}{operator}{right}", "floor"), "end")
    *parts, last = working.lines(text)
    assert last.stated == "end"
    assert all(part.is_part for part in parts)
    for part in parts:
        assert line_value(part.expression, "floor") == line_value(part.stated), part


@given(NUMBERS, NUMBERS.filter(bool), st.sampled_from([0.0, 0.5]))
def test_no_division_is_longer_than_it_tells(dividend: int, divisor: int, wrong_estimates: float) -> None:
    working = ColumnsWorking(ColumnsOptions(wrong_estimates=wrong_estimates))
    done = steps(f"{dividend}/{divisor}", "floor")
    number = max(len(str(each)) for each in (dividend, divisor, dividend // divisor))
    bounds = WorkingBounds(steps=1, line=len(f"{dividend}/{divisor}"), number=number, answer=3)
    assert len(working.write(done, "end")) <= working.longest(bounds)


def test_a_wrong_partial_product_shows_where_it_is() -> None:
    wrong = COLUMNS.lines("342*36:2062+10260=12322")
    assert [line_value(line.expression) == line_value(line.stated) for line in wrong] == [False, True, True, False]
