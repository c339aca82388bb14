from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest

from exprlearn.arithmetic.divisions import FractionPolicy
from exprlearn.encoding import (
    BOTH,
    NONE,
    SOURCE,
    TARGET,
    Characters,
    Digits,
    Encoder,
    Left,
    Numbers,
    PerTerm,
    Right,
    alphabet_of,
)
from exprlearn.encoding.block_sources import BlockSources
from exprlearn.encoding.sides import vocabulary_of
from exprlearn.grammar.shipped import shipped_names
from exprlearn.plugin import Padding, Reversal, Tokenizer
from exprlearn.plugin.kinds.padding import Piecewise
from exprlearn.sampling import Block, ExpressionSpace
from exprlearn.sampling.stream import Stream

TOKENIZERS: list[Tokenizer] = [Characters(), Digits(), Digits(2), Digits(3), Numbers()]
PADDINGS: list[Padding] = [PerTerm(), Left(), Right()]
# Two kinds of numbers, in any order, and words between them; numbers side by side.
TWO_KINDS = (
    'start: item (SIGN item)~1..3\nitem: SMALL | LARGE\nSIGN: "+" | " mod "\nSMALL: /[0-9]/\nLARGE: /[1-9][0-9]{4}/'
)
BESIDE = 'start: NUMBER NUMBER "+" NUMBER\nNUMBER: /[1-9]/'


def encoder_of(space: ExpressionSpace, tokenizer: Tokenizer, padding: Padding, reversal: Reversal) -> Encoder:
    alphabet = alphabet_of(space, FractionPolicy(), longest_answer=9)
    return Encoder(alphabet, tokenizer=tokenizer, padding=padding, reversal=reversal)


def blocks_of(space: ExpressionSpace) -> list[Block]:
    return [block for _, block in Stream(space, seed=3).items(0, 700).parts]


def check(space: ExpressionSpace, encoder: Encoder) -> None:
    for block in blocks_of(space):
        rows = encoder.block_sources(block)
        assert rows.dtype == np.int32
        assert rows.flags.c_contiguous
        assert np.array_equal(rows, encoder.sources(block.expressions.tolist()))


def encoders(space: ExpressionSpace) -> Iterator[Encoder]:
    for tokenizer, padding, reversal in product(TOKENIZERS, PADDINGS, [NONE, SOURCE, TARGET, BOTH]):
        yield encoder_of(space, tokenizer, padding, reversal)


@pytest.mark.parametrize("grammar", shipped_names())
def test_blocks_become_the_rows_of_their_texts(grammar: str) -> None:
    space = ExpressionSpace.from_file(grammar)
    blocks = blocks_of(space)
    texts = [block.expressions.tolist() for block in blocks]
    for encoder in encoders(space):
        for block, expressions in zip(blocks, texts, strict=True):
            rows, expected = encoder.block_sources(block), encoder.sources(expressions)
            assert rows.dtype == expected.dtype
            assert rows.flags.c_contiguous
            assert np.array_equal(rows, expected)


@pytest.mark.parametrize("grammar", shipped_names())
def test_rows_can_be_read_as_the_expressions_of_their_indices(grammar: str) -> None:
    space = ExpressionSpace.from_file(grammar)
    encoder = encoder_of(space, Digits(), PerTerm(), BOTH)
    for block in blocks_of(space):
        rows = encoder.block_sources(block)
        assert encoder.expressions(rows).tolist() == [block.stratum[index] for index in block.indices]


@pytest.mark.parametrize("padding", [PerTerm(), Left(), Right()], ids=repr)
@pytest.mark.parametrize("tokenizer", [Characters(), Digits(), Digits(2)], ids=repr)
def test_words_and_several_kinds_of_numbers_are_rows_of_their_texts(tokenizer: Tokenizer, padding: Padding) -> None:
    space = ExpressionSpace.from_text(TWO_KINDS)
    check(space, encoder_of(space, tokenizer, padding, BOTH))


@pytest.mark.parametrize("grammar", shipped_names())
def test_no_shipped_grammar_needs_its_texts(grammar: str) -> None:
    space = ExpressionSpace.from_file(grammar)
    alphabet = alphabet_of(space, FractionPolicy(), longest_answer=9)
    vocabulary, padding = vocabulary_of(Digits(), alphabet), PerTerm()
    sources = BlockSources(
        alphabet.readings("source"), vocabulary, padding, padding.width(alphabet, vocabulary), is_reversed=True
    )
    assert all(sources.rows(block) is not None for block in blocks_of(space))


def test_numbers_side_by_side_are_left_to_the_text() -> None:
    space = ExpressionSpace.from_text(BESIDE)
    alphabet = alphabet_of(space, FractionPolicy(), longest_answer=9)
    vocabulary = vocabulary_of(Characters(), alphabet)
    sources = BlockSources(alphabet.readings("source"), vocabulary, PerTerm(), 9, is_reversed=False)
    assert [sources.rows(block) for block in blocks_of(space)] == [None]


def test_a_padding_that_knows_no_pieces_is_given_the_texts() -> None:
    class Plain:
        width = Right().width
        pad = Right().pad

    assert not isinstance(Plain(), Piecewise)
    space = ExpressionSpace.from_file("addition")
    check(space, encoder_of(space, Characters(), Plain(), BOTH))
