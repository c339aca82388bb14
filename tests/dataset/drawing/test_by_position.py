from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exprlearn.arithmetic.divisions import ExactOnlyPolicy, FractionPolicy
from exprlearn.dataset import Answering, Split, Splits, split
from exprlearn.dataset.constraints import IntegerConstraint, ResultRangeConstraint, ResultRangeOptions
from exprlearn.dataset.drawing.by_position import SHARE, ByPosition, RestOrder
from exprlearn.errors import DataError, OptionError, SizeError
from exprlearn.plugin.kinds.drawing import DrawingContext
from exprlearn.sampling import ExpressionSpace
from exprlearn.sampling.ordering.permutation import join_arrays, keyed_permutation

MIXED = ExpressionSpace.from_file("mixed")
TWO_WAYS = 'start: e\ne: e "+" e | N\nN: /[1-9]/'


def by_position(space: ExpressionSpace = MIXED, **changes: Any) -> Splits:
    options: dict[str, Any] = {"seed": 0, "validation": 300, "test": 500, "by": "position"} | changes
    return split(space, ExactOnlyPolicy(), [IntegerConstraint()], **options)


def texts(splits: Splits, train: int = 5000) -> list[set[str]]:
    parts = splits.validation, splits.test, splits.train.take(train)[0]
    return [set(part.expressions.tolist()) for part in parts]


@settings(max_examples=15)
@given(
    name=st.sampled_from(["addition", "flat", "mixed", "nested"]),
    seeds=st.tuples(st.integers(0, 2**63), st.integers(0, 2**63)),
    validation=st.integers(0, 400),
    test=st.integers(0, 400),
    salt=st.integers(0, 9),
)
def test_parts_are_as_large_as_asked_and_share_no_expression(
    name: str, seeds: tuple[int, int], validation: int, test: int, salt: int
) -> None:
    space = ExpressionSpace.from_file(name)
    one, other = (by_position(space, seed=seed, validation=validation, test=test, salt=salt) for seed in seeds)
    first, second = texts(one, 3000), texts(other, 3000)
    assert list(map(len, first[:2])) == [validation, test]
    # No seed moves an expression to another part.
    assert first[:2] == second[:2]
    assert not first[0] & first[1]
    assert not (first[0] | first[1]) & (first[2] | second[2])


def test_training_goes_through_all_that_is_left_before_anything_comes_again() -> None:
    space = ExpressionSpace.from_file("addition", ranges="0..29")
    splits = by_position(space, validation=100, test=150)
    everything = {text for part in texts(splits, 650) for text in part}
    assert len(everything) == 900
    again = splits.train.take(1300)[0].expressions.tolist()
    assert sorted(again[:650]) == sorted(again[650:])
    assert again[:650] != again[650:]


def test_seeds_give_other_training_orders_and_the_same_parts() -> None:
    one, other = by_position(), by_position(seed=1)
    assert list(one.test) == list(other.test)
    assert list(one.train.take(50)[0]) != list(other.train.take(50)[0])
    assert list(one.test) != list(by_position(salt=1).test)


def test_held_out_parts_have_the_sizes_of_the_mix() -> None:
    splits = by_position(validation=900)
    terms = Counter(sum(sign.isdigit() for sign in text) for text in splits.validation.expressions.tolist())
    assert abs(terms[3] - terms[4]) < 9
    # A quarter of the 324 expressions of two terms may be looked at, and two of three are examples.
    assert 50 < terms[2] < 81
    only_four = by_position(mix={4: 1})
    assert all(sum(sign.isdigit() for sign in text) == 4 for text in texts(only_four)[1])


def test_what_a_small_size_cannot_give_the_others_do() -> None:
    rare = ResultRangeConstraint(ResultRangeOptions(low=60, high=80))
    splits = split(MIXED, ExactOnlyPolicy(), [rare], seed=0, validation=200, test=200, by="position")
    assert (len(splits.validation), len(splits.test)) == (200, 200)
    assert splits.proof(2000).shared_expressions == {"train/validation": 0, "train/test": 0, "validation/test": 0}


