"""`seq2seq`: reads an expression and writes its answer token after token, with one of two networks.

`lstm` is an encoder-decoder of LSTMs, `transformer` the network of `causal-transformer`. Each has its own options,
framing and defaults.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from typing import Any, Literal

from pydantic import Field, model_validator

from exprlearn.models import causal_network, causal_steps, recurrent_seq2seq
from exprlearn.models.causal_network import CausalTransformerOptions
from exprlearn.models.recurrent_seq2seq import RecurrentOptions
from exprlearn.models.transformer_layers import WRITING_DEFAULTS
from exprlearn.plugin import ModelSpec, Options, Shape
from exprlearn.tensors import keras

Network = Literal["lstm", "transformer"]
#: The network where nobody names one, nor options that the other one alone has.
DEFAULT: Network = "transformer"
NETWORKS: Mapping[str, type[Options]] = {"lstm": RecurrentOptions, "transformer": CausalTransformerOptions}


def _of(network: Network, name: str) -> Any:
    """Return the field of a network's option, which is None with the other one."""
    field = copy(NETWORKS[network].model_fields[name])
    field.default, field.description = None, f"{network}: {field.description}"
    return field


class Seq2SeqOptions(Options):
    """Options of `seq2seq`: those of its network, and None for those of the other one."""

    network: Network = Field(default=DEFAULT, description="LSTM encoder and decoder, or causal transformer.")
    units: int | None = Field(
        default=None, ge=2, le=2048, description="Width of the layers: 128 for the LSTM, 96 for the transformer."
    )
    bidirectional: bool | None = _of("lstm", "bidirectional")
    attention: bool | None = _of("lstm", "attention")
    dropout: float | None = _of("lstm", "dropout")
    embedding: int | None = _of("lstm", "embedding")
    layers: int | None = _of("transformer", "layers")
    feed_forward: int | None = _of("transformer", "feed_forward")
    head: int | None = _of("transformer", "head")
    positions: causal_network.Positions | None = _of("transformer", "positions")
    window: int | None = _of("transformer", "window")

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Find the network by its options where it is not named, and fill its defaults in."""
        given = {name: value for name, value in values.items() if value is not None}
        mine = given.keys() & cls.model_fields.keys() - {"network"}
        foreign = {network: sorted(mine - options.model_fields.keys()) for network, options in NETWORKS.items()}
        fitting = [network for network in NETWORKS if not foreign[network]]
        network = given.get("network", DEFAULT if DEFAULT in fitting or not fitting else fitting[0])
        if network not in NETWORKS:
            return values
        if foreign[network]:
            raise ValueError(
                f"the {network} has no {', '.join(foreign[network])}: leave that out, or choose the other network with "
                f"model.network={next(other for other in NETWORKS if other != network)}"
            )
        return {"network": network, **NETWORKS[network]().model_dump(), **given}

    @property
    def of_network(self) -> Any:
        """Return the options as those of the network."""
        options = NETWORKS[self.network]
        return options(**self.model_dump(include=set(options.model_fields)))


def _build_recurrent(shape: Shape, options: Seq2SeqOptions) -> keras.Model:
    return recurrent_seq2seq.build(shape, options.of_network)


def _build_causal(shape: Shape, options: Seq2SeqOptions) -> keras.Model:
    return causal_network.build(shape, options.of_network)


LSTM = ModelSpec(
    name="seq2seq",
    summary="LSTM encoder-decoder with attention, or a causal transformer; writes its answer step by step.",
    framing="teacher-forced",
    options=Seq2SeqOptions,
    build=_build_recurrent,
    incremental=recurrent_seq2seq.incremental,
)
TRANSFORMER = replace(
    LSTM,
    framing="causal",
    build=_build_causal,
    incremental=causal_steps.incremental,
    defaults=WRITING_DEFAULTS,
)
VARIANTS: Mapping[str, ModelSpec] = {"lstm": LSTM, "transformer": TRANSFORMER}
SPEC = replace(VARIANTS[DEFAULT], variant=lambda options: VARIANTS[options.network])
