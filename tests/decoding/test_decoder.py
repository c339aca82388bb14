from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from exprlearn.backend import keras_import
from exprlearn.decoding import decoder as decoders
from exprlearn.decoding.decoder import BLOCK, FEW, Decoder
from exprlearn.plugin import Shape

TINY = Shape(source_length=4, target_length=3, vocabulary_size=5, digits=(3, 4))
KINDS = ["teacher-forced", "causal", "sequence"]


def sources(count: int) -> np.ndarray:
    return np.random.default_rng([count, 8, 0]).integers(2, TINY.vocabulary_size, (count, 4), np.int32)


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Hear of every function that is compiled."""
    heard: list[Any] = []

    def compiled(function: Any, variables: Any) -> Any:
        heard.append(function)
        return keras_import.compiled(function, variables)

    monkeypatch.setattr(decoders, "compiled", compiled)
    return heard


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_any_number_of_questions_compiles_once_and_a_single_one_once_more(
    untrained: Any, compilations: list[Any], kind: str
) -> None:
    made = untrained(kind)
    asked = Decoder(made.model, made.spec, made.shape)
    for count in (20, 50, 100, 200, 500, 1000):
        assert len(asked.decode(sources(count)).ids) == count
    assert len(compilations) == 1
    for count in (1, 2, FEW, 1):
        assert len(asked.decode(sources(count)).ids) == count
    assert len(compilations) == 2


def test_numbers_lines_and_beams_compile_once_for_any_number_of_rows(
    untrained: Any, keras: Any, compilations: list[Any]
) -> None:
    made = untrained("teacher-forced")
    asked = Decoder(made.model, made.spec, made.shape)
    for count in (20, 50, 200):
        assert asked.beams(sources(count), 3).ids.shape == (count, 3, 3)
    assert len(compilations) == 1
    source = keras.Input((4, 1))
    model = keras.Model([source], keras.layers.Dense(1)(keras.layers.Flatten()(source)))
    mapping = Decoder(model, SimpleNamespace(framing="mapping"), TINY)
    for count in (20, 50, 200):
        assert mapping.values(np.ones((count, 4, 1), np.float32)).shape == (count,)
    assert len(compilations) == 2


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_answered_does_not_depend_on_what_is_asked_beside_it(untrained: Any, kind: str) -> None:
    decoder, rows = untrained(kind, compiling=True), sources(BLOCK + 7)
    together, first = decoder.decode(rows), decoder.decode(rows[:30])
    said = together.answer_probabilities(TINY.end)
    # In blocks of one size the bits are the same.
    assert first.answer_probabilities(TINY.end).tobytes() == said[:30].tobytes()
    for row in (0, BLOCK + 6):
        alone = decoder.decode(rows[row : row + 1])
        assert alone.ids[0].tolist() == together.ids[row].tolist()
        assert alone.answer_probabilities(TINY.end)[0] == pytest.approx(said[row], abs=1e-4)
