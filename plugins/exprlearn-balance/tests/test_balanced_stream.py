from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exprlearn.arithmetic import evaluate
from exprlearn.arithmetic.divisions import ExactOnlyPolicy, FractionPolicy
from exprlearn.dataset import SPLITS, Answering, Split, Splits, split, split_of
from exprlearn.dataset.constraints import (
    AnswerLengthConstraint,
    MeaningfulBracketsConstraint,
    ResultRangeConstraint,
    ResultRangeOptions,
)
from exprlearn.errors import DataError
from exprlearn.plugin import Constraint
from exprlearn.sampling import ExpressionSpace, Stream
from exprlearn_balance import cells
from exprlearn_balance.results import ResultTable
from exprlearn_balance.stream import BalancedResults, BalancedStream

SMALL = ExpressionSpace.from_file("mixed", terms=(2, 3), brackets=(0, 1), ranges="1..7")


@cache
def results_of(space: ExpressionSpace, *constraints: Constraint) -> BalancedResults:
    return BalancedResults(ResultTable(space, Answering(ExactOnlyPolicy(), constraints)))


def stream_of(part: Split = "train", seed: int = 0, space: Any = SMALL, constraints: Any = ()) -> BalancedStream:
    return BalancedStream(Stream(space, seed, part), results_of(space, *constraints), part)