def test_a_space_that_is_too_small_is_refused_with_what_it_has() -> None:
    space = ExpressionSpace.from_file("addition", ranges="0..9")
    with pytest.raises(DataError, match="addition has 25 validation examples to give by position, 26 are asked for"):
        by_position(space, validation=26)
    assert len(by_position(space, validation=25, test=25).test) == 25


@pytest.mark.parametrize("weight", [0, -1])
@pytest.mark.parametrize("count", [0, 5])
def test_weights_that_are_no_mix_are_refused_as_such(weight: int, count: int) -> None:
    with pytest.raises(SizeError, match="a mix needs weights of zero or more, at least one above zero"):
        by_position(mix=[weight] * len(MIXED.strata), validation=count, test=count)


def test_the_proof_tells_that_twins_leak_and_expressions_do_not() -> None:
    space = ExpressionSpace.from_file("addition", ranges="1..99")
    splits = by_position(space, validation=500, test=500)
    proof = splits.proof(8000)
    assert proof.holds
    assert proof.shared_forms["train/test"] > 200
    assert proof.as_dict()["by"] == "position"
    assert "forms (split by position: forms may be shared)" in str(proof)
    assert not splits.proof(splits.test[:7]).holds


def test_a_stream_of_the_rest_goes_on_at_its_cursor() -> None:
    stream = by_position().train
    whole, end = stream.take(700)
    first, cursor = stream.take(300)
    rest, again = stream.take(400, start=cursor)
    assert [*first, *rest] == list(whole)
    assert again == end
    assert stream.stream.items(5, 9).expressions.tolist() == [stream.stream[item] for item in range(5, 9)]


def test_huge_strata_are_split_too() -> None:
    for space in (
        ExpressionSpace.from_file("mixed", terms=12, brackets=1, ranges="1..999"),
        ExpressionSpace.from_file("flat", terms=42),
    ):
        splits = split(space, FractionPolicy(), seed=0, validation=20, test=20, by="position")
        assert [len(part) for part in texts(splits, 100)] == [20, 20, 100]
        assert splits.proof(100).holds


@pytest.mark.parametrize(("size", "start"), [(100, 7), (10**5, 100), (10**20, 12345)])
def test_the_rest_of_an_order_is_an_order(size: int, start: int) -> None:
    base = keyed_permutation((size // 10, 10), 3)
    rest = min(size - start, 2**61)
    order = RestOrder(base, start, keyed_permutation((rest,), 4))
    positions = [0, 1, 50, order.size - 1]
    found = [order.index(position) for position in positions]
    assert join_arrays(order.indices(np.array(positions)), base.limb_sizes) == found
    assert len({*found}) == 4
    assert not {*found} & {base.index(position) for position in range(min(start, 200))}


def test_a_grammar_that_draws_derivations_has_no_positions() -> None:
    space = ExpressionSpace.from_text(TWO_WAYS, terms=(2, 4), ambiguity="derivations")
    with pytest.raises(DataError, match=r"choose data\.split=content, or grammar\.ambiguity=strings"):
        by_position(space, validation=5, test=5)
    strings = ExpressionSpace.from_text(TWO_WAYS, terms=(2, 4), ambiguity="strings")
    assert by_position(strings, validation=50, test=50).proof(3000).holds


def test_a_balance_needs_parts_by_content() -> None:
    with pytest.raises(OptionError, match=r"choose data\.split=content"):
        by_position(balance="result")


def test_no_stratum_gives_up_more_than_a_quarter_to_a_part() -> None:
    held_out: dict[Split, int] = {"validation": 2000, "test": 2000}
    parts = ByPosition(DrawingContext(MIXED, Answering(ExactOnlyPolicy()), 0, held_out))
    for start, stratum in zip(parts.starts, MIXED.strata, strict=True):
        assert start <= 2 * (stratum.size // SHARE)
