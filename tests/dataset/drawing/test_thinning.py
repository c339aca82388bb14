from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.arithmetic.divisions import ExactOnlyPolicy
from exprlearn.config import RunConfig, resolve
from exprlearn.dataset import Answering, ExampleStream, load_space, load_splits, split_of
from exprlearn.dataset.drawing.thinning import ThinnedStream, Thinning
from exprlearn.plugin.manager import Plugins
from exprlearn.sampling import ExpressionSpace, Stream

MIXED = ExpressionSpace.from_file("mixed")


def stream_of(chance: float, seed: int = 0, space: ExpressionSpace = MIXED) -> ThinnedStream:
    return ThinnedStream(ExampleStream(Stream(space, seed), Answering(ExactOnlyPolicy()), "train"), chance, seed)


def test_the_kth_time_a_text_is_kept_with_the_kth_power_of_the_chance() -> None:
    random, kept = np.random.default_rng(0), np.zeros(4)
    for _ in range(4000):
        kept += Thinning(0.5, random).keep(["1+2"] * 4)
    assert np.allclose(kept / 4000, [1, 0.5, 0.25, 0.125], atol=0.03)


@given(st.lists(st.text("ab", min_size=1, max_size=2), max_size=30), st.integers(0, 30), st.integers(0, 99))
def test_what_came_is_counted_over_all_calls(texts: list[str], cut: int, seed: int) -> None:
    whole = Thinning(0.5, np.random.default_rng(seed)).keep(texts)
    parts = Thinning(0.5, np.random.default_rng(seed))
    pieces = [parts.keep(piece) for piece in (texts[:cut], texts[cut:])]
    assert np.concatenate(pieces).tolist() == whole.tolist()
    first_times = [texts.index(text) == place for place, text in enumerate(texts)]
    assert all(kept for kept, first in zip(whole.tolist(), first_times, strict=True) if first)


@given(st.lists(st.sampled_from(["1+2", "3*4", "5"]), max_size=20))
def test_a_chance_of_one_keeps_all(texts: list[str]) -> None:
    assert Thinning(1.0, np.random.default_rng(0)).keep(texts).all()


def test_a_thinned_request_has_as_many_examples_and_more_different_ones() -> None:
    plain = ExampleStream(Stream(MIXED, 0), Answering(ExactOnlyPolicy()), "train").take(4096)[0]
    thinned = stream_of(0.3).take(4096)[0]
    assert len(thinned) == len(plain) == 4096
    most = Counter(thinned.expressions.tolist()).most_common(1)[0][1]
    assert most < Counter(plain.expressions.tolist()).most_common(1)[0][1]
    assert len(set(thinned.expressions.tolist())) > 1.3 * len(set(plain.expressions.tolist()))
    assert all(split_of(text) == "train" for text in set(thinned.expressions.tolist()))


@pytest.mark.parametrize("chance", [0.1, 0.9])
def test_a_request_gives_the_same_whatever_was_asked_for_before(chance: float) -> None:
    used = stream_of(chance)
    _, cursor = used.take(1000)
    following = used.take(1000, start=cursor)
    fresh = stream_of(chance).take(1000, start=cursor)
    assert list(following[0]) == list(fresh[0])
    assert following[1] == fresh[1]
    assert list(following[0]) != list(stream_of(chance, seed=1).take(1000, start=cursor)[0])


def test_a_space_of_few_expressions_gives_as_many_as_asked_for_all_the_same() -> None:
    few = ExpressionSpace.from_file("addition", ranges="0..3")
    examples, cursor = stream_of(0.1, space=few).take(2000)
    assert len(examples) == 2000
    assert cursor < 12 * 2000


def test_a_run_is_thinned_as_its_config_says() -> None:
    def expressions(**data: object) -> list[str]:
        config = RunConfig.model_validate({"grammar": {"name": "mixed"}, "data": {"test": 99, **data}})
        components = resolve(config, Plugins(only=()))
        splits = load_splits(load_space(config.grammar, components), components)
        found: list[str] = splits.train.take(3000)[0].expressions.tolist()
        return found

    assert expressions(thinning=1) == expressions()
    assert len(set(expressions(thinning=0.5))) > len(set(expressions()))
