from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from exprlearn.decoding.beam import search
from exprlearn.decoding.decoder import Decoder
from exprlearn.errors import OptionError
from exprlearn.plugin import Shape

TINY = Shape(source_length=4, target_length=3, vocabulary_size=5)
CAUSAL = ["causal", "causal by places", "causal without incremental"]
KINDS = ["teacher-forced", "without attention", "without incremental", *CAUSAL, "sequence"]


def sources(count: int) -> np.ndarray:
    size = (count, TINY.source_length)
    ids = np.random.default_rng([count, 8, 0]).integers(0, TINY.vocabulary_size, size, np.int32)
    # A question has padding before it, and no start mark within.
    before = np.take_along_axis(ids, np.argsort(ids != TINY.pad, axis=1, kind="stable"), axis=1)
    return np.where(before == TINY.start, TINY.end, before)


def every_row() -> Iterator[tuple[int, ...]]:
    """Write every row of tokens that a decoder can write: nothing but padding behind the first end mark."""
    others = [token for token in range(TINY.vocabulary_size) if token != TINY.end]
    for length in range(TINY.target_length):
        for tokens in product(others, repeat=length):
            yield (*tokens, TINY.end, *[TINY.pad] * (TINY.target_length - length - 1))
    yield from product(others, repeat=TINY.target_length)


def exhausted(decoder: Decoder, source: np.ndarray) -> list[tuple[tuple[int, ...], float]]:
    """Compute the log probability of every row from the whole model, token by token; best first."""
    rows = list(every_row())
    ids = np.array(rows, np.int32)
    said = decoder.retrace(np.repeat(source[None], len(ids), axis=0), ids)
    scored = np.log(said.answer_probabilities(TINY.end))
    return sorted(zip(rows, scored.tolist(), strict=True), key=lambda pair: -pair[1])


def found(decoder: Decoder, source: np.ndarray, width: int) -> list[tuple[tuple[int, ...], float]]:
    beams = decoder.beams(source[None], width)
    rows = zip(beams.ids[0].tolist(), beams.log_probabilities[0].tolist(), strict=True)
    return [(tuple(ids), score) for ids, score in rows if np.isfinite(score)]


def assert_same(one: list[tuple[tuple[int, ...], float]], other: list[tuple[tuple[int, ...], float]]) -> None:
    assert [score for _, score in one] == pytest.approx([score for _, score in other], abs=1e-4)
    assert dict(one) == pytest.approx(dict(other), abs=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_a_beam_that_has_room_for_all_finds_what_exhaustive_search_finds(untrained: Any, kind: str) -> None:
    decoder = untrained(kind)
    for source in sources(2):
        every = exhausted(decoder, source)
        assert sum(np.exp(score) for _, score in every) == pytest.approx(1)
        assert_same(found(decoder, source, 100), every)


@pytest.mark.parametrize("kind", KINDS)
def test_a_beam_of_one_is_greedy_decoding(untrained: Any, kind: str) -> None:
    decoder, rows = untrained(kind), sources(16)
    greedy = decoder.decode(rows)
    if kind == "sequence":
        # Its search is exact even at width 1, so it may find a shorter answer that is more probable.
        likelier = decoder.beams(rows, 1).log_probabilities[:, 0] - np.log(greedy.answer_probabilities(TINY.end))
        assert (likelier > -1e-4).all()
        return
    beams = decoder.beams(rows, 1)
    assert beams.ids[:, 0].tolist() == greedy.ids.tolist()
    assert np.exp(beams.log_probabilities[:, 0]) == pytest.approx(greedy.answer_probabilities(TINY.end), abs=1e-5)


@pytest.mark.parametrize("width", [1, 2, 7])
def test_where_steps_stand_alone_no_width_loses_an_answer(untrained: Any, width: int) -> None:
    decoder = untrained("sequence")
    for source in sources(3):
        assert_same(found(decoder, source, width), exhausted(decoder, source)[:width])


@pytest.mark.parametrize(
    "kind", ["teacher-forced", *(pytest.param(kind, marks=pytest.mark.slow) for kind in KINDS[1:])]
)
def test_compiled_over_many_rows_a_beam_is_what_it_is_for_each_alone(untrained: Any, kind: str) -> None:
    decoder, rows = untrained(kind, compiling=True), sources(37)
    together = decoder.beams(rows, 3)
    for row in (0, 20, 36):
        alone = decoder.beams(rows[row : row + 1], 3)
        assert alone.ids[0].tolist() == together.ids[row].tolist()
        assert alone.log_probabilities[0] == pytest.approx(together.log_probabilities[row], abs=1e-4)


def test_every_row_is_found_once_and_padded_behind_its_end(untrained: Any) -> None:
    for ids in untrained("teacher-forced").beams(sources(12), 8).ids.tolist():
        rows = [tuple(row) for row in ids]
        assert len(set(rows)) == len(rows)
        assert set(rows) <= set(every_row())


@pytest.mark.parametrize("width", [0, -1, 257])
def test_a_width_out_of_bounds_is_refused_with_what_would_do(untrained: Any, width: int) -> None:
    with pytest.raises(OptionError, match=rf"a beam of {width}: choose 1, which is greedy decoding, to 256"):
        untrained("sequence").beams(sources(1), width)


def test_a_search_stops_when_every_answer_has_ended(untrained: Any, keras: Any) -> None:
    if keras.backend.backend() == "jax":
        pytest.skip("JAX traces the step once and never tells its number")
    decoder, told = untrained("without incremental"), []
    stepping = decoder._stepping

    def ending(index: Any, token: Any, state: Any) -> Any:
        told.append(int(index))
        logits, state = stepping.advance(index, token, state)
        return logits + 100.0 * keras.ops.one_hot(np.array([TINY.end]), TINY.vocabulary_size), state

    search(keras.ops.convert_to_tensor(sources(2)), replace(stepping, advance=ending), TINY, 1)
    # One backend traces the step once more than it takes it.
    assert max(told) == 0
