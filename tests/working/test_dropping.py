"""A working without its beginning: what is left, its answer, and the check of it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.arithmetic.divisions import ExactOnlyPolicy, FractionPolicy
from exprlearn.decoding.working_writer import WorkingWriter
from exprlearn.plugin import Working
from exprlearn.working import drop_parts, parts_before, write_working
from exprlearn.working.columns import ColumnsWorking
from exprlearn.working.forms import EquationsWorking, ExpressionsWorking, NoWorking, ResultsWorking

WORKINGS: list[Working] = [NoWorking(), ResultsWorking(), ExpressionsWorking(), EquationsWorking(), ColumnsWorking()]
DIVISION = FractionPolicy()
workings = st.sampled_from(WORKINGS)
expressions = st.sampled_from(
    ["7", "8+3*(9+9)", "342*361-7", "-11980/1199*20", "(12-45)*306", "2/3-1", "-(2+7)", "8-(2-7)", "756/18-756/19"]
)


@given(workings, expressions, st.integers(0, 40))
def test_what_is_left_is_the_end_of_the_whole_text_with_its_answer(working: Working, asked: str, drop: int) -> None:
    whole = write_working(asked, working, DIVISION)
    rest, truth = (
        write_working(asked, working, DIVISION, drop=drop),
        write_working(asked, working, DIVISION, drop="all"),
    )
    assert whole.endswith(rest)
    assert working.answer(rest) == working.answer(whole) == truth


@given(workings, expressions)
def test_one_part_after_another_goes_until_the_answer_stands_alone(working: Working, asked: str) -> None:
    whole, truth = (write_working(asked, working, DIVISION, drop=drop) for drop in (0, "all"))
    parts = parts_before(whole, truth, working)
    assert "".join(parts) + truth == whole
    rests = [drop_parts(whole, truth, working, drop) for drop in range(len(parts) + 1)]
    assert [before.removesuffix(after) for before, after in pairwise(rests)] == parts
    assert rests[-1] == truth == drop_parts(whole, truth, working, len(parts) + 9)


@given(workings, expressions, st.integers(0, 40))
def test_a_right_rest_has_no_fault_and_only_its_own_lines(working: Working, asked: str, drop: int) -> None:
    truth = write_working(asked, working, DIVISION, drop="all")
    whole, writer = (WorkingWriter(working, DIVISION, drop=each) for each in (0, drop))
    check = writer.check(asked, writer.text(asked, truth), truth)
    everything = whole.check(asked, whole.text(asked, truth), truth)
    assert check.fault is None
    assert check.right == check.lines <= everything.lines


def test_the_first_wrong_line_of_a_rest_is_found_behind_what_was_left_out() -> None:
    writer = WorkingWriter(ColumnsWorking(), ExactOnlyPolicy(), drop=1)
    assert writer.text("342*361-7", "123455") == "342+20520=20862+102600=123462;123462-7=123455"
    check = writer.check("342*361-7", "342+20520=20863+102600=123463;123463-7=123456", "123455")
    assert str(check.fault) == "first wrong line 4, calculation: 342+20520 is 20862, not 20863"
    later = WorkingWriter(EquationsWorking(), ExactOnlyPolicy(), drop=2)
    found = later.check("8+3*(9+9)", "3*18=44;8+44=52", "62")
    assert (found.right, found.lines, str(found.fault)) == (
        0, 2, "first wrong line 1, calculation: 3*18 is 54, not 44"
    )  # fmt: skip
    assert later.count_right(["8+3*(9+9)"] * 2, ["3*18=54;8+54=62", "9+9=18;3*18=54;8+54=62"], ["62"] * 2) == 1


@pytest.mark.parametrize(
    ("drop", "text", "enough"),
    [
        (0, "8+3*18=8+54=62", True),
        (0, "62", True),
        (1, "8+54=62", True),
        (1, "62", True),
        (1, "8+3*18=8+54=62", False),
        (1, "8+54=63", False),
        ("all", "62", True),
        ("all", "8+54=62", False),
        ("all", "", False),
    ],
)
def test_a_text_is_enough_that_answers_right_and_shows_no_more(drop: int, text: str, enough: bool) -> None:
    writer = WorkingWriter(ExpressionsWorking(), DIVISION)
    assert writer.is_enough("8+3*(9+9)", text, "62", drop) is enough


def test_where_answers_stand_alone_all_that_is_written_is_the_answer() -> None:
    writer = WorkingWriter(ExpressionsWorking(), DIVISION, drop="all")
    assert writer.stands_alone
    assert writer.text("8+3*(9+9)", "62") == "62"
    assert writer.answer("8+54=62") == "8+54=62"
