"""Registers the built-in models."""

from __future__ import annotations

from collections.abc import Iterable

from exprlearn.models import causal_transformer, mapping_mlp, repeat_vector, rewriter, seq2seq, stacked_lstm, transducer
from exprlearn.plugin import ModelSpec, hookimpl


@hookimpl
def exprlearn_models() -> Iterable[ModelSpec]:
    """Yield the built-in models."""
    yield mapping_mlp.SPEC
    yield stacked_lstm.SPEC
    yield repeat_vector.SPEC
    yield seq2seq.SPEC
    yield transducer.SPEC
    yield causal_transformer.SPEC
    yield rewriter.SPEC
