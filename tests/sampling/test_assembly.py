from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from exprlearn.sampling.assembly import Assembly, listed_numbers
from exprlearn.sampling.runs import runs_of
from exprlearn.sampling.skeletons import NOTHING, SLOT, SkeletonTable

# Numbers and signs of up to nine bytes, so that pieces are joined, stand alone, and are several for one text.
LITERALS = (b"+", b"-", b"(", b" mod ", b"", b" divided ")
LANGUAGES = ([b"0", b"7"], [b"1", b"23", b"456"], [b"5", b"12345678"], [b"123456789"])


@dataclass(frozen=True)
class Case:
    """Expressions: skeletons, and for each expression a skeleton and a number for every filler column."""

    table: SkeletonTable
    languages: Sequence[list[bytes]]
    rows: list[int]
    fillers: list[list[int]]

    def expected(self, row: int, fillers: Sequence[int]) -> bytes:
        numbers = iter([self.languages[column][fillers[column]] for column in self.table.columns[row].tolist()])
        tokens = [token for token in self.table.tokens[row].tolist() if token != NOTHING]
        return b"".join(next(numbers) if token == SLOT else LITERALS[token] for token in tokens)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    languages = draw(st.lists(st.sampled_from(LANGUAGES), max_size=4))
    slots, count = len(languages), draw(st.integers(1, 4))
    literals = draw(st.lists(st.lists(st.integers(0, len(LITERALS) - 1), max_size=4), min_size=count, max_size=count))
    tokens = [draw(st.permutations([*signs, *[SLOT] * slots])) for signs in literals]
    longest = max(map(len, tokens))
    matrix = np.full((count, longest), NOTHING, np.int16)
    for row, each in enumerate(tokens):
        matrix[row, : len(each)] = each
    in_order = draw(st.booleans())
    orders = [list(range(slots)) if in_order else draw(st.permutations(range(slots))) for _ in range(count)]
    columns = np.array(orders, np.int16).reshape(count, slots)
    rows = draw(st.lists(st.integers(0, count - 1), max_size=5))
    fillers = [[draw(st.integers(0, len(texts) - 1)) for texts in languages] for _ in rows]
    return Case(SkeletonTable(matrix, columns, tuple(map(bytes.decode, LITERALS))), languages, rows, fillers)


def assembled(case: Case, *, mirrored: bool) -> list[bytes]:
    """Put the expressions of a case together; back to front where mirrored."""
    runs = runs_of(case.table)
    assert runs is not None
    numbers = [listed_numbers([text[::-1] if mirrored else text for text in texts]) for texts in case.languages]
    assembly = Assembly(case.table, runs, LITERALS, numbers, 96, mirrored=mirrored)
    fillers = np.array(case.fillers, np.int64).reshape(len(case.rows), len(case.languages))
    codes, lengths = assembly.rows(np.array(case.rows, np.int64), fillers)
    assert not codes[np.arange(codes.shape[1]) >= lengths[:, None].astype(np.int64)].any()
    return [bytes(row[:length]) for row, length in zip(codes, lengths.tolist(), strict=True)]


@settings(deadline=None, max_examples=200)
@given(cases())
def test_expressions_are_their_signs_and_numbers_in_order(case: Case) -> None:
    expected = [case.expected(row, fillers) for row, fillers in zip(case.rows, case.fillers, strict=True)]
    assert assembled(case, mirrored=False) == expected


@settings(deadline=None, max_examples=200)
@given(cases())
def test_mirrored_expressions_are_back_to_front(case: Case) -> None:
    expected = [case.expected(row, fillers)[::-1] for row, fillers in zip(case.rows, case.fillers, strict=True)]
    assert assembled(case, mirrored=True) == expected
