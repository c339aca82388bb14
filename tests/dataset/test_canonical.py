from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.arithmetic import compile_skeletons
from exprlearn.dataset import Level, canonical_key, canonical_keys
from exprlearn.dataset.canonical import text_keys
from exprlearn.errors import ExpressionSyntaxError

LEVELS: tuple[Level, ...] = ("string", "commutative", "operands")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3+5", "5+3"),
        ("1+(2+3)", "(3+1)+2"),
        ("2*3*4", "4*(2*3)"),
        ("1+2*3", "3*2+1"),
        ("(1+2)*(3+4)", "(4+3)*(2+1)"),
        ("9-4-3", "9-3-4"),
        ("9-(4+3)", "9-4-3"),
        ("9-(4-3)", "3+9-4"),
        ("8/4/2", "8/(2*4)"),
        ("8*3/2", "8/2*3"),
        ("-3+5", "5-3"),
        ("-(3-5)", "5-3"),
        ("--3", "3"),
        ("((7))", "7"),
        ("007+1", "1 + 7"),
        ("2×3−1", "3*2-1"),
        ("1+2/(3+4)", "2/(4+3)+1"),
    ],
)
def test_forms_that_say_the_same_share_a_key(one: str, other: str) -> None:
    assert canonical_key(one) == canonical_key(other)
    assert canonical_key(one, "operands") == canonical_key(other, "operands")
    assert canonical_key(one, "string") != canonical_key(other, "string")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3-5", "5-3"),
        ("8/4", "4/8"),
        ("1+2*3", "(1+2)*3"),
        ("1+2*3", "2+1*3"),
        ("9-(4-3)", "9-4-3"),
        ("8/(4/2)", "8/4/2"),
        ("3+3", "3*2"),
        ("2+2", "2*2"),
        ("3", "-3"),
        ("1*5", "5"),
        ("0+5", "5"),
        ("3-3", "5-5"),
        ("1+2", "1+3"),
        ("12", "1+2"),
        ("6/2*3", "6/(2*3)"),
    ],
)
def test_forms_that_say_something_else_have_other_keys(one: str, other: str) -> None:
    assert canonical_key(one) != canonical_key(other)


def test_only_the_numbers_count_at_the_level_of_operands() -> None:
    assert canonical_key("(1-2)*3", "operands") == canonical_key("3/-1/2", "operands")
    assert canonical_key("1+1+2", "operands") != canonical_key("1+2+2", "operands")


def shuffled(chance: random.Random, node: Any) -> Any:
    """Swap the sides of sums and products at random."""
    if isinstance(node, int):
        return node
    operator, left, right = node[0], shuffled(chance, node[1]), shuffled(chance, node[2])
    return (operator, right, left) if operator in "+*" and chance.random() < 0.5 else (operator, left, right)


def write(node: Any) -> str:
    return str(node) if isinstance(node, int) else f"({write(node[1])}{node[0]}{write(node[2])})"


TREES = st.recursive(
    st.integers(0, 10**25), lambda inner: st.tuples(st.sampled_from("+-*/"), inner, inner), max_leaves=12
)


@given(TREES, st.integers())
def test_commuted_twins_share_a_key(tree: Any, seed: int) -> None:
    assert canonical_key(write(tree)) == canonical_key(write(shuffled(random.Random(seed), tree)))


def test_the_small_sums_have_as_many_keys_as_unordered_pairs() -> None:
    keys = {canonical_key(f"{one}+{other}") for one in range(100) for other in range(100)}
    assert len(keys) == 100 * 101 // 2


def test_keys_never_change() -> None:
    assert [canonical_key("12*(3+4)-5/6", level) for level in LEVELS] == [
        8948150668266096491,
        15976742585898924574,
        5544139344881552025,
    ]


def test_text_that_is_no_arithmetic_has_a_key_as_a_string_only() -> None:
    assert canonical_key("what is 1+1\ud800?", "string") != canonical_key("what is 1+1?", "string")
    with pytest.raises(ExpressionSyntaxError):
        canonical_key("what is 1+1?")


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("high", [9, 10**11])
def test_blocks_have_the_keys_of_their_texts(signed_block: Any, level: Level, high: int) -> None:
    block = signed_block(2000, high)
    keys = canonical_keys(block, compile_skeletons(block.skeletons), level)
    assert keys.dtype == np.uint64
    assert keys.tolist() == [canonical_key(text, level) for text in block.expressions.tolist()]


def test_negative_numbers_of_a_terminal_are_subtractions(signed_block: Any) -> None:
    block = signed_block(200, 99, terms=2, operators=1, brackets=0)
    signed = np.where(np.arange(200)[:, None] % 2, -block.numbers, block.numbers)
    pattern = [block.skeletons.pattern(row).split("#") for row in block.rows.tolist()]
    texts = [
        "".join(f"{part}{number}" for part, number in zip(parts, numbers, strict=False)) + parts[-1]
        for parts, numbers in zip(pattern, signed.tolist(), strict=True)
    ]
    block.__dict__["numbers"], block.__dict__["expressions"] = signed, np.array(texts)
    keys = canonical_keys(block, compile_skeletons(block.skeletons))
    assert keys.tolist() == [canonical_key(text) for text in texts]


def test_skeletons_that_only_their_text_explains_are_keyed_by_it(signed_block: Any) -> None:
    block = signed_block(50, 9)
    programs = compile_skeletons(block.skeletons)
    blank = replace(programs, operations=programs.operations * 0, by_text=programs.by_text | True)
    for level in LEVELS:
        assert canonical_keys(block, blank, level).tolist() == canonical_keys(block, programs, level).tolist()


@given(st.lists(st.text(st.characters(exclude_characters="\x00")), min_size=1))
def test_the_width_of_a_column_does_not_change_the_keys_of_its_texts(texts: list[str]) -> None:
    expected = [canonical_key(text, "string") for text in texts]
    assert text_keys(np.array(texts)).tolist() == expected
    assert text_keys(np.array([*texts, "x" * 99])).tolist()[:-1] == expected
