from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.scoring import AXES, breakdown

numbers = st.integers(0, 999).map(str)


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds("{}{}{}".format, inner, st.sampled_from("+-*/"), inner) | inner.map("({})".format)


expressions = st.recursive(numbers, compound, max_leaves=6)
items = st.lists(st.tuples(expressions, st.booleans(), st.integers(-99, 99).map(str)), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("expression", "operators", "terms", "brackets", "depth", "digits", "carries", "borrows"),
    [
        ("131+83-744*33", "+ - *", "4", "0", "0", "3", "1", "1"),
        ("((1+2)*3)/4", "+ * /", "4", "2", "2", "1", "0", "0"),
        ("(1+(2))*(31)", "+ *", "3", "3", "2", "2", "0", "0"),
        ("3×(−4)÷12", "* /", "3", "1", "1", "2", "0", "0"),
        ("88+77-999", "+ -", "3", "0", "0", "3", "2", "0"),
        ("1 − 2", "-", "2", "0", "0", "1", "0", "0"),
        ("-7", "none", "1", "0", "0", "1", "0", "0"),
        ("2--3", "-", "2", "0", "0", "1", "0", "0"),
        ("19/0+1", "+ /", "3", "0", "0", "2", "none", "none"),
    ],
)
def test_an_expression_falls_into_its_groups(
    expression: str, operators: str, terms: str, brackets: str, depth: str, digits: str, carries: str, borrows: str
) -> None:
    groups = breakdown([expression], ["1"], ["-10"])
    found = {axis: group.group for axis, (group,) in groups.items()}
    assert found == {
        "operators": operators,
        "terms": terms,
        "brackets": brackets,
        "depth": depth,
        "digits": digits,
        "carries": carries,
        "borrows": borrows,
        "answer-length": "3",
    }


@given(items)
def test_every_axis_splits_all_items_and_all_right_answers(items: list[tuple[str, bool, str]]) -> None:
    truths = [truth for _, _, truth in items]
    answers = [truth if right else truth + "0" for _, right, truth in items]
    groups = breakdown([expression for expression, _, _ in items], answers, truths)
    assert list(groups) == list(AXES)
    for members in groups.values():
        assert sum(member.interval.count for member in members) == len(items)
        assert sum(round(m.interval.value * m.interval.count) for m in members) == sum(right for _, right, _ in items)
        assert len({member.group for member in members}) == len(members)


@given(st.lists(numbers, min_size=1, max_size=6), st.data())
def test_terms_count_what_was_joined(terms: list[str], data: st.DataObject) -> None:
    used = [data.draw(st.sampled_from("+-*/")) for _ in terms[1:]]
    expression = terms[0] + "".join(operator + term for operator, term in zip(used, terms[1:], strict=True))
    (found,), (operators,) = (breakdown([expression], [""], ["0"])[axis] for axis in ("terms", "operators"))
    assert found.group == str(len(terms))
    assert set(operators.group.split()) == (set(used) or {"none"})


def test_groups_come_smallest_first() -> None:
    expressions = ["1/2", "1+2", "1+2*3", "7", "1*2", "1+2+3+4+5+6+7+8+9+10"]
    groups = breakdown(expressions, [""] * 6, ["0"] * 6)
    assert [group.group for group in groups["operators"]] == ["none", "+", "*", "/", "+ *"]
    assert [group.group for group in groups["terms"]] == ["1", "2", "3", "10"]


def test_a_group_knows_its_own_digits() -> None:
    two, three = breakdown(["1+2", "9+9+9"], ["3", "17"], ["3", "27"])["terms"]
    assert (two.digit_accuracy, three.digit_accuracy) == (1.0, 0.5)
