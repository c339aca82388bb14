"""Validation, test and training never share a form, and seeds share no more than chance: checked by texts alone."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exprlearn.arithmetic import compile_skeletons
from exprlearn.arithmetic.divisions import DecimalPolicy, ExactOnlyPolicy, FloorPolicy, FractionPolicy
from exprlearn.dataset import Answering, ExampleStream, Splits, canonical_key, canonical_keys, split
from exprlearn.dataset.constraints import AnswerLengthConstraint, IntegerConstraint, MeaningfulBracketsConstraint
from exprlearn.dataset.drawing.split import split_codes
from exprlearn.sampling import ExpressionSpace, Stream

CONFIGS = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["flat", "mixed", "nested", "addition"]),
        "terms": st.tuples(st.integers(2, 3), st.integers(4, 6)),
        "high": st.integers(600, 999),
        "division": st.sampled_from([ExactOnlyPolicy(), FractionPolicy(), FloorPolicy(), DecimalPolicy()]),
        "constraints": st.sampled_from(
            [(), (AnswerLengthConstraint(),), (IntegerConstraint(), MeaningfulBracketsConstraint())]
        ),
        "level": st.sampled_from(["commutative", "string", "operands"]),
        "salt": st.integers(0, 5),
    }
)
SEEDS = st.tuples(st.integers(0, 2**63), st.integers(0, 2**63))


@lru_cache(maxsize=8)
def space_of(name: str, terms: tuple[int, int], high: int) -> ExpressionSpace:
    if name == "addition":
        return ExpressionSpace.from_file("addition", ranges=f"0..{high}")
    ranges = {"nested": None, "flat": f"0..{high}", "mixed": f"1..{high}"}[name]
    return ExpressionSpace.from_file(name, terms=terms, ranges=ranges)


def split_by(config: dict[str, Any], seed: int, count: int) -> Splits:
    space = space_of(config["name"], config["terms"], config["high"])
    return split(
        space,
        config["division"],
        config["constraints"],
        seed=seed,
        validation=count,
        test=count,
        level=config["level"],
        salt=config["salt"],
    )


def check_disjoint(config: dict[str, Any], seeds: tuple[int, int], count: int) -> None:
    """Compare what one seed holds out with what another trains on."""
    held_out, training = split_by(config, seeds[0], count), split_by(config, seeds[1], 10).train
    parts = held_out.validation, held_out.test, training.take(count)[0]
    forms = [{canonical_key(text, config["level"]) for text in part.expressions.tolist()} for part in parts]
    assert all(len(part) == count for part in parts[2:])
    for one, other in combinations(forms, 2):
        assert not one & other


@pytest.mark.long
@settings(max_examples=3)
@given(config=CONFIGS, seeds=SEEDS)
def test_ten_thousand_of_each_part_share_no_form_in_random_configs(
    config: dict[str, Any], seeds: tuple[int, int]
) -> None:
    check_disjoint(config, seeds, 10_000)


@pytest.mark.slow
@settings(max_examples=12)
@given(config=CONFIGS, seeds=SEEDS)
def test_a_hundred_thousand_of_each_part_share_no_form_in_random_configs(
    config: dict[str, Any], seeds: tuple[int, int]
) -> None:
    check_disjoint(config, seeds, 100_000)


def test_neighbouring_seeds_share_no_more_examples_than_chance() -> None:
    space, answering = ExpressionSpace.from_file("addition"), Answering(ExactOnlyPolicy())
    (stratum,) = space.strata
    block = stratum.block(np.arange(stratum.size))
    keys = canonical_keys(block, compile_skeletons(block.skeletons))
    examples = int((split_codes(keys) == 0).sum())
    drawn = []
    for seed in (41, 42, 43, 44):
        stream = ExampleStream(Stream(space, seed, "train"), answering, "train")
        drawn.append({*stream.take(30_000)[0].expressions.tolist()})
    expected = 30_000**2 / examples
    deviation = np.sqrt(expected * (1 - 30_000 / examples) ** 2)
    assert all(len(part) == 30_000 for part in drawn)
    for one, other in pairwise(drawn):
        assert abs(len(one & other) - expected) < 4 * deviation


def test_the_same_seed_shares_everything() -> None:
    first, second = (
        ExampleStream(Stream(ExpressionSpace.from_file("mixed"), 7), Answering(ExactOnlyPolicy()), "train").take(500)[0]
        for _ in range(2)
    )
    assert list(first) == list(second)
