import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exprlearn.errors import MembershipError
from exprlearn.grammar import shipped_names
from exprlearn.sampling import ExpressionSpace

REFERENCE = """
?start: sum
?sum: product | sum "+" product -> add | sum "-" product -> sub
?product: atom | product "*" atom -> mul | product "/" atom -> div
?atom: NUMBER -> number | "(" sum ")"
NUMBER: /[1-9][0-9]{0,2}/
"""

SHIPPED = {name: ExpressionSpace.from_file(name) for name in shipped_names()}

LARGE = {
    "terms and brackets": ExpressionSpace.from_text(REFERENCE, terms=(2, 8), brackets=(0, 2)),
    "characters": ExpressionSpace.from_text(REFERENCE, characters=(14, 18)),
    "depth": ExpressionSpace.from_text(REFERENCE, terms=(4, 6), depth=2),
    "weights": ExpressionSpace.from_text(REFERENCE, terms=(2, 6), brackets=(0, 1), weights={"add": 3, "div": "1/2"}),
    "repetition": ExpressionSpace.from_text('start: A (("+"|"-") (A|B))*\nA: /[1-9]/\nB: /0/', terms=(1, 20)),
    "two languages": ExpressionSpace.from_text(
        '?start: x | start "+" x\n?x: A | x "/" B\nA: /0|[1-9][0-9]?/\nB: /[1-9][0-9]?/', terms=(1, 8)
    ),
    "wide numbers": ExpressionSpace.from_text('start: N "+" N "-" N\nN: /[1-9][0-9]{0,24}/'),
}


@pytest.mark.parametrize("name", SHIPPED)
def test_every_sample_parses_with_plain_lark(name: str) -> None:
    space, draw = SHIPPED[name], random.Random(1)
    for _ in range(200):
        stratum = draw.choice(space.strata)
        space.grammar.lark.parse(stratum[draw.randrange(stratum.size)])


@pytest.mark.parametrize("name", LARGE)
def test_every_sample_of_a_large_space_parses_with_plain_lark(name: str) -> None:
    space, draw = LARGE[name], random.Random(1)
    for _ in range(100):
        space.grammar.lark.parse(space[draw.randrange(space.size)])


@pytest.mark.parametrize("name", [*SHIPPED, *LARGE])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_rank_gives_back_the_index(name: str, data: st.DataObject) -> None:
    space = (SHIPPED | LARGE)[name]
    index = data.draw(st.integers(0, space.size - 1))
    expression = space[index]
    assert space.rank(expression) == index
    assert expression in space
    stratum, position = space.locate(index)
    assert stratum[position] == expression
    assert stratum.ranker.rank(expression).index == position


def test_large_spaces_are_as_large_as_said() -> None:
    assert LARGE["terms and brackets"].size > 10**30
    assert LARGE["wide numbers"].size == (10**25 - 1) ** 3


@pytest.mark.parametrize(
    "space",
    [
        ExpressionSpace.from_file("mixed", terms=(2, 3), brackets=(0, 1), ranges=(1, 3)),
        ExpressionSpace.from_file("nested", terms=(2, 4), ranges=(0, 1)),
        ExpressionSpace.from_text(REFERENCE, characters=(1, 4)),
        ExpressionSpace.from_text('start: A (("+"|"-") (A|B))~0..3 "!"?\nA: /[12]/\nB: /0/'),
        ExpressionSpace.from_text('start: _list{A,"+"}\n_list{x,s}: x (s x)*\nA: /[1-3]/', terms=(1, 5)),
        ExpressionSpace.from_text(REFERENCE, terms=(1, 3), brackets=(0, 1), ranges=(1, 2), weights={"mul": 2}),
    ],
    ids=str,
)
def test_a_whole_space_is_numbered_one_to_one(space: ExpressionSpace) -> None:
    expressions = list(space)
    assert len(expressions) == len(set(expressions)) == space.size
    assert [space.rank(expression) for expression in expressions] == list(range(space.size))
    assert [space[index] for index in range(0, space.size, 7)] == expressions[::7]


@pytest.mark.parametrize("name", SHIPPED)
def test_whole_small_strata_of_every_shipped_grammar_are_numbered_one_to_one(name: str) -> None:
    ranges = "0.1..0.3" if name == "decimals" else "1..3"
    space = ExpressionSpace.from_file(name, ranges=ranges, terms=(2, 2 if name in ("addition", "division") else 3))
    for stratum in space.strata:
        expressions = stratum.block(np.arange(stratum.size)).expressions.tolist()
        assert expressions == list(stratum)
        assert len(set(expressions)) == stratum.size
        assert [stratum.ranker.rank(expression).index for expression in expressions] == list(range(stratum.size))


def test_strata_are_ordered_by_size_vector() -> None:
    sizes = [tuple(stratum.sizes.values()) for stratum in SHIPPED["mixed"].strata]
    assert sizes == [(terms, brackets) for terms in (2, 3, 4) for brackets in range(terms - 1)]
    assert all(one.state[1] < two.state[1] for space in LARGE.values() for one, two in pairwise(space.strata))
    assert len({stratum.name for stratum in LARGE["weights"].strata}) == len(LARGE["weights"].strata)


