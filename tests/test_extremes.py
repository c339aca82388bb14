"""A model that answers nothing scores 0 and one that answers the truth scores all, through the whole walk."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from exprlearn.backend.keras_import import load_keras
from exprlearn.config import Components, read_config, resolve
from exprlearn.dataset import load_space, load_splits
from exprlearn.decoding.answerer import Answerer
from exprlearn.decoding.decoder import Decoder
from exprlearn.encoding import Encoder
from exprlearn.plugin import ModelSpec, NoOptions, Shape
from exprlearn.plugin.kinds.model import Framing
from exprlearn.plugin.manager import Plugins
from exprlearn.runs.preparation import answer_statistics, make_encoder
from exprlearn.scoring import score
from exprlearn.walk import learn

BACKEND = os.environ.get("EXPRLEARN_TEST_BACKEND", "tensorflow")
SMALL = [
    f"training.backend={BACKEND}",
    "grammar.range=0..12",
    "data.validation=8",
    "data.test=12",
    "training.examples_per_epoch=64",
    "training.batch_size=32",
    "training.epochs=1",
]
NUMBERS = range(13)
EXPRESSIONS = [f"{one}+{other}" for one, other in product(NUMBERS, NUMBERS)]
TRUTHS = [str(one + other) for one, other in product(NUMBERS, NUMBERS)]
SURE = 50.0
Kind = Literal["blank", "truth"]


def written(kind: Kind, shape: Shape, encoder: Encoder) -> Callable[[Any], Any]:
    """Return the function from source rows to logits of the right answer, or of none at all."""
    known, ids = encoder.sources(EXPRESSIONS), encoder.targets(TRUTHS)
    if kind == "blank":
        ids = np.full_like(ids, shape.end)
    logits = SURE * np.eye(shape.vocabulary_size, dtype=np.float32)[ids]
    table = logits.reshape(len(known), -1)

    def answer(source: Any) -> Any:
        from keras import ops

        same = ops.all(ops.equal(source[:, None, :], known[None]), axis=-1)
        found = ops.matmul(ops.cast(same, "float32"), table)
        return ops.reshape(found, (-1, *logits.shape[1:]))

    return answer


def computed(kind: Kind, encoder: Encoder, scale: float) -> Callable[[Any], Any]:
    """Return the function from rows of numbers to their scaled sum, or to what no sum is."""

    def answer(source: Any) -> Any:
        from keras import ops

        total = ops.sum(source, axis=(1, 2))[:, None] * encoder.number_rows.scale / scale
        return total if kind == "truth" else 0.0 * total - 2.0

    return answer


def answering(framing: Framing, answer: Callable[[Any], Any]) -> ModelSpec:
    """Make a model of a function; its one weight changes nothing."""

    def build(shape: Shape, options: NoOptions) -> Any:
        import keras

        class Fixed(keras.layers.Layer):  # type: ignore[misc]
            def build(self, input_shape: Any) -> None:
                self.unused = self.add_weight(shape=(1,), initializer="zeros")

            def call(self, inputs: list[Any]) -> Any:
                nothing = 0.0 * keras.ops.cast(inputs[-1][:1, :1], "float32")
                out = answer(inputs[0]) + 0.0 * self.unused
                return out + (nothing[..., None] if framing == "teacher-forced" else 0.0)

        if framing == "mapping":
            inputs = [keras.Input((shape.source_length, shape.features))]
        else:
            steps = [shape.source_length] + [shape.target_length] * (framing == "teacher-forced")
            inputs = [keras.Input((length,), dtype="int32") for length in steps]
        return keras.Model(inputs, Fixed()(inputs))

    return ModelSpec(name="fixed", summary="Answers as it was told.", framing=framing, build=build)


def components_of(*sets: str) -> Components:
    plugins = Plugins(only=())
    return resolve(read_config(None, {"model.network": "lstm"}, [*SMALL, *sets], plugins=plugins).config, plugins)


def model_of(framing: Framing, kind: Kind, components: Components) -> ModelSpec:
    space = load_space(components.config.grammar, components)
    encoder = make_encoder(space, components)
    if framing == "mapping":
        scale = answer_statistics(load_splits(space, components), "mapping")[1]
        return answering(framing, computed(kind, encoder, scale))
    return answering(framing, written(kind, encoder.shape, encoder))


# A walk takes some seconds, so that most are among the slow tests.
WALKS = [
    ("sequence", "blank"),
    ("teacher-forced", "truth"),
    *(
        pytest.param(*walk, marks=pytest.mark.slow)
        for walk in (("mapping", "blank"), ("mapping", "truth"), ("sequence", "truth"), ("teacher-forced", "blank"))
    ),
]


@pytest.mark.long
@pytest.mark.parametrize(("framing", "kind"), WALKS)
def test_through_the_whole_walk_the_extremes_score_nothing_and_all(
    framing: Framing, kind: Kind, tmp_path: Path
) -> None:
    components = components_of()
    components = replace(components, model=model_of(framing, kind, components), model_options=NoOptions())
    report = learn(components.config, components, runs=tmp_path)
    rows = [json.loads(line) for line in (report.run / "predictions.jsonl").read_text("utf-8").splitlines()]
    wanted = 1.0 if kind == "truth" else 0.0
    assert report.scores.exact_match.value == wanted
    assert {row["correct"] for row in rows} == {bool(wanted)}
    # A mapping model cannot answer nothing; a number that no sum is may still share a digit with one.
    assert report.scores.digit_accuracy == wanted or (framing, kind) == ("mapping", "blank")
    groups = [group for groups in report.scores.breakdown.values() for group in groups]
    assert {group.interval.value for group in groups} == {wanted}
    assert [json.loads(line) for line in (report.run / "metrics.jsonl").read_text("utf-8").splitlines()][-1][
        "exact_match"
    ] == wanted
    if kind == "blank" and framing != "mapping":
        assert {row["mistake"] for row in rows} == {"wrong-length"}
        assert {row["wrong_step"]["step"] for row in rows} == {1}


LAYOUTS = list(
    product(
        ["characters", "digits", "numbers"],
        ["left", "right", "per-term"],
        ["none", "source", "target", "both"],
        ["sequence", "teacher-forced"],
    )
)


def extremes(tokenizer: str, padding: str, reversal: str, framing: Framing) -> list[tuple[float, float]]:
    """Score both extremes on every expression in one layout: exact match and digits."""
    components = components_of(f"tokenizer.name={tokenizer}", f"padding.name={padding}", f"reversal.name={reversal}")
    load_keras(BACKEND)
    encoder = make_encoder(load_space(components.config.grammar, components), components)
    found = []
    for kind in ("blank", "truth"):
        spec = answering(framing, written(kind, encoder.shape, encoder))
        model = spec.build(encoder.shape, NoOptions())
        answerer = Answerer(Decoder(model, spec, encoder.shape, compiling=False), encoder)
        evaluated = score(EXPRESSIONS, answerer.answer(EXPRESSIONS).texts, TRUTHS)
        found.append((evaluated.exact_match.value, evaluated.digit_accuracy))
    return found


# Every choice of each kind once; all of their combinations take a minute.
@pytest.mark.parametrize("layout", LAYOUTS[::11], ids="-".join)
def test_the_extremes_score_nothing_and_all(layout: tuple[str, str, str, Framing]) -> None:
    assert extremes(*layout) == [(0.0, 0.0), (1.0, 1.0)]


@pytest.mark.slow
@pytest.mark.parametrize("layout", LAYOUTS, ids="-".join)
def test_in_every_layout_the_extremes_score_nothing_and_all(layout: tuple[str, str, str, Framing]) -> None:
    assert extremes(*layout) == [(0.0, 0.0), (1.0, 1.0)]
