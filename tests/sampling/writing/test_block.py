from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exprlearn.grammar.shipped import shipped_names
from exprlearn.sampling.ordering.permutation import limb_sizes, split_objects
from exprlearn.sampling.space import ExpressionSpace
from exprlearn.sampling.stratum import Stratum
from exprlearn.sampling.stream import Stream
from exprlearn.sampling.writing.block import TABLE_ROWS, fill_skeletons, make_block

SIGNED = """
?start: sum
?sum: product | sum "+" product | sum "−" product
?product: atom | product "×" atom | product "÷" DIVISOR
?atom: NUMBER | "-" atom | "(" sum ")"
NUMBER: /0|[1-9][0-9]?/
DIVISOR: /[1-9]/
"""

TEXTS = {
    "numbers of up to nine digits": 'start: NUMBER ("+" NUMBER)~1..2\nNUMBER: /0|[1-9][0-9]{0,8}/',
    "numbers past sixteen digits": 'start: NUMBER ("+" NUMBER)~1..2\nNUMBER: /[1-9][0-9]{17}/',
    "numbers past 63 bits": 'start: NUMBER "+"\n//@ range=9223372036854775000..9223372036854775807\nNUMBER: /[0-9]+/',
    "leading zeros": 'start: NUMBER ("+" NUMBER)~1..2\nNUMBER: /[0-9]{2}/',
    "words": 'start: NUMBER (SIGN NUMBER)~1..2\nSIGN: " plus " | " divided by "\nNUMBER: /[0-9]/',
    "signs in latin-1": 'start: NUMBER (SIGN NUMBER)~1..2\nSIGN: "×" | "÷"\nNUMBER: /[0-9]/',
    "signs past latin-1": 'start: NUMBER (SIGN NUMBER)~1..2\nSIGN: "×" | "−"\nNUMBER: /[0-9]/',
    "kinds of numbers in any order": (
        'start: item (SIGN item)~1..3\nitem: SMALL | LARGE\nSIGN: "+" | "-"\nSMALL: /[0-9]/\nLARGE: /[1-9][0-9]{4}/'
    ),
    "numbers side by side": 'start: NUMBER NUMBER "+" NUMBER\nNUMBER: /[1-9]/',
    "numbers within a string": 'start: NUMBER "+10*" NUMBER\nNUMBER: /[1-9]/',
    "the empty text among others": 'start: ("+" NUMBER)~0..2\nNUMBER: /[1-9]/',
    "signs at both ends": 'start: "-(" NUMBER (")+(" NUMBER)~1..2 ")"\nNUMBER: /[1-9][0-9]?/',
}


@pytest.fixture(scope="module")
def spaces() -> dict[str, ExpressionSpace]:
    return {
        **{name: ExpressionSpace.from_file(name) for name in shipped_names()},
        "signed": ExpressionSpace.from_text(SIGNED, terms=(1, 4), brackets=(0, 1), operators=(0, 4)),
        "characters": ExpressionSpace.from_text(SIGNED, characters=(1, 7)),
        "shallow": ExpressionSpace.from_file("nested", terms=(2, 5), brackets=(0, 3), depth=2),
        "weighted": ExpressionSpace.from_file("mixed", terms=(2, 3), weights={"add": 3}),
        "large numbers": ExpressionSpace.from_text('start: N ("+" N)~1..3\nN: /[0-9]|[1-9][0-9]{1,17}/'),
        "many skeletons": ExpressionSpace.from_file("mixed", terms=8, brackets=2),
        "past 64 bits": ExpressionSpace.from_file("mixed", terms=12, brackets=1, ranges="1..999"),
        "countless skeletons": ExpressionSpace.from_file("flat", terms=(41, 42)),
    }


def picked(stratum: Stratum, count: int) -> list[int]:
    generator = random.Random(stratum.name)
    return [0, stratum.size - 1, *(generator.randrange(stratum.size) for _ in range(count))]


NAMES = [
    *shipped_names(),
    *[
        "signed",
        "characters",
        "shallow",
        "weighted",
        "large numbers",
        "many skeletons",
        "past 64 bits",
        "countless skeletons",
    ],
]


@pytest.mark.parametrize("name", NAMES)
def test_blocks_equal_expressions_made_one_by_one(spaces: dict[str, ExpressionSpace], name: str) -> None:
    for stratum in spaces[name].strata:
        indices = picked(stratum, 60)
        block = stratum.block(indices)
        assert block.expressions.tolist() == [stratum[index] for index in indices]
        assert block.indices == indices


