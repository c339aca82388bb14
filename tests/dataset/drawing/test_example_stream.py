from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exprlearn.arithmetic.divisions import ExactOnlyPolicy
from exprlearn.dataset import Answering, ExampleStream, Split, split_of
from exprlearn.dataset.constraints import AnswerLengthConstraint, ResultRangeConstraint, ResultRangeOptions
from exprlearn.dataset.drawing.example_stream import WINDOW, FoundExamples
from exprlearn.errors import DataError
from exprlearn.sampling import ExpressionSpace
from exprlearn.sampling.stream import Stream

MIXED = ExpressionSpace.from_file("mixed")


def stream_of(
    part: Split = "train", seed: int = 0, low: int = -999, high: int = 999, space: Any = MIXED
) -> ExampleStream:
    constraints = [AnswerLengthConstraint(), ResultRangeConstraint(ResultRangeOptions(low=low, high=high))]
    return ExampleStream(Stream(space, seed, part), Answering(ExactOnlyPolicy(), constraints), part)


@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_a_stream_holds_just_the_examples_of_its_part(part: Split) -> None:
    stream = stream_of(part)
    examples, cursor = stream.take(100)
    expected = []
    for item in range(cursor):
        expression = stream.stream[item]
        answer = stream.answering.answer(expression)
        if answer is not None and split_of(expression) == part:
            expected.append((expression, answer))
    assert list(examples) == expected


@settings(max_examples=30)
@given(st.lists(st.integers(0, 700), min_size=1, max_size=5))
def test_a_stream_goes_on_at_its_cursor_as_if_never_left(counts: list[int]) -> None:
    stream = stream_of()
    whole, end = stream.take(sum(counts))
    pieces, cursor = [], 0
    for count in counts:
        examples, cursor = stream.take(count, start=cursor)
        assert len(examples) == count
        pieces += list(examples)
    assert pieces == list(whole)
    assert cursor == end


def test_more_examples_begin_with_the_fewer() -> None:
    assert list(stream_of().take(5000)[0][:100]) == list(stream_of().take(100)[0])


def test_no_examples_leave_the_cursor_where_it_is() -> None:
    examples, cursor = stream_of().take(0, start=17)
    assert (len(examples), cursor) == (0, 17)


def test_seeds_share_no_more_than_chance() -> None:
    space = ExpressionSpace.from_file("addition")
    one, other = (set(stream_of(seed=seed, space=space).take(20_000)[0].expressions.tolist()) for seed in (1, 2))
    held = sum(split_of(f"{left}+{right}") == "train" for left in range(0, 1000, 7) for right in range(0, 1000, 7))
    examples = held * 7 * 7 / 2
    # Sums below a thousand are half of all; two draws of n out of N share n * n / N.
    assert abs(len(one & other) - 20_000**2 / examples) < 150


def test_a_search_that_finds_hardly_anything_names_the_rule_to_blame() -> None:
    with pytest.raises(DataError) as caught:
        stream_of(low=100_000, high=200_000).take(10)
    assert "0 of 1" in str(caught.value)
    assert "of mixed are train examples: result-range 100000..200000 rejects 99." in str(caught.value)
    assert "loosen the constraints" in str(caught.value)


def test_a_space_that_lies_in_another_part_is_named_as_the_reason() -> None:
    space = ExpressionSpace.from_text('start: SIX "/" THREE\nSIX: "6"\nTHREE: "3"')
    with pytest.raises(DataError, match="all of them belong to other parts of the data"):
        stream_of(space=space).take(1)


def test_small_requests_in_a_row_look_at_each_window_once() -> None:
    looked: list[tuple[int, int]] = []

    class Watched(ExampleStream):
        def find(self, start: int, stop: int) -> FoundExamples:
            looked.append((start, stop))
            return super().find(start, stop)

    plain = stream_of()
    stream = Watched(plain.stream, plain.answering, "train")
    pieces, cursor = [], 0
    for _ in range(30):
        examples, cursor = stream.take(500, start=cursor)
        pieces += list(examples)
    assert pieces == list(plain.take(15_000)[0])
    # The first request cannot know that others follow.
    alone = [(start, stop) for start, stop in looked if stop - start < WINDOW]
    assert max(stop for _, stop in alone) < WINDOW // 4
    assert looked[len(alone) :] == [(start, start + WINDOW) for start in range(0, cursor, WINDOW)]
