"""What numpy records of a model is what the model does, and nothing that a page cannot play."""

from __future__ import annotations

import re
from importlib.resources import files

import numpy as np
import pytest

from exprlearn.export.offline_page import programs_of
from exprlearn.tensors import on_numpy

BLOCKS = ("units=8", "layers=1", "head=4")
VARIANTS = {
    **{f"mlp {name}": ("mapping-mlp", f"activation={name}") for name in ("relu", "tanh", "gelu")},
    "stacked": ("stacked-lstm", "units=6"),
    "repeat both ways": ("repeat-vector", "units=6", "bidirectional=true", "bidirectional_decoder=true"),
    "repeat masked": ("repeat-vector", "units=6", "masking=true", "batch_norm=true", "dropout=0.1"),
    "repeat each step": ("repeat-vector", "units=6", "bridge=each-step", "masking=true"),
    "repeat state": ("repeat-vector", "units=6", "pass_state=true"),
    "lstm": ("seq2seq", "network=lstm", "units=6"),
    "lstm plain": ("seq2seq", "network=lstm", "units=6", "attention=false", "bidirectional=false"),
    "transducer": ("transducer", "units=6", "bidirectional=true", "terms=3"),
    "rewriter": ("rewriter", *BLOCKS, "window=0"),
    **{
        f"causal {positions}": (
            "causal-transformer",
            "units=8",
            "layers=1",
            "head=4",
            f"positions={positions}",
            "window=2",
        )
        for positions in ("rotary", "learned", "places")
    },
}
INPUTS = ("one-hot", "integer", "embedding")


def played():
    """List the functions that the script of a page has."""
    table = files("exprlearn.export").joinpath("program.js").read_text("utf-8").partition("const FUNCTIONS = {")[2]
    return set(re.findall(r"(?:^ *|[{,] *)([a-z_]+): ", table.partition("\n  };")[0], re.MULTILINE))


def rows_for(tensor, count=4):
    draw = np.random.default_rng([3, 21, 6])
    if tensor.dtype == "int32":
        # Whatever counts steps counts them alike in all rows.
        return np.broadcast_to(draw.integers(0, 6, tensor.shape[1:]), (count, *tensor.shape[1:])).astype("int32")
    return draw.normal(0, 1, (count, *tensor.shape[1:])).astype("float32")


@pytest.mark.parametrize("inputs", INPUTS)
@pytest.mark.parametrize("name", VARIANTS)
def test_a_program_does_what_the_model_does_with_functions_that_a_page_has(asking, name, inputs):
    model, *options = VARIANTS[name]
    answerer = asking(f"model.name={model}", *(f"model.{each}" for each in options), f"encoding.inputs={inputs}")
    decoder, programs = answerer.decoder, programs_of(answerer)
    with on_numpy():
        cut = decoder.spec.incremental and decoder.spec.incremental(decoder.model)
        models = {"read": cut.encode, "write": cut.step} if cut else {"network": decoder.model}
        for part, program in programs.items():
            rows = [rows_for(each) for each in program.inputs]
            expected = models[part](rows if len(rows) > 1 else rows[0])
            expected = expected if isinstance(expected, list | tuple) else [expected]
            for found, wanted in zip(program(*rows), expected, strict=True):
                np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5)
            assert {step[0] for step in program.document()[0]["steps"]} <= played()
