from __future__ import annotations

import numpy as np
import pytest

from exprlearn.grammar.shipped import shipped_names
from exprlearn.sampling import Block, ExpressionSpace
from exprlearn.sampling.stream import ROUND, Stream
from exprlearn.sampling.table_writing import TableWriter
from exprlearn.sampling.writing import Writer

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


def blocks(space: ExpressionSpace) -> list[Block]:
    return [block for _, block in Stream(space, seed=5).items(0, 500).parts]


def check(space: ExpressionSpace) -> None:
    for block in blocks(space):
        stratum = block.stratum
        written = TableWriter(block.skeletons, stratum.slots, stratum.longest).write(block.rows, block.fillers)
        expected = Writer(stratum.literals, stratum.slots).write(block.skeletons, block.rows, block.fillers)
        assert written.dtype == expected.dtype
        assert written.tolist() == expected.tolist() == [stratum[index] for index in block.indices]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_tables_write_what_blocks_of_their_own_write(text: str) -> None:
    check(ExpressionSpace.from_text(text, ambiguity="strings"))


@pytest.mark.parametrize("name", shipped_names())
def test_tables_of_shipped_grammars_write_the_expressions_of_their_indices(name: str) -> None:
    check(ExpressionSpace.from_file(name))


def test_no_rows_are_no_texts() -> None:
    stratum = ExpressionSpace.from_file("mixed").strata[0]
    block = stratum.block([])
    written = TableWriter(block.skeletons, stratum.slots, stratum.longest).write(block.rows, block.fillers)
    assert written.tolist() == []


@pytest.mark.parametrize("start", [0, ROUND, 100])
def test_grouped_items_are_those_of_the_stream(start: int) -> None:
    stream = Stream(ExpressionSpace.from_file("mixed"), seed=5)
    stop = start + 2 * ROUND
    grouped = np.concatenate([block.expressions for block in stream.grouped(start, stop)])
    assert sorted(grouped.tolist()) == sorted(stream.items(start, stop).expressions.tolist())
