"""`causal-transformer`: question and answer in one sequence, of which each token is written from those before it.

The tokens of a question see each other both ways, as in the prefix language model of Raffel et al., *Exploring the
Limits of Transfer Learning with a Unified Text-to-Text Transformer* (2020); those of an answer see the question and
what is already written.
"""

from __future__ import annotations

from exprlearn.models.causal_network import CausalTransformerOptions, build
from exprlearn.models.causal_steps import incremental
from exprlearn.models.transformer_layers import TRANSFORMER_DEFAULTS
from exprlearn.plugin import ModelSpec

SPEC = ModelSpec(
    name="causal-transformer",
    summary="Transformer that reads question and answer as one sequence and writes it step by step.",
    framing="causal",
    options=CausalTransformerOptions,
    build=build,
    incremental=incremental,
    defaults=TRANSFORMER_DEFAULTS,
)