@pytest.mark.parametrize("name", ["mixed", "signed", "characters", "nested", "weighted"])
def test_a_whole_stratum_has_no_expression_twice(spaces: dict[str, ExpressionSpace], name: str) -> None:
    for stratum in (each for each in spaces[name].strata if each.size <= 30_000):
        block = stratum.block(np.arange(stratum.size))
        assert len(set(block.expressions.tolist())) == stratum.size


@pytest.mark.parametrize("name", [*shipped_names(), "signed", "characters"])
def test_numbers_stand_from_left_to_right(spaces: dict[str, ExpressionSpace], name: str) -> None:
    stratum = spaces[name].strata[-1]
    block = stratum.block(picked(stratum, 100))
    for expression, numbers in zip(block.expressions.tolist(), block.numbers.tolist(), strict=True):
        digits = "".join(character if character.isdigit() else " " for character in expression)
        assert list(map(int, digits.split())) == numbers


@pytest.mark.parametrize("name", [*shipped_names(), "signed", "characters", "many skeletons"])
def test_skeletons_and_numbers_spell_the_expression(spaces: dict[str, ExpressionSpace], name: str) -> None:
    stratum = spaces[name].strata[-1]
    block = stratum.block(picked(stratum, 40))
    for row, numbers, expression in zip(block.rows.tolist(), block.numbers, block.expressions.tolist(), strict=True):
        spelt = iter(map(str, numbers.tolist()))
        pattern = block.skeletons.pattern(row)
        assert "".join(next(spelt) if sign == "#" else sign for sign in pattern) == expression


def test_a_table_is_shared_by_all_blocks_until_it_would_be_too_large(spaces: dict[str, ExpressionSpace]) -> None:
    small, large = spaces["mixed"].strata[-1], spaces["many skeletons"].strata[-1]
    assert small.block([0, 5]).skeletons is small.block([7]).skeletons
    assert large.skeleton_count > TABLE_ROWS
    assert len(large.block([0, 5]).skeletons) == 2


@settings(max_examples=30, deadline=None)
@example(numbers=[0, 2**63])
@given(numbers=st.lists(st.integers(0, 10**47), min_size=1, max_size=10))
def test_limbs_and_python_integers_ask_for_the_same(spaces: dict[str, ExpressionSpace], numbers: list[int]) -> None:
    (stratum,) = spaces["past 64 bits"].strata
    indices = [number % stratum.size for number in numbers]
    limbs = split_objects(indices, limb_sizes((stratum.skeleton_count, *stratum.radices)))
    assert len(limbs) > 1
    assert make_block(stratum, limbs).expressions.tolist() == make_block(stratum, indices).expressions.tolist()


@pytest.mark.parametrize("index", [-1, 10**6, 2**62])
def test_an_index_outside_is_refused(spaces: dict[str, ExpressionSpace], index: int) -> None:
    with pytest.raises(IndexError, match="outside of the 1000000 expressions"):
        spaces["addition"].strata[0].block([0, index])


def test_an_index_outside_of_a_large_stratum_is_refused(spaces: dict[str, ExpressionSpace]) -> None:
    stratum = spaces["countless skeletons"].strata[0]
    for index in (-1, stratum.size):
        with pytest.raises(IndexError, match="outside of the"):
            stratum.block([index])


def test_an_index_that_is_no_whole_number_is_refused(spaces: dict[str, ExpressionSpace]) -> None:
    with pytest.raises(IndexError, match=r"whole numbers, got 0\.5"):
        spaces["addition"].strata[0].block([0.5])


def test_an_empty_block_is_empty(spaces: dict[str, ExpressionSpace]) -> None:
    for name in ("mixed", "many skeletons", "countless skeletons"):
        block = spaces[name].strata[-1].block([])
        assert (len(block), block.expressions.tolist(), block.indices) == (0, [], [])


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("large numbers", "countless skeletons")])
def test_filled_skeletons_are_the_expressions_of_their_indices(spaces: dict[str, ExpressionSpace], name: str) -> None:
    for stratum in spaces[name].strata:
        block = stratum.block(picked(stratum, 30))
        numbers = [index // stratum.fillings for index in block.indices]
        fillers = block.skeletons.from_left_to_right(block.fillers, block.rows)
        filled = fill_skeletons(stratum, np.array(numbers, np.int64), fillers)
        assert filled.expressions.tolist() == block.expressions.tolist()
        assert filled.indices == block.indices


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_any_grammar_is_written_as_expressions_made_one_by_one(text: str) -> None:
    for _, block in Stream(ExpressionSpace.from_text(text, ambiguity="strings"), seed=5).items(0, 500).parts:
        assert block.expressions.tolist() == [block.stratum[index] for index in block.indices]
