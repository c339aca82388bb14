from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.arithmetic import UNLIMITED
from exprlearn.arithmetic.divisions import (
    DecimalPolicy,
    ExactOnlyPolicy,
    FloorPolicy,
    FloorRemainderPolicy,
    FractionPolicy,
)
from exprlearn.errors import DivisionByZero, EvaluationError
from exprlearn.plugin import Division, Working
from exprlearn.working import WorkingCheck, WorkingFault, check_working, write_working
from exprlearn.working.columns import ColumnsWorking
from exprlearn.working.forms import EquationsWorking, ExpressionsWorking, NoWorking, ResultsWorking

EXACT = ExactOnlyPolicy()
NONE, RESULTS, EXPRESSIONS = NoWorking(), ResultsWorking(), ExpressionsWorking()
EQUATIONS, COLUMNS = EquationsWorking(), ColumnsWorking()
WORKINGS: tuple[Working, ...] = (NONE, RESULTS, EXPRESSIONS, EQUATIONS, COLUMNS)
DIVISIONS: tuple[Division, ...] = (EXACT, FractionPolicy(), FloorRemainderPolicy(), DecimalPolicy())
TEXTS = ("8+3*(9+9)", "-(2+7)", "-(2-7)*3", "1/3+1/7", "17/5", "342*361-7", "75600/18", "7", "2 × (3 − 4)", "(-7)")


@pytest.mark.parametrize("working", WORKINGS, ids=str)
@pytest.mark.parametrize("expression", TEXTS)
@pytest.mark.parametrize("division", DIVISIONS, ids=str)
def test_what_is_written_rightly_has_no_fault(expression: str, working: Working, division: Division) -> None:
    try:
        text = write_working(expression, working, division)
    except EvaluationError:
        return
    found = check_working(expression, text, working, division)
    assert (found.fault, found.right, found.share) == (None, found.lines, 1.0)


@pytest.mark.parametrize(
    ("working", "text", "fault"),
    [
        (EQUATIONS, "9+9=17;3*17=51;8+51=59", (0, "calculation", "9+9", "17", "18")),
        (EQUATIONS, "9+9=18;3*18=44;8+44=52", (1, "calculation", "3*18", "44", "54")),
        (EQUATIONS, "9+9=18;3*18=54;8+54=63", (2, "calculation", "8+54", "63", "62")),
        (EQUATIONS, "8+3=11;9+9=18", (0, "order", "8+3", "11", "9+9")),
        (EQUATIONS, "9+9=18;8+18=26", (1, "order", "8+18", "26", "3*18")),
        (EQUATIONS, "9+9=18;3*1(8=54", (1, "unreadable", "3*1(8", "54", "")),
        (EQUATIONS, "9+9=18;3*18=5;", (1, "calculation", "3*18", "5", "54")),
        (EQUATIONS, "9+9=18;3*18=", (1, "unfinished", "3*18", "", "54")),
        (EQUATIONS, "9+9=18;3*18=54", (2, "unfinished", "", "54", "62")),
        (EQUATIONS, "9+9=18;3*18=x;8+54=62", (1, "unreadable", "3*18", "x", "54")),
        (EQUATIONS, "9+9=18;3*18=54;8+54=62;62+1=63", (3, "answer", "62+1", "63", "62")),
        (EQUATIONS, "62", (0, "calculation", "9+9", "62", "18")),
        (EXPRESSIONS, "8+3*18=8+44=52", (1, "calculation", "3*18", "44", "54")),
        (EXPRESSIONS, "11*18=198", (0, "calculation", "8+3*(9+9)", "11*18", "8+3*18")),
        (EXPRESSIONS, "8+18*3=8+54=62", (0, "order", "8+3*(9+9)", "8+18*3", "8+3*18")),
        (EXPRESSIONS, "8+3*18=8+54", (2, "unfinished", "", "", "62")),
        (EXPRESSIONS, "8+3*18=8+54=61", (2, "calculation", "8+54", "61", "62")),
        (EXPRESSIONS, "8+3*)18", (0, "unreadable", "8+3*(9+9)", "8+3*)18", "8+3*18")),
        (RESULTS, "18;54;61", (2, "calculation", "8+54", "61", "62")),
        (RESULTS, "18;54", (2, "unfinished", "", "54", "62")),
        (RESULTS, "17;51;59", (0, "calculation", "9+9", "17", "18")),
        (NONE, "61", (0, "answer", "", "61", "62")),
    ],
)
def test_the_first_wrong_line_is_named(working: Working, text: str, fault: tuple[object, ...]) -> None:
    found = check_working("8+3*(9+9)", text, working, EXACT).fault
    assert found is not None
    assert (found.line, found.kind, found.expression, found.found, found.expected) == fault


@pytest.mark.parametrize(
    ("working", "text"),
    [
        (EQUATIONS, "3*4=12;1*2=2;2+12=14"),
        (EQUATIONS, "1*2=2;3*4=12;2+12=14"),
        (EXPRESSIONS, "1*2+12=2+12=14"),
        (EXPRESSIONS, "2+12=14"),
        (RESULTS, "12;2;14"),
    ],
)
def test_calculations_that_do_not_wait_for_each_other_may_come_in_any_order(working: Working, text: str) -> None:
    assert check_working("1*2+3*4", text, working, EXACT).fault is None


def test_columns_are_checked_part_by_part() -> None:
    wrong = check_working("342*36", "342*36:2062+10260=12322", COLUMNS, EXACT).fault
    assert wrong is not None
    assert (wrong.line, wrong.kind, wrong.expression, wrong.found, wrong.expected) == (
        0,
        "calculation",
        "342*6",
        "2062",
        "2052",
    )
    # An estimate that is corrected is as good as one that is right at once.
    assert check_working("756/18", "756/18:50*900:-144/18:-8*-144:0/18=42", COLUMNS, EXACT).fault is None
    assert check_working("756/18", "756/18:40*720:46/18:2*36:10/18=42", COLUMNS, EXACT).fault is not None


