from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exprlearn.config import RunConfig, resolve
from exprlearn.dataset import Splits, dataset, load_space, load_splits
from exprlearn.dataset.drawing.mixes import LASTING, lasting_mix
from exprlearn.dataset.splits import check_drawing
from exprlearn.dataset.store import recipe_of
from exprlearn.errors import DataError, OptionError
from exprlearn.plugin.manager import Plugins

PLUGINS = Plugins(only=(), strict=True)
MIXES = ("terms", "size", "operators")


def components_of(mix: str, grammar: Any = None, **data: Any) -> Any:
    tree = {"grammar": {"name": "mixed", **(grammar or {})}, "data": {"mix": mix, "test": 500, **data}}
    return resolve(RunConfig.model_validate(tree), PLUGINS)


def splits_of(mix: str, grammar: Any = None, **data: Any) -> Splits:
    components = components_of(mix, grammar, **data)
    return load_splits(load_space(components.config.grammar, components), components)


def terms_of(expressions: list[str]) -> Counter[int]:
    return Counter(1 + sum(sign in "+-*/" for sign in text) for text in expressions)


def operators_of(expressions: list[str]) -> Counter[str]:
    return Counter("".join(sorted(set(text) & set("+-*/"))) for text in expressions)


def test_every_set_of_operators_comes_equally_often_as_an_example() -> None:
    found = operators_of(splits_of("operators").train.take(20_000)[0].expressions.tolist())
    assert len(found) == 14
    assert max(abs(count * len(found) / 20_000 - 1) for count in found.values()) < 0.15


def test_divisions_that_seldom_come_out_come_as_often_as_others() -> None:
    found = operators_of(splits_of("operators", {"range": "1..99"}).train.take(10_000)[0].expressions.tolist())
    with_division = sum(count for operators, count in found.items() if "/" in operators)
    assert abs(with_division / 10_000 - 7 / 14) < 0.03
    plain = splits_of("terms", {"range": "1..99"}).train.take(10_000)[0].expressions
    assert (np.char.find(plain, "/") >= 0).mean() < 0.06


def test_by_size_training_has_the_sizes_of_the_test() -> None:
    plain, lasting = splits_of("terms"), splits_of("size")
    shares = {}
    for name, examples in (
        ("terms", plain.train.take(20_000)[0]),
        ("size", lasting.train.take(20_000)[0]),
        ("test", load_splits_of_test(2000).test),
    ):
        found = terms_of(examples.expressions.tolist())
        shares[name] = [found[terms] / len(examples) for terms in (2, 3, 4)]
    assert shares["terms"][0] > 0.4
    assert np.allclose(shares["size"], shares["test"], atol=0.03)


def load_splits_of_test(count: int) -> Splits:
    return splits_of("size", test=count)


def test_sizes_that_hold_enough_come_as_evenly_as_before() -> None:
    evenly, lasting = (splits_of(mix, {"range": "1..99"}).train.take(2000)[0] for mix in ("terms", "size"))
    assert terms_of(evenly.expressions.tolist())[2] == pytest.approx(
        terms_of(lasting.expressions.tolist())[2], rel=0.02
    )


@pytest.mark.parametrize("split", ["content", "position"])
def test_what_is_held_out_stays_whatever_training_is_mixed_of(split: str) -> None:
    found = [splits_of(mix, {"terms": "2..3"}, split=split, validation=50, test=80) for mix in ("terms", "size")]
    assert list(found[0].validation) == list(found[1].validation)
    assert list(found[0].test) == list(found[1].test)
    assert list(found[0].train.take(200)[0]) != list(found[1].train.take(200)[0])


@settings(max_examples=10, deadline=None)
@given(mix=st.sampled_from(MIXES), seed=st.integers(0, 2**32), level=st.sampled_from(["commutative", "operands"]))
def test_splits_share_no_form_whatever_the_mix(mix: str, seed: int, level: str) -> None:
    components = resolve(
        RunConfig.model_validate(
            {
                "seed": seed,
                "grammar": {"name": "mixed", "terms": "2..3"},
                "data": {"mix": mix, "level": level, "test": 99},
            }
        ),
        PLUGINS,
    )
    assert load_splits(load_space(components.config.grammar, components), components).proof(2000).holds


@pytest.mark.parametrize("mix", MIXES)
def test_training_goes_on_at_a_cursor_as_if_never_left(mix: str) -> None:
    whole, end = splits_of(mix).train.take(900)
    first, cursor = splits_of(mix).train.take(400)
    rest, again = splits_of(mix).train.take(500, start=cursor)
    assert (list(first) + list(rest), again) == (list(whole), end)


@given(
    pairs=st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 9)), min_size=1, max_size=8),
    total=st.integers(1, LASTING),
)
def test_no_size_is_used_up_among_so_many_items(pairs: list[tuple[int, int]], total: int) -> None:
    sizes, even = [size for size, _ in pairs], [weight for _, weight in pairs]
    weights = lasting_mix(sizes, even, total)
    assert all(0 < weight <= size for weight, size in zip(weights, sizes, strict=True))
    # Those that hold enough are as far apart as they were, give or take the rounding of one item.
    levels = [Fraction(weight, each) for weight, each, size in zip(weights, even, sizes, strict=True) if weight < size]
    assert not levels or max(levels) - min(levels) <= 1


def test_a_numbered_dataset_knows_the_place_of_each_expression_in_the_space() -> None:
    data = dataset("mixed", size=300, mix="operators")
    assert len(operators_of([entry["question"] for entry in data])) == 14  # type: ignore[attr-defined]
    for entry in data[:5]:
        metadata = entry["metadata"]
        assert data.space[int(metadata["index"])] == metadata["expression"]
        assert metadata["difficulty"] == data.space.locate(int(metadata["index"]))[0].sizes.as_dict()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("none", "position", "operators"), "data.mix: 'operators' needs parts by content"),
        (("result", "content", "size"), "data.balance=result decides itself how often what comes"),
    ],
)
def test_a_mix_of_what_has_an_order_of_its_own_is_refused(asked: tuple[Any, Any, Any], said: str) -> None:
    with pytest.raises(OptionError, match=said):
        check_drawing(*asked)


@pytest.mark.parametrize("mix", ["terms", "size", "operators"])
def test_files_keep_how_they_are_mixed(mix: str) -> None:
    assert recipe_of(components_of(mix, train=100)).sections["data"]["mix"] == mix


@pytest.mark.long
def test_operators_of_very_many_sizes_are_not_told_apart() -> None:
    with pytest.raises(DataError, match=r"operators cannot be told apart here, choose data.mix=size"):
        splits_of("operators", {"terms": "2..12", "brackets": "0..3"})


def test_without_any_example_there_is_nothing_to_mix() -> None:
    nothing = [{"name": "result-range", "low": 10**6, "high": 10**7}]
    with pytest.raises(DataError, match=r"loosen the constraints"):
        splits_of("operators", {"terms": 2}, constraints=nothing, validation=1, test=1)
