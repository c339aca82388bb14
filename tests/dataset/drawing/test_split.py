from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.dataset import PARTS, SPLITS, canonical_key, part_of, split_of
from exprlearn.dataset.drawing.split import split_codes

TEXTS = [f"{one}{sign}{other}" for one in range(60) for other in range(60) for sign in "+*-"]


def test_expressions_never_move_to_another_part() -> None:
    assert [split_of(text) for text in ("1+1", "0*3", "6/3", "131+83-744*33")] == [
        "train",
        "validation",
        "test",
        "train",
    ]
    assert [sum(split_of(text) == part for text in TEXTS) for part in SPLITS] == [8653, 1152, 995]


def test_the_names_of_before_are_still_known() -> None:
    assert (PARTS, part_of("3+5")) == (SPLITS, split_of("3+5"))


def test_parts_have_their_shares() -> None:
    counts = {part: sum(split_of(text, "string") == part for text in TEXTS) / len(TEXTS) for part in SPLITS}
    assert abs(counts["train"] - 0.8) < 0.02
    assert abs(counts["validation"] - 0.1) < 0.015
    assert abs(counts["test"] - 0.1) < 0.015


@given(st.integers(0, 999), st.integers(0, 999), st.integers(0, 2**64))
def test_twins_are_in_one_part(one: int, other: int, salt: int) -> None:
    assert split_of(f"{one}+{other}", salt=salt) == split_of(f"({other} + {one})", salt=salt)


@given(st.integers(0, 2**64))
def test_blocks_are_divided_as_single_expressions_are(salt: int) -> None:
    keys = np.array([canonical_key(text) for text in TEXTS[:100]], np.uint64)
    assert [SPLITS[code] for code in split_codes(keys, salt)] == [split_of(text, salt=salt) for text in TEXTS[:100]]


def test_another_salt_is_another_division() -> None:
    assert [split_of(text, salt=1) for text in TEXTS[:200]] != [split_of(text) for text in TEXTS[:200]]
