from __future__ import annotations

import numpy as np
import pytest

from exprlearn.backend.reproducibility import seeded
from exprlearn.decoding.framings import FRAMINGS
from exprlearn.models.builtin import exprlearn_models
from exprlearn.models.layers import features_of
from exprlearn.models.repeat_vector import RepeatVectorOptions
from exprlearn.models.seq2seq import VARIANTS
from exprlearn.plugin import Shape

SPECS = {spec.name: spec for spec in exprlearn_models()} | {f"seq2seq {name}": spec for name, spec in VARIANTS.items()}
IDS = Shape(source_length=7, target_length=4, vocabulary_size=15)
NUMBERS = Shape(source_length=3, target_length=1, vocabulary_size=15, features=2)


def shape_for(spec):
    return NUMBERS if spec.framing == "mapping" else IDS


def options_for(name, **options):
    network = {"network": name.removeprefix("seq2seq ")} if name.startswith("seq2seq ") else {}
    return SPECS[name].options(**network, **options)


def rows_for(spec, count):
    random = np.random.default_rng(5)
    if spec.framing == "mapping":
        return [random.normal(size=(count, 3, 2)).astype(np.float32)]
    batch = {"source": random.integers(0, 15, (count, 7), dtype=np.int32)}
    batch["target"] = random.integers(0, 15, (count, 4), dtype=np.int32)
    return [np.asarray(each) for each in FRAMINGS[spec.framing].inputs(IDS, batch)]


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize("count", [1, 5])
def test_a_model_writes_one_row_of_the_target_shape_for_each_source(keras, name, count):
    spec = SPECS[name]
    model = spec.build(shape_for(spec), options_for(name))
    outputs = np.asarray(model(rows_for(spec, count)))
    written = {"mapping": (1,), "causal": (11, 15), "rewriting": (7, 15)}.get(spec.framing, (4, 15))
    assert outputs.shape == (count, *written) == (count, *FRAMINGS[spec.framing].output_shape(shape_for(spec)))
    assert np.isfinite(outputs).all()


@pytest.mark.parametrize("name", SPECS)
def test_the_same_seed_gives_the_same_first_weights(keras, name):
    spec, drawn = SPECS[name], []
    for seed in (3, 3, 4):
        with seeded(seed):
            model = spec.build(shape_for(spec), options_for(name))
        drawn.append(np.concatenate([np.asarray(weight).ravel() for weight in model.trainable_variables]))
    assert np.array_equal(drawn[0], drawn[1])
    assert not np.array_equal(drawn[0], drawn[2])


@pytest.mark.parametrize("inputs", ["one-hot", "integer", "embedding"])
@pytest.mark.parametrize("name", ["repeat-vector", "seq2seq lstm", "transducer"])
def test_sequence_models_read_every_representation_of_inputs(keras, name, inputs):
    spec = SPECS[name]
    shape = Shape(source_length=7, target_length=4, vocabulary_size=15, inputs=inputs)
    assert spec.build(shape, options_for(name, units=8))(rows_for(spec, 2)).shape == (2, 4, 15)


@pytest.mark.parametrize("inputs", ["one-hot", "integer"])
def test_the_first_layer_marks_ids_or_scales_them_to_1(keras, inputs):
    shape = Shape(source_length=7, target_length=4, vocabulary_size=15, inputs=inputs)
    ids = np.random.default_rng(1).integers(0, 15, (6, 7), dtype=np.int32)
    features = {"one-hot": np.eye(15)[ids], "integer": ids[..., None] / 14}
    assert np.allclose(np.asarray(features_of(shape, width=8, name="features")(ids)), features[inputs])


@pytest.mark.parametrize(
    "options",
    [
        {"encoder_layers": 2, "decoder_layers": 2, "dropout": 0.2, "batch_norm": True},
        {"bidirectional": True, "pass_state": True},
        {"bidirectional": True, "encoder_layers": 2, "units": 9, "pass_state": True},
    ],
)
def test_repeat_vector_builds_with_every_option(keras, options):
    model = SPECS["repeat-vector"].build(IDS, RepeatVectorOptions(**{"units": 8, **options}))
    assert model(rows_for(SPECS["repeat-vector"], 3)).shape == (3, 4, 15)


def test_passing_the_state_connects_the_decoder_to_the_encoder(keras):
    plain = SPECS["repeat-vector"].build(IDS, RepeatVectorOptions(units=8))
    passed = SPECS["repeat-vector"].build(IDS, RepeatVectorOptions(units=8, pass_state=True))
    for one, other in zip(plain.variables, passed.variables, strict=True):
        other.assign(one)
    source = rows_for(SPECS["repeat-vector"], 2)
    assert not np.allclose(np.asarray(plain(source)), np.asarray(passed(source)))


@pytest.mark.parametrize(
    "options",
    [{}, {"attention": False}, {"bidirectional": False, "attention": False}, {"bidirectional": False, "dropout": 0.3}],
)
def test_a_seq2seq_model_cut_in_two_computes_what_the_whole_model_computes(keras, options):
    spec = SPECS["seq2seq lstm"]
    model = spec.build(IDS, options_for("seq2seq lstm", units=8, **options))
    source, previous = rows_for(spec, 3)
    whole = np.asarray(model([source, previous], training=False))
    cut = spec.incremental(model)
    state = list(cut.encode(source, training=False))
    for step in range(IDS.target_length):
        token = keras.ops.convert_to_tensor(previous[:, step : step + 1])
        logits, *state = cut.step([token, *state], training=False)
        assert np.allclose(np.asarray(logits)[:, 0], whole[:, step], atol=1e-5)


def test_a_later_token_of_the_answer_does_not_change_an_earlier_one(keras):
    spec = SPECS["seq2seq lstm"]
    model = spec.build(IDS, options_for("seq2seq lstm", units=8))
    source, previous = rows_for(spec, 3)
    changed = previous.copy()
    changed[:, 2:] = (changed[:, 2:] + 1) % 15
    before, after = np.asarray(model([source, previous])), np.asarray(model([source, changed]))
    assert np.allclose(before[:, :2], after[:, :2], atol=1e-6)
    assert not np.allclose(before[:, 2:], after[:, 2:], atol=1e-6)
