"""Every built-in model, with every option it has, is in numpy what it is on the backend."""

from __future__ import annotations

import numpy as np
import pytest

from exprlearn.runs.checkpoint import name_variables

pytestmark = pytest.mark.long

BLOCKS = ("units=16", "layers=2", "feed_forward=24", "head=4")
TRANSFORMERS = {f"rewriter {window}": ("rewriter", *BLOCKS, f"window={window}") for window in (0, 3)}
TRANSFORMERS |= {
    f"causal {positions} {window}": ("causal-transformer", *BLOCKS, f"positions={positions}", f"window={window}")
    for positions in ("rotary", "learned", "places")
    for window in (0, 3)
}
SMALL = {
    **{name: ("mapping-mlp", "units=12", f"activation={name}") for name in ("linear", "relu", "tanh", "gelu")},
    "mlp sizes": ("mapping-mlp", "sizes=[9,5]"),
    "stacked": ("stacked-lstm", "units=8"),
    "stacked sizes": ("stacked-lstm", "sizes=[5,7,9]"),
    "repeat": ("repeat-vector", "units=12"),
    "repeat both ways": ("repeat-vector", "units=12", "bidirectional=true", "bidirectional_decoder=true"),
    "repeat deep": ("repeat-vector", "units=12", "decoder_units=9", "encoder_layers=2", "decoder_layers=2"),
    "repeat masked": ("repeat-vector", "units=12", "masking=true", "bidirectional=true", "encoder_layers=2"),
    "repeat each step": ("repeat-vector", "units=12", "bridge=each-step"),
    "repeat each masked": ("repeat-vector", "units=12", "bridge=each-step", "masking=true"),
    "repeat state": ("repeat-vector", "units=12", "pass_state=true", "dropout=0.1", "batch_norm=true"),
    "lstm": ("seq2seq", "network=lstm", "units=12"),
    "lstm plain": ("seq2seq", "network=lstm", "units=12", "attention=false", "bidirectional=false", "dropout=0.1"),
    "transformer": ("seq2seq", *BLOCKS),
    "transducer": ("transducer", "units=12"),
    "transducer deep": ("transducer", "units=12", "layers=2", "bidirectional=true", "dropout=0.1", "terms=3"),
    **TRANSFORMERS,
}
#: Models that write a working before the answer, which takes them many steps.
SHOWN = ("transformer", "causal places 3")
#: Of every framing, in the ways to write that are left.
WRITTEN = {
    "one-hot": ("encoding.inputs=one-hot", "working.name=none"),
    "integer": ("encoding.inputs=integer", "working.name=none"),
    "groups": ("tokenizer.name=numbers", "working.name=none", "grammar.name=addition"),
    "reversed": ("reversal.name=none", "padding.name=left", "working.name=none"),
}


def settings_for(model, *options):
    return [f"model.name={model}", *(f"model.{option}" for option in options)]


def assert_same(both, **how):
    here, there = (each.answer(both.expressions, lines=True, **how) for each in (both.on_backend, both.in_numpy))
    assert there.texts == here.texts
    assert there.written == here.written
    assert (there.probabilities is None) == (here.probabilities is None)
    if here.probabilities is not None:
        assert there.probabilities == pytest.approx(here.probabilities, abs=1e-4)
    if here.decoded is None:
        assert len(set(here.texts)) > 2
    else:
        assert here.decoded.probabilities[:, 0].std(axis=0).max() > 1e-4
        assert_same_steps(both, there.decoded, here.decoded)


def assert_same_steps(both, decoded, other):
    """Compare the steps of every answer up to its end mark, behind which nothing is asked."""
    is_end = decoded.ids == both.in_numpy.decoder.shape.end
    is_written = np.cumsum(is_end, axis=1) - is_end == 0
    assert np.abs(decoded.probabilities - other.probabilities)[is_written].max() < 1e-4


@pytest.mark.parametrize("name", SMALL)
def test_a_model_has_the_same_layers_and_weights_and_gives_the_same_answers(both, name):
    made = both(*settings_for(*SMALL[name]), *(() if name in SHOWN else ("working.name=none",)))
    (model, other), shapes = made[:2], []
    for each in (model, other):
        outputs = [layer.output[0] if isinstance(layer.output, list | tuple) else layer.output for layer in each.layers]
        layers = zip(each.layers, outputs, strict=True)
        shapes.append([(layer.name, type(layer).__name__, tuple(output.shape)) for layer, output in layers])
    assert shapes[0] == shapes[1]
    named = [name_variables("model", each.variables) for each in (model, other)]
    assert [(name, tuple(each.shape)) for name, each in named[0].items()] == [
        (name, each.shape) for name, each in named[1].items()
    ]
    assert_same(made)


@pytest.mark.parametrize("name", ["repeat", "lstm", "transformer", "transducer"])
@pytest.mark.parametrize("written", WRITTEN)
def test_a_model_gives_the_same_answers_however_they_are_written(both, name, written):
    assert_same(both(*settings_for(*SMALL[name]), *WRITTEN[written], count=64))


@pytest.mark.parametrize("working", ["results", "equations", "columns"])
def test_every_working_is_written_the_same(both, working):
    assert_same(both(*settings_for(*SMALL["transformer"]), f"working.name={working}", count=64))


@pytest.mark.parametrize("name", ["repeat", "lstm", "lstm plain", "transformer", "causal places 3"])
def test_a_beam_finds_the_same_candidates(both, name):
    made = both(*settings_for(*SMALL[name]), count=24)
    here, there = (each.answer(made.expressions, beam=3, steps=True) for each in (made.on_backend, made.in_numpy))
    for one, other in zip(here.candidates, there.candidates, strict=True):
        assert [item.answer for item in other] == [item.answer for item in one]
        assert [item.probability for item in other] == pytest.approx([item.probability for item in one], abs=1e-4)
    assert_same_steps(made, there.decoded, here.decoded)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({model for model, *_ in SMALL.values()} | {"seq2seq network=lstm"}))
def test_a_trained_model_gives_the_same_ten_thousand_answers(both_trained, name):
    assert_same(both_trained(*settings_for(*name.split())))
