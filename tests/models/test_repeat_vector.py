from __future__ import annotations

import numpy as np
import pytest

from exprlearn.backend.reproducibility import seeded
from exprlearn.config import RunConfig
from exprlearn.errors import OptionError
from exprlearn.models.repeat_vector import SPEC, RepeatVectorOptions
from exprlearn.plugin import Shape
from exprlearn.plugin.options import bind
from exprlearn.training.compiled_steps import steps_of
from exprlearn.training.learning_rates import ConstantRate
from exprlearn.training.optimizers import make_optimizer

IDS = Shape(source_length=7, target_length=4, vocabulary_size=15, inputs="one-hot")
SHORT = Shape(source_length=3, target_length=5, vocabulary_size=15)
# The same three tokens with padding on the left, on the right and between them.
PLACED = np.array([[0, 0, 0, 0, 5, 6, 7], [5, 6, 7, 0, 0, 0, 0], [0, 5, 0, 0, 6, 0, 7]], dtype=np.int32)


def rows(shape: Shape, count: int) -> np.ndarray:
    return np.random.default_rng(5).integers(3, 15, (count, shape.source_length), dtype=np.int32)


def logits_of(model, source: np.ndarray) -> np.ndarray:
    return np.asarray(model([source], training=False))


@pytest.mark.parametrize("shape", [IDS, SHORT], ids=["longer source", "longer answer"])
@pytest.mark.parametrize(
    "options",
    [
        {"decoder_units": 5},
        {"bidirectional_decoder": True, "decoder_units": 5, "decoder_layers": 2},
        {"masking": True, "bidirectional": True, "encoder_layers": 2, "pass_state": True},
        {"bridge": "each-step"},
        {"bridge": "each-step", "masking": True, "dropout": 0.1, "batch_norm": True, "bidirectional": True},
    ],
)
def test_every_option_writes_one_row_of_the_target_shape_for_each_source(keras, shape, options):
    model = SPEC.build(shape, RepeatVectorOptions(**{"units": 8, **options}))
    logits = logits_of(model, rows(shape, 3))
    assert logits.shape == (3, shape.target_length, 15)
    assert np.isfinite(logits).all()


@pytest.mark.parametrize(
    ("options", "sizes"),
    [
        ({}, {"encoder_1": 8, "decoder_1": 8}),
        ({"decoder_units": 6, "decoder_layers": 2}, {"encoder_1": 8, "decoder_1": 6, "decoder_2": 6}),
        ({"bidirectional_decoder": True}, {"encoder_1": 8, "decoder_1_ahead": 4, "decoder_1_back": 4}),
    ],
)
def test_the_layers_have_the_units_asked_for(keras, options, sizes):
    model = SPEC.build(IDS, RepeatVectorOptions(units=8, **options))
    assert {layer.name: layer.units for layer in model.layers if isinstance(layer, keras.layers.LSTM)} == sizes


@pytest.mark.parametrize(("inputs", "bidirectional"), [("one-hot", False), ("integer", True), ("embedding", True)])
def test_with_masking_it_does_not_matter_where_padding_stands(keras, inputs, bidirectional):
    shape = Shape(source_length=7, target_length=4, vocabulary_size=15, inputs=inputs)
    options = {"units": 8, "encoder_layers": 2, "bidirectional": bidirectional, "bridge": "repeat"}
    masked = logits_of(SPEC.build(shape, RepeatVectorOptions(masking=True, **options)), PLACED)
    assert np.allclose(masked[1:], masked[:1], atol=1e-6)
    plain = logits_of(SPEC.build(shape, RepeatVectorOptions(**options)), PLACED)
    assert not np.allclose(plain[1], plain[0], atol=1e-6)


def test_masking_adds_no_weights_and_changes_nothing_where_there_is_no_padding(keras):
    built = []
    for masking in (False, True):
        with seeded(3):
            built.append(SPEC.build(IDS, RepeatVectorOptions(units=8, bidirectional=True, masking=masking)))
    plain, masked = (logits_of(model, rows(IDS, 3)) for model in built)
    assert np.allclose(plain, masked, atol=1e-6)


def test_the_decoder_takes_the_steps_that_the_encoder_passes_over(keras):
    model = SPEC.build(IDS, RepeatVectorOptions(units=8, bridge="each-step", masking=True))
    written = logits_of(model, PLACED[1:2])[0]
    assert (np.abs(np.diff(written, axis=0)).max(axis=-1) > 1e-6).all()


def changed_steps(model, at: int) -> list[bool]:
    """Tell for each step of the answer whether another token at a step of the source changes it."""
    source = rows(IDS, 1)
    other = source.copy()
    other[:, at] = 3 + (other[:, at] - 2) % 12
    differences = np.abs(logits_of(model, source) - logits_of(model, other))[0]
    return (differences.max(axis=-1) > 1e-6).tolist()


def test_read_at_each_step_one_way_the_answer_begins_before_the_source_ends(keras):
    model = SPEC.build(IDS, RepeatVectorOptions(units=8, bridge="each-step"))
    assert changed_steps(model, at=0) == [True, True, True, True]
    assert changed_steps(model, at=6) == [False, False, False, True]


@pytest.mark.parametrize(
    "options",
    [{"bridge": "repeat"}, {"bridge": "each-step", "bidirectional": True}],
    ids=["repeated", "each step, both ways"],
)
def test_otherwise_every_step_of_the_answer_knows_the_whole_source(keras, options):
    model = SPEC.build(IDS, RepeatVectorOptions(units=8, **options))
    assert changed_steps(model, at=0) == changed_steps(model, at=6) == [True, True, True, True]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"pass_state": True, "decoder_units": 50}, "a passed state fits a decoder of as many units"),
        ({"pass_state": True, "bidirectional_decoder": True}, "a passed state fits a decoder of as many units"),
        ({"units": 1, "bidirectional": True}, "each direction needs at least one unit"),
        ({"decoder_units": 1, "bidirectional_decoder": True}, "each direction needs at least one unit"),
        ({"bridge": "every-step"}, "model.bridge: input should be 'repeat' or 'each-step'"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options, said):
    with pytest.raises(OptionError, match=said):
        bind(RepeatVectorOptions, options, where="model")


@pytest.mark.long
@pytest.mark.parametrize(
    "options",
    [
        {"bridge": "each-step", "bidirectional": True, "masking": True, "decoder_units": 24},
        pytest.param({"masking": True}, marks=pytest.mark.slow),
        pytest.param({"bidirectional_decoder": True, "decoder_units": 24}, marks=pytest.mark.slow),
    ],
    ids=["each step", "masking", "written both ways"],
)
def test_it_learns_to_write_a_padded_number_again(keras, options):
    random = np.random.default_rng(2)
    source, target = np.zeros((96, 7), np.int32), np.zeros((96, 4), np.int32)
    for row, digits in enumerate(random.integers(1, 4, 96)):
        source[row, 7 - digits :] = target[row, :digits] = random.integers(3, 6, digits)
        target[row, digits] = 2
    with seeded(1):
        model = SPEC.build(IDS, RepeatVectorOptions(units=32, **options))
    settings = RunConfig(training={"learning_rate": 1e-2}).training
    steps = steps_of(model, make_optimizer(settings, steps=400, schedule=ConstantRate()), "sequence", IDS)
    order = np.stack([random.permutation(96)[:32] for _ in range(200)]).astype(np.int32)
    first, last = (steps.run({"source": source, "target": target}, order) for _ in range(2))
    assert last < 0.2 < first
