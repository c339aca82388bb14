from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.sampling.ordering.hashing import DATA_VERSION, GOLDEN, derive_keys, mix, mix_array, shuffled, shuffles


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=50))
def test_arrays_are_mixed_like_single_numbers(values: list[int]) -> None:
    assert mix_array(np.array(values, np.uint64)).tolist() == [mix(value) for value in values]


def test_mixing_agrees_with_the_published_generator() -> None:
    # The first outputs of splitmix64 seeded with 1234567, as its reference implementation prints them.
    golden = 0x9E3779B97F4A7C15
    produced = [mix(1234567 + golden * step) for step in (1, 2, 3)]
    assert produced == [6457827717110365317, 3203168211198807973, 9817491932198370423]


def test_mixing_leaves_its_argument_as_it_was() -> None:
    values = np.arange(10, dtype=np.uint64)
    mix_array(values)
    assert values.tolist() == list(range(10))


def test_keys_are_frozen() -> None:
    assert DATA_VERSION == 1
    assert derive_keys(2, 0, "train", "terms=2") == (7604154889994634709, 5490829726688202097)


def test_every_part_of_a_key_counts() -> None:
    keys = [
        derive_keys(1, *parts)[0] for parts in [(7, "a"), (8, "a"), (7, "b"), ("7", "a"), (7, "a", ""), ("7a",), (7,)]
    ]
    assert len(set(keys)) == len(keys)


def test_neighbouring_seeds_have_unrelated_keys() -> None:
    keys = np.array([derive_keys(1, seed, "train") for seed in range(2_000)], np.uint64)
    bits = np.unpackbits((keys[1:] ^ keys[:-1]).view(np.uint8)).mean()
    assert abs(bits - 0.5) < 4 * 0.5 / np.sqrt(64 * 1_999)


def test_a_shuffle_holds_every_number_once() -> None:
    assert sorted(shuffled(3, 1_000).tolist()) == list(range(1_000))


def test_a_shuffle_is_frozen() -> None:
    assert shuffled(3, 8).tolist() == [4, 1, 0, 7, 5, 3, 6, 2]


def test_shuffles_of_several_keys_equal_one_by_one() -> None:
    keys = np.array([5, 6, 2**64 - 1], np.uint64)
    assert shuffles(keys, 20).tolist() == [shuffled(int(key), 20).tolist() for key in keys]


def test_long_shuffles_sort_whole_words_even_where_their_halves_are_equal() -> None:
    counters = np.arange(20_000, dtype=np.uint64) * np.uint64(GOLDEN)
    words = mix_array(np.uint64(5) + counters)
    halves = words >> np.uint64(32)
    assert len(np.unique(halves)) < len(halves)
    assert shuffled(5, 20_000).tolist() == np.argsort(words).tolist()
    for key in range(20):
        words = mix_array(np.uint64(key) + counters[:4096])
        assert shuffled(key, 4096).tolist() == np.argsort(words).tolist()


def test_shuffles_put_every_number_everywhere_equally_often() -> None:
    keys = np.array(derive_keys(1, "places"), np.uint64) + np.arange(4_000, dtype=np.uint64)
    places = shuffles(keys, 12)
    counts = np.stack([np.bincount(places[:, place], minlength=12) for place in range(12)])
    expected = 4_000 / 12
    squares = float(((counts - expected) ** 2 / expected).sum())
    freedom = 11 * 11
    assert abs(squares - freedom) / np.sqrt(2 * freedom) < 4