@pytest.mark.parametrize(
    ("expression", "text", "fault"),
    [
        # What follows the rounds is neither a round nor the quotient.
        ("91/8", "91/8:10*80:11/8:1*8:3/8=1*8:3/8=11", (5, "unreadable", ":1*8:3/8", "11", "")),
        ("75/2", "75/2:20*40:35/2:10*20:15/2:7*14:1/2=20+10=40+7=47", (8, "calculation", "20+10", "40", "30")),
        # The division was left with 11, the product without 342*30.
        ("91/8", "91/8:10*80:11/8=11", (2, "calculation", "10", "11", "10")),
        # What is left is divided by the same divisor.
        ("91/8", "91/8:10*80:11/8:2*16:-5/8=12", (4, "calculation", "11/8", "2", "1")),
        # Another divisor than the one that is asked stands behind a rest.
        ("756/18", "756/18:40*720:36/19:2*36:0/18=42", (2, "calculation", "18", "19", "18")),
        ("342*36", "342*36:2052=12312", (1, "unreadable", ":2052=12312", "12312", "")),
        ("342*36-7", ":342=12312;12312-7=12305", (0, "unreadable", ":342=12312", "12312", "")),
        ("1/3*9", "1/3=1|3;1|3*9:5+7=3", (1, "unreadable", ":5+7=3", "3", "")),
    ],
)
def test_columns_that_are_none_are_wrong(expression: str, text: str, fault: tuple[object, ...]) -> None:
    found = check_working(expression, text, COLUMNS, FloorPolicy() if expression in ("91/8", "75/2") else EXACT).fault
    assert found is not None
    assert (found.line, found.kind, found.expression, found.found, found.expected) == fault


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("operator", "*/")
def test_columns_of_any_length_are_read(sign: str, operator: str) -> None:
    lines = COLUMNS.lines(f"{sign}{'9' * 5000}{operator}9:1*9:1=5")
    assert lines[-1].stated == "5"


def test_lines_inside_of_columns_earn_nothing_alone() -> None:
    found = check_working("756/18", "756/18:" + "0*0:756/18:" * 100 + "1*18:7", COLUMNS, EXACT)
    assert (found.right, found.share) == (0, 0.0)
    assert check_working("756/18", "756/18:40*720:36/18:2*36:0/18=42", COLUMNS, EXACT).right == 1


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("12312", (0, "order", "", "12312", "342*36")),
        ("=12312", (0, "unreadable", "=12312", "12312", "")),
    ],
)
def test_a_value_alone_is_no_equation(text: str, fault: tuple[object, ...]) -> None:
    found = check_working("342*36", text, EQUATIONS, EXACT).fault
    assert found is not None
    assert (found.line, found.kind, found.expression, found.found, found.expected) == fault


def test_a_calculation_has_its_own_sign() -> None:
    found = check_working("-(2+7)", "2+7=-9", EQUATIONS, EXACT).fault
    assert found is not None
    assert (found.kind, found.found, found.expected) == ("calculation", "-9", "9")
    for text in ("2+7=9;-9=-9", "2+7=9;(-9)=-9"):
        assert check_working("(-(2+7))", text, EQUATIONS, EXACT).fault is None


def test_the_answer_must_be_written_as_the_policy_writes_it() -> None:
    found = check_working("1/2*1/3", "1/2=1|2;1|2*1=1|2;1|2/3=1|6", EQUATIONS, FractionPolicy())
    assert found.fault is not None
    assert (found.fault.kind, found.fault.found, found.fault.expected) == ("answer", "1|6", "1/6")
    assert check_working("17/5", "17/5=3", EQUATIONS, FloorRemainderPolicy()).fault is not None


def test_the_share_counts_what_is_right_before_the_first_fault() -> None:
    shares = [
        check_working("8+3*(9+9)", text, EQUATIONS, EXACT).share
        for text in ("9+9=18;3*18=54;8+54=62", "9+9=18;3*18=54;8+54=6", "9+9=18;3*18=5", "9+9=1", "")
    ]
    assert shares == [1.0, 2 / 3, 1 / 3, 0.0, 0.0]


def test_an_expression_without_an_answer_is_refused() -> None:
    with pytest.raises(DivisionByZero):
        check_working("1/0", "1/0=1", EQUATIONS, EXACT)


@given(st.sampled_from(WORKINGS), st.text("0123456789+-*/()=;:,|r x", max_size=40))
def test_whatever_was_written_is_checked(working: Working, text: str) -> None:
    found = check_working("8+3*(9+9)", text, working, EXACT)
    assert (found.share == 1.0) == (found.fault is None)
    if found.fault is None:
        assert working.answer(text) == "62"


def test_a_line_is_no_value() -> None:
    found = check_working("8+3*(9+9)", "18;8+54;62", RESULTS, EXACT)
    assert found == WorkingCheck(1, 3, WorkingFault(1, "unreadable", "", "8+54", "54"))


@pytest.mark.parametrize("working", [RESULTS, EXPRESSIONS, EQUATIONS], ids=str)
def test_hundreds_of_lines_are_checked_one_after_the_other(working: Working) -> None:
    expression = "+".join(["7"] * 400)
    text = write_working(expression, working, EXACT, limits=UNLIMITED)
    started = process_time()
    fault = check_working(expression, f"{text[:-3]}1{text[-3:]}", working, EXACT, limits=UNLIMITED).fault
    assert fault == WorkingFault(398, "calculation", "2793+7", "21800", "2800")
    assert process_time() - started < 1
