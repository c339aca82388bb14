from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exprlearn.arithmetic.divisions import ExactOnlyPolicy, FloorPolicy, FractionPolicy
from exprlearn.dataset import Level, Splits, canonical_key, split, split_of
from exprlearn.dataset.constraints import (
    AnswerLengthConstraint,
    IntegerConstraint,
    ResultRangeConstraint,
    ResultRangeOptions,
)
from exprlearn.errors import DataError
from exprlearn.plugin import Division
from exprlearn.sampling import ExpressionSpace

NAMES = ("addition", "subtraction", "multiplication", "division", "sums", "flat", "mixed", "nested")


def split_mixed(**changes: Any) -> Splits:
    options: dict[str, Any] = {"seed": 0, "validation": 300, "test": 300} | changes
    return split(ExpressionSpace.from_file("mixed"), ExactOnlyPolicy(), [AnswerLengthConstraint()], **options)


def forms(splits: Splits, level: Level = "commutative", train: int = 2000) -> list[set[int]]:
    parts = (splits.train.take(train)[0], splits.validation, splits.test)
    return [{canonical_key(text, level) for text in part.expressions.tolist()} for part in parts]


@settings(max_examples=20)
@given(
    name=st.sampled_from(NAMES),
    ranges=st.integers(20, 999),
    division=st.sampled_from([ExactOnlyPolicy(), FractionPolicy(), FloorPolicy()]),
    level=st.sampled_from(["string", "commutative", "operands"]),
    seeds=st.tuples(st.integers(0, 2**63), st.integers(0, 2**63)),
    salt=st.integers(0, 9),
)
def test_parts_share_no_form_in_any_config_and_seed(
    name: str, ranges: int, division: Division, level: Level, seeds: tuple[int, int], salt: int
) -> None:
    own = name in ("division", "nested", "mixed", "sums")
    space = ExpressionSpace.from_file(name, ranges=None if own else f"1..{ranges}")
    one, other = (split(space, division, seed=seed, validation=50, test=50, level=level, salt=salt) for seed in seeds)
    first, second = forms(one, level, 500), forms(other, level, 500)
    for (place, left), (another, right) in product(enumerate(first), enumerate(second)):
        assert place == another or not left & right
    assert one.proof(200).holds


def test_parts_stay_apart_across_the_stages_of_a_curriculum() -> None:
    stages = [
        split(
            ExpressionSpace.from_file("mixed", terms=terms, ranges=f"1..{high}"),
            FractionPolicy(),
            seed=seed,
            validation=200,
            test=200,
        )
        for seed, (terms, high) in enumerate([(2, 5), (3, 9), ((2, 4), 9)])
    ]
    parts = [set().union(*(forms(stage)[place] for stage in stages)) for place in range(3)]
    assert not parts[0] & parts[1]
    assert not parts[0] & parts[2]
    assert not parts[1] & parts[2]


def test_fixed_sets_are_the_same_each_time_and_hold_no_expression_twice() -> None:
    one, other = split_mixed(), split_mixed()
    assert list(one.validation) == list(other.validation)
    assert list(one.test) == list(other.test)
    assert len(set(one.test.expressions.tolist())) == len(one.test) == 300
    assert list(one.test) != list(split_mixed(seed=1).test)
    assert all(split_of(text) == "test" for text in one.test.expressions.tolist())


def test_a_larger_fixed_set_begins_with_the_smaller() -> None:
    assert list(split_mixed(test=500).test[:300]) == list(split_mixed().test)


def test_the_string_level_lets_commuted_twins_part_and_the_commutative_one_does_not() -> None:
    space = ExpressionSpace.from_file("addition", ranges="1..99")
    by_text = split(space, ExactOnlyPolicy(), seed=0, validation=0, test=500, level="string")
    assert by_text.proof().holds
    train, _, test = forms(by_text, "commutative", 20_000)
    assert train & test
    by_form = split(space, ExactOnlyPolicy(), seed=0, validation=0, test=500)
    train, _, test = forms(by_form, "commutative", 20_000)
    assert not train & test


def test_a_space_that_is_too_small_gives_what_it_has_and_says_so() -> None:
    space = ExpressionSpace.from_file("addition", ranges="0..9")
    splits = split(space, ExactOnlyPolicy(), seed=0, validation=40, test=5)
    everything = [f"{one}+{other}" for one in range(10) for other in range(10)]
    assert sorted(splits.validation.expressions.tolist()) == sorted(
        text for text in everything if split_of(text) == "validation"
    )
    assert splits.notes == (f"validation has {len(splits.validation)} examples instead of 40: the space holds no more",)


def test_a_part_without_any_examples_is_refused_with_the_reason() -> None:
    space = ExpressionSpace.from_file("addition", ranges="0..9")
    constraint = ResultRangeConstraint(ResultRangeOptions(low=50, high=60))
    with pytest.raises(DataError, match=r"result-range 50\.\.60 rejects 100\.00% of those that belong there"):
        split(space, ExactOnlyPolicy(), [constraint], seed=0, validation=5, test=5)


def test_the_mix_decides_how_often_sizes_come() -> None:
    splits = split_mixed(mix={4: 1})
    assert all(sum(sign.isdigit() for sign in text) == 4 for text in splits.test.expressions.tolist())


def test_the_proof_counts_and_finds_what_is_shared() -> None:
    splits = split_mixed()
    proof = splits.proof(1000)
    assert proof.holds
    assert proof.shared == 0
    assert proof.counts == {"train": 1000, "validation": 300, "test": 300}
    leaking = splits.proof(splits.test[:7])
    assert not leaking.holds
    assert leaking.shared_expressions["train/test"] == 7
    assert leaking.as_dict()["holds"] is False
    assert "train/test 7 expressions" in str(leaking)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_hundred_thousand_of_each_part_share_no_form(name: str) -> None:
    space = ExpressionSpace.from_file(name)
    splits = split(space, ExactOnlyPolicy(), [IntegerConstraint()], seed=3, validation=100_000, test=100_000)
    assert splits.proof(100_000).holds