@cache
def examples_of(space: ExpressionSpace) -> dict[Split, dict[str, set[str]]]:
    """All expressions by part and answer."""
    found: defaultdict[Split, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for expression in space:
        answer = results_of(space).table.answering.answer(expression)
        if answer is not None:
            found[split_of(expression)][answer].add(expression)
    return found


def answers_of(expressions: Sequence[str]) -> Counter[str]:
    return Counter(str(evaluate(expression)) for expression in expressions)


@pytest.mark.parametrize("part", SPLITS)
def test_each_answer_of_a_part_comes_once_in_every_round(part: Split) -> None:
    stream = stream_of(part)
    assert set(stream.answers.tolist()) == set(examples_of(SMALL)[part])
    for number in (0, 1, 77):
        expressions = stream.block(number, len(stream.answers)).expressions.tolist()
        assert sorted(answers_of(expressions)) == sorted(stream.answers.tolist())
        assert {split_of(expression) for expression in expressions} == {part}


def test_answers_of_any_window_are_flat() -> None:
    stream = stream_of()
    counts = np.array(list(answers_of(stream.items(1234, 61_234).expressions.tolist()).values()))
    assert counts.max() - counts.min() <= 2
    expected = counts.sum() / len(stream.answers)
    assert ((counts - expected) ** 2 / expected).sum() < len(stream.answers)


@pytest.mark.parametrize("answer", ["6", "24"])
def test_expressions_of_an_answer_come_equally_often_over_seeds(answer: str) -> None:
    space = ExpressionSpace.from_file("mixed", terms=3, brackets=0)
    every = examples_of(space)["train"][answer]
    drawn: Counter[str] = Counter()
    for seed in range(200):
        stream = stream_of(seed=seed, space=space)
        texts = stream.items(0, 5 * len(stream.answers)).expressions.tolist()
        drawn.update(text for text in texts if text in every)
    counts = np.array([drawn[text] for text in every])
    expected = counts.sum() / len(counts)
    assert counts.sum() == 200 * 5
    # Five draws without repeats spread less than five with them.
    squares = ((counts - expected) ** 2 / expected).sum() / (1 - 5 / len(counts))
    assert abs(squares - (len(counts) - 1)) < 4 * np.sqrt(2 * (len(counts) - 1))


def test_no_expression_of_an_answer_comes_again_before_all_of_its_size_have_come() -> None:
    space = ExpressionSpace.from_file("mixed", terms=3, brackets=0)
    stream, every = stream_of(space=space), examples_of(space)["train"]
    drawn: defaultdict[str, list[str]] = defaultdict(list)
    rounds = max(map(len, every.values()))
    for expression in stream.items(0, rounds * len(stream.answers)).expressions.tolist():
        drawn[str(evaluate(expression))].append(expression)
    for answer, expressions in drawn.items():
        for start in range(0, rounds, len(every[answer])):
            once = expressions[start : start + len(every[answer])]
            assert len(set(once)) == len(once)
        assert set(expressions) == every[answer]


def test_sizes_that_can_give_an_answer_take_turns() -> None:
    stream = stream_of(constraints=(ResultRangeConstraint(ResultRangeOptions(low=1, high=9)),))
    met: Counter[int] = Counter()
    for _, block in stream.items(0, 9000).parts:
        met[block.stratum.sizes["terms"]] += len(block)
    assert met[2] == pytest.approx(met[3], rel=0.01)


@settings(max_examples=25)
@given(start=st.integers(0, 10**9), count=st.integers(1, 200), seed=st.integers(0, 2**40))
def test_item_t_is_the_same_however_it_is_reached(start: int, count: int, seed: int) -> None:
    stream = stream_of("test", seed)
    block = stream.items(start, start + count)
    assert len(block) == count
    assert block.expressions[-1] == stream[start + count - 1]
    assert block.indices[-1] == stream.index(start + count - 1)
    assert [SMALL[index] for index in block.indices] == block.expressions.tolist()
    again = BalancedStream(Stream(SMALL, seed, "test"), results_of(SMALL), "test")
    assert again.items(start, start + count).expressions.tolist() == block.expressions.tolist()


def test_the_stream_is_frozen() -> None:
    first = ["4-4-7", "2*(7*7)", "1-3-7", "6*(1-7)", "(5*6)+3", "(6*7)+3", "2*(2*3)", "(7+3)*4"]
    assert stream_of().items(0, 8).expressions.tolist() == first
    far = stream_of("test", seed=5).items(10**6, 10**6 + 4).expressions.tolist()
    assert far == ["(3*3)-7", "6+(7*5)", "(6*4)-2", "6-1-1"]


def test_seeds_and_parts_give_other_orders() -> None:
    streams = [stream_of(), stream_of(seed=1), stream_of("validation")]
    first = [tuple(answers_of(stream.items(0, 50).expressions.tolist())) for stream in streams]
    assert len(set(first)) == 3


@pytest.fixture
def no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only cells of a few expressions are listed, so that all others are searched."""
    monkeypatch.setattr(cells, "LISTED", 2000)


@pytest.mark.usefixtures("no_room")
@pytest.mark.parametrize("part", SPLITS)
def test_large_cells_are_searched_and_stay_flat(part: Split) -> None:
    results = BalancedResults(ResultTable(SMALL, Answering(ExactOnlyPolicy())))
    stream = BalancedStream(Stream(SMALL, 3, part), results, part)
    answers = examples_of(SMALL)[part]
    assert any((listed.counts < results.table.counts_at(place)).any() for place, listed in results.listed.items())
    assert set(stream.answers.tolist()) == set(answers)
    drawn = stream.items(0, 20 * len(stream.answers)).expressions.tolist()
    assert set(answers_of(drawn).values()) == {20}
    assert {split_of(expression) for expression in drawn} == {part}


@pytest.mark.usefixtures("no_room")
def test_large_cells_repeat_nothing_while_there_is_enough() -> None:
    space = ExpressionSpace.from_file("addition", ranges="0..400")
    results = BalancedResults(ResultTable(space, Answering(ExactOnlyPolicy())))
    stream = BalancedStream(Stream(space, 3, "train"), results, "train")
    drawn = Counter(stream.items(0, 20 * len(stream.answers)).expressions.tolist())
    again = [text for text, times in drawn.items() if times > 1 and 250 < evaluate(text) < 550]
    assert again == []


def test_rules_that_look_at_more_than_values_are_kept_too() -> None:
    rules = (MeaningfulBracketsConstraint(),)
    stream = stream_of(constraints=rules)
    expressions = stream.items(0, 3 * len(stream.answers)).expressions.tolist()
    assert all(rules[0].holds(expression, Fraction(0)) for expression in expressions)
    assert set(answers_of(expressions).values()) == {3}


@pytest.mark.usefixtures("no_room")
def test_counts_past_64_bits_can_be_balanced() -> None:
    space = ExpressionSpace.from_file("sums", terms=70, ranges="0..1")
    # Of a sum of ones and zeros all orders are one form, so that texts must decide on the part.
    results = BalancedResults(ResultTable(space, Answering(ExactOnlyPolicy())), level="string")
    stream = BalancedStream(Stream(space, 3), results, "train")
    counts = answers_of(stream.items(0, 2 * len(stream.answers)).expressions.tolist())
    assert len(stream.answers) >= 69
    assert set(counts.values()) == {2}


def test_an_ambiguous_grammar_is_balanced_over_expressions() -> None:
    space = ExpressionSpace.from_text(
        'start: e\ne: e "+" e | e "*" e | N\nN: /[1-3]/', terms=(2, 3), ambiguity="strings"
    )
    results = BalancedResults(ResultTable(space, Answering(ExactOnlyPolicy())))
    stream = BalancedStream(Stream(space, 3), results, "train")
    drawn = [index for index in stream.items(0, 400).indices if index >= 0]
    assert all(space.is_canonical(index) for index in drawn)


def test_items_have_no_order_by_size_and_begin_at_zero() -> None:
    with pytest.raises(DataError, match=r"choose data\.balance=none"):
        next(stream_of().plan(0, 5))
    with pytest.raises(IndexError, match="numbered from 0, got -2"):
        stream_of().items(-2, 5)
    assert stream_of().items(7, 7).expressions.tolist() == []


def test_a_part_without_examples_is_refused() -> None:
    space = ExpressionSpace.from_file("addition", ranges="0..1")
    for part in set(SPLITS) - set(examples_of(space)):
        with pytest.raises(DataError, match=f"no expression of addition is a {part} example"):
            stream_of(part, space=space)
    assert len(examples_of(space)) < 3


def balanced(**changes: Any) -> Splits:
    options: dict[str, Any] = {"seed": 0, "validation": 200, "test": 200, "balance": "result"} | changes
    return split(SMALL, ExactOnlyPolicy(), [AnswerLengthConstraint()], **options)


def test_balanced_parts_share_nothing_and_training_is_flat() -> None:
    splits = balanced()
    train, cursor = splits.train.take(20_000)
    assert splits.proof(train).holds
    counts = Counter(train.answers.tolist())
    assert max(counts.values()) - min(counts.values()) <= 1
    assert len(set(splits.test.expressions.tolist())) == len(splits.test) == 200
    assert cursor == 20_000


def test_balanced_parts_are_apart_from_those_of_another_seed_without_balance() -> None:
    plain = split(SMALL, ExactOnlyPolicy(), seed=9, validation=200, test=200)
    train = {*balanced().train.take(5000)[0].expressions.tolist()}
    assert not train & {*plain.test.expressions.tolist(), *plain.validation.expressions.tolist()}


def test_fixed_sets_are_as_flat_as_different_expressions_allow() -> None:
    test = balanced(test=60).test
    assert max(Counter(test.answers.tolist()).values()) == 1


def test_a_balanced_stream_goes_on_at_its_cursor() -> None:
    stream = balanced().train
    whole, end = stream.take(500)
    first, cursor = stream.take(123)
    rest, again = stream.take(377, start=cursor)
    assert [*first, *rest] == list(whole)
    assert again == end


def test_a_space_that_is_used_up_says_so() -> None:
    space = ExpressionSpace.from_file("addition", ranges="0..9")
    splits = split(space, FractionPolicy(), seed=0, validation=40, test=5, balance="result")
    expected = sorted(
        f"{one}+{other}" for one in range(10) for other in range(10) if split_of(f"{one}+{other}") == "validation"
    )
    assert sorted(splits.validation.expressions.tolist()) == expected
    assert splits.notes == (f"validation has {len(expected)} examples instead of 40: the space holds no more",)
