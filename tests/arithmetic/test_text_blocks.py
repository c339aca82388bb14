from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exprlearn.arithmetic import UNLIMITED, Operation, answer, block_values, compile_skeletons, evaluate, parse
from exprlearn.arithmetic.divisions import FloorRemainderPolicy, FractionPolicy
from exprlearn.arithmetic.text_blocks import LONGEST, read_texts
from exprlearn.dataset.canonical import canonical_key, canonical_keys
from exprlearn.errors import DivisionByZero, EvaluationError

SIGNS = st.text("0123456789+-*/()", max_size=14)
ANYTHING = st.lists(SIGNS | st.text(max_size=6) | st.sampled_from(["", "1\n2", "−1", "\ud800", "9" * 18, "9" * 19]))


@given(ANYTHING)
@example(["1", "()", "1+2*3-4/5"])
def test_what_is_read_is_what_the_parser_reads(texts: list[str]) -> None:
    rows, block = read_texts(texts)
    assert block.expressions.tolist() == [texts[row] for row in rows.tolist()]
    for place, text in enumerate(block.expressions.tolist()):
        numbers = parse(text).numbers
        assert block.numbers[place, : len(numbers)].tolist() == list(numbers)


@given(ANYTHING)
def test_plain_expressions_are_all_read(texts: list[str]) -> None:
    read = set(read_texts(texts)[0].tolist())
    for row, text in enumerate(texts):
        plain = set(text) <= set("0123456789+-*/()") and len(text) <= LONGEST and "9" * 19 not in text
        assert (row in read) == (plain and is_expression(text))


def is_expression(text: str) -> bool:
    try:
        parse(text)
    except EvaluationError:
        return False
    return True


@pytest.mark.parametrize("operation", ["exact", "floor"])
@given(texts=st.lists(SIGNS, max_size=9))
@example(texts=["1/0", "999999999999999999*999999999999999999", "--3", "2*(3+-4)"])
def test_values_and_keys_of_texts_are_those_of_each(operation: Operation, texts: list[str]) -> None:
    _, block = read_texts([*texts, "1+1"])
    programs = compile_skeletons(block.skeletons)
    values = block_values(block, programs, operation)
    keys = canonical_keys(block, programs)
    for row, text in enumerate(block.expressions.tolist()):
        assert keys[row] == canonical_key(text)
        try:
            assert values.fraction(row) == evaluate(text, operation=operation, limits=UNLIMITED)
        except DivisionByZero:
            assert values.fraction(row) is None


def test_answers_of_texts_are_those_of_each() -> None:
    texts = ["17/5", "(1+2)*3", "5", "-7/2", "17/5+1", "8/(2+2)"]
    _, block = read_texts(texts)
    for policy in (FractionPolicy(), FloorRemainderPolicy()):
        written, kept = policy.answers(block_values(block, compile_skeletons(block.skeletons), policy.operation))
        assert written.tolist() == [answer(text, policy) for text in texts]
        assert np.all(kept)
