from __future__ import annotations

from unittest.mock import patch

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.grammar.languages import IntegerRange, Language, Texts
from exprlearn.sampling.writing.block import SkeletonTable, Writer

LANGUAGES: list[Language] = [
    IntegerRange("DIGIT", 0, 9),
    IntegerRange("NUMBER", 1, 999),
    IntegerRange("LARGE", 0, 10**7),
    IntegerRange("HUGE", 10**17, 10**18 - 1),
    Texts("EVEN", ["0", "2", "40", "600"]),
    Texts("DIGITS", ["٣", "四十"]),
]
LITERALS = ("+", "-", "(", "−", " mod ", "")


@st.composite
def rows(draw: st.DrawFn) -> tuple[list[int], list[Language], list[list[int]]]:
    tokens = draw(st.lists(st.integers(-1, len(LITERALS) - 1), max_size=8))
    slots = draw(st.lists(st.sampled_from(LANGUAGES), min_size=tokens.count(-1), max_size=tokens.count(-1)))
    filling = st.tuples(*(st.integers(0, language.size - 1) for language in slots)).map(list)
    return tokens, slots, draw(st.lists(filling, max_size=4))


@given(rows())
def test_blocks_are_written_like_single_expressions(row: tuple[list[int], list[Language], list[list[int]]]) -> None:
    tokens, slots, fillings = row
    table = SkeletonTable(np.array([[*tokens, -2]], np.int16), np.arange(len(slots), dtype=np.int16)[None, :], LITERALS)
    written = Writer(LITERALS, slots).write(
        table, np.zeros(len(fillings), np.int64), np.array(fillings, np.int64).reshape(len(fillings), len(slots))
    )
    expected = []
    for filling in fillings:
        numbers = iter([language.text(index) for language, index in zip(slots, filling, strict=True)])
        expected.append("".join(LITERALS[token] if token >= 0 else next(numbers) for token in tokens))
    assert written.tolist() == expected


def test_numbers_of_large_ranges_are_written_as_all_others() -> None:
    language = IntegerRange("LARGE", 0, 10**6)
    table = SkeletonTable(np.array([[-1]], np.int16), np.array([[0]], np.int16), ())
    values = np.array([0, 7, 10, 909, 1_000, 100_000, 10**6])
    written = Writer((), [language]).write(table, np.zeros(len(values), np.int64), values[:, None])
    assert written.tolist() == list(map(str, values.tolist()))


def test_texts_are_as_wide_as_the_longest() -> None:
    table = SkeletonTable(np.array([[-1, 0, -1]], np.int16), np.array([[0, 1]], np.int16), ("+",))
    written = Writer(("+",), [IntegerRange("NUMBER", 0, 999)] * 2).write(
        table, np.zeros(2, np.int64), np.array([[1, 2], [10, 200]])
    )
    assert written.dtype == np.dtype("<U6")
    assert written.tolist() == ["1+2", "10+200"]


def test_nothing_is_written_for_no_rows() -> None:
    table = SkeletonTable(np.array([[-1, 0, -1]], np.int16), np.array([[0, 1]], np.int16), ("+",))
    written = Writer(("+",), [IntegerRange("NUMBER", 0, 999)] * 2).write(
        table, np.zeros(0, np.int64), np.zeros((0, 2), np.int64)
    )
    assert written.tolist() == []


def test_the_texts_of_a_language_are_listed_once_however_many_slots_it_fills() -> None:
    with patch.object(IntegerRange, "texts", autospec=True, side_effect=IntegerRange.texts) as texts:
        Writer(("+",), [IntegerRange("NUMBER", 0, 999)] * 50)
    assert texts.call_count == 1