def test_an_index_is_a_skeleton_and_fillers_the_leftmost_most_significant() -> None:
    stratum = SHIPPED["addition"].strata[0]
    assert (stratum.skeleton_count, stratum.radices, stratum.size) == (1, (1000, 1000), 10**6)
    assert stratum[12 * 1000 + 34] == "12+34"
    stratum = SHIPPED["mixed"].strata[0]
    skeletons = [stratum.skeleton(number).pattern(stratum.literals) for number in range(stratum.skeleton_count)]
    assert skeletons == ["#*#", "#/#", "#+#", "#-#"]
    assert stratum[3 * 81 + 6 * 9 + 1] == "7-2"


def test_columns_are_ordered_by_language_and_then_from_left_to_right() -> None:
    space = LARGE["two languages"]
    stratum = next(each for each in space.strata if each.name == "terms=4 brackets=0 A=2 B=2")
    assert [slot.name for slot in stratum.slots] == ["A", "A", "B", "B"]
    skeletons = [stratum.skeleton(number) for number in range(stratum.skeleton_count)]
    patterns = {each.pattern(stratum.literals): each.columns for each in skeletons}
    assert patterns == {"#+#/#/#": (0, 1, 2, 3), "#/#+#/#": (0, 2, 1, 3), "#/#/#+#": (0, 2, 3, 1)}
    number = list(patterns).index("#/#+#/#")
    assert stratum[((number * 100 + 11) * 100 + 22) * 99 * 99 + 33 * 99 + 44] == "11/34+22/45"


def test_negative_indices_count_from_the_end_and_others_are_refused() -> None:
    space = SHIPPED["addition"]
    assert space[-1] == "999+999"
    assert space.strata[0][-1] == "999+999"
    for index in (10**6, -(10**6) - 1):
        with pytest.raises(IndexError, match=f"index {index} is outside of the 1000000 expressions"):
            space[index]
        with pytest.raises(IndexError, match="outside"):
            space.strata[0][index]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("10+1", "is not in this space"),
        ("1+", "is not in this space"),
        ("", "is not in this space"),
        ("1 + 2", "is not in this space"),
        ("a", "is not in this space"),
        ("01+1", "is not in this space"),
        ("1", "outside of the sizes"),
        ("1+2+3+4+5", "is not in this space"),
        ("(" * 3000 + "1" + ")" * 3000, "has 6001 characters, more than the 11 of the longest"),
    ],
)
def test_what_a_space_does_not_hold_is_refused(text: str, reason: str) -> None:
    space = SHIPPED["mixed"]
    assert text not in space
    with pytest.raises(MembershipError, match=reason):
        space.rank(text)


def test_other_things_than_texts_are_in_no_space() -> None:
    assert 12 not in SHIPPED["addition"]


def test_deep_and_long_expressions_need_no_recursion() -> None:
    text = '?start: N | "(" start ")" | start "+" N\nN: /[1-9]/'
    space = ExpressionSpace.from_text(text, terms=1, brackets=3000)
    assert space[4] == "(" * 3000 + "5" + ")" * 3000
    assert ExpressionSpace.from_text(text, terms=1500, brackets=0)[0] == "+".join("1" * 1500)


def test_a_space_tells_what_an_encoder_needs() -> None:
    space = SHIPPED["division"]
    assert (space.literals, space.number_range, space.most_terms, space.longest) == (("/",), (0, 999), 2, 7)
    space = SHIPPED["mixed"]
    assert (space.literals, space.number_range, space.most_terms) == (("+", "-", "*", "/", "(", ")"), (1, 9), 4)


def test_options_win_over_pragmas() -> None:
    assert ExpressionSpace.from_file("mixed", ranges="10..12", terms=2, brackets=0).number_range == (10, 12)
    assert ExpressionSpace.from_file("mixed", ranges={"NUMBER": (5, 6)}).number_range == (5, 6)
    assert ExpressionSpace.from_file("mixed", terms=5).most_terms == 5


def test_words_can_stand_for_numbers_and_signs() -> None:
    space = ExpressionSpace.from_text('start: WORD SIGN WORD\nWORD: "one" | "two"\nSIGN: " plus " | " times "')
    assert space.size == 8
    assert space[0] == "one plus one"
    assert space.rank("two times one") == [*space].index("two times one")


@pytest.mark.parametrize("name", ["mixed", "nested", "division"])
def test_a_space_divided_by_operators_holds_the_same_expressions(name: str) -> None:
    space = ExpressionSpace.from_file(name, terms=(2, 3), ranges=(1, 2))
    finer = space.by_operators()
    assert sorted(finer) == sorted(space)
    assert (finer.size, finer.counts()) != (0, space.counts())
    assert all(finer[finer.rank(text)] == text for text in space)
    for stratum in finer.strata:
        assert {"".join(sorted(set(text) & set("+-*/"))) for text in stratum} == {"".join(sorted(stratum.operators))}
    assert all(stratum.operators == "" for stratum in space.strata)
