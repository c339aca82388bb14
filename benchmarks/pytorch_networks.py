"""The networks of the recipes as one writes them in PyTorch; only where it is installed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

# An optimizer imports it anyway, and it has to come before TensorFlow.
import torch._dynamo
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from exprlearn.models.recurrent_seq2seq import RecurrentOptions
from exprlearn.models.repeat_vector import RepeatVectorOptions
from exprlearn.models.seq2seq import Seq2SeqOptions
from exprlearn.models.transducer import TransducerOptions
from exprlearn.plugin import Shape
from exprlearn.runs.run import Run


def features_of(shape: Shape, width: int) -> nn.Embedding:
    """Make the table from ids to features: one-hot rows, or as many learned numbers."""
    size = shape.vocabulary_size
    return nn.Embedding.from_pretrained(torch.eye(size)) if shape.inputs == "one-hot" else nn.Embedding(size, width)


class Transducer(nn.Module):
    """Reads terms side by side, and writes a token a step."""

    def __init__(self, shape: Shape, options: TransducerOptions) -> None:
        super().__init__()
        self.shape, self.terms = shape, options.terms
        self.features = features_of(shape, options.embedding)
        size = options.terms * self.features.embedding_dim
        self.lstm = nn.LSTM(size, options.units, options.layers, batch_first=True)
        self.logits = nn.Linear(options.units, shape.vocabulary_size)

    def forward(self, source: torch.Tensor) -> torch.Tensor:
        height = -(-self.shape.source_length // self.terms)
        missing, more = self.terms * height - self.shape.source_length, max(0, self.shape.target_length - height)
        parts = functional.pad(source, (0, missing), value=self.shape.pad).view(-1, self.terms, height)
        columns = functional.pad(parts, (0, more), value=self.shape.pad).transpose(1, 2)
        hidden, _ = self.lstm(self.features(columns).flatten(2))
        return self.logits(hidden[:, -self.shape.target_length :])


class RepeatVector(nn.Module):
    """Reads to one vector, repeats it, and writes."""

    def __init__(self, shape: Shape, options: RepeatVectorOptions) -> None:
        super().__init__()
        self.steps, self.features = shape.target_length, features_of(shape, options.embedding)
        units, written = options.units, options.written_units
        self.encoder = nn.LSTM(self.features.embedding_dim, units, options.encoder_layers, batch_first=True)
        self.decoder = nn.LSTM(units, written, options.decoder_layers, batch_first=True)
        self.logits = nn.Linear(written, shape.vocabulary_size)

    def forward(self, source: torch.Tensor) -> torch.Tensor:
        _, (last, _) = self.encoder(self.features(source))
        return self.logits(self.decoder(last[-1][:, None].expand(-1, self.steps, -1))[0])


class Recurrent(nn.Module):
    """Reads both ways, and writes with attention after the true answer one step late."""

    def __init__(self, shape: Shape, options: RecurrentOptions) -> None:
        super().__init__()
        units = options.units
        self.source, self.previous = features_of(shape, options.embedding), features_of(shape, options.embedding)
        size = self.source.embedding_dim
        self.encoder = nn.LSTM(size, units // 2, batch_first=True, bidirectional=True)
        self.decoder = nn.LSTM(size, units, batch_first=True)
        self.keys, self.mix = nn.Linear(units, units, bias=False), nn.Linear(2 * units, units)
        self.logits = nn.Linear(units, shape.vocabulary_size)

    def forward(self, source: torch.Tensor, previous: torch.Tensor) -> torch.Tensor:
        memory, state = self.encoder(self.source(source))
        state = tuple(each.transpose(0, 1).reshape(1, len(source), -1) for each in state)
        hidden, _ = self.decoder(self.previous(previous), state)
        seen = torch.softmax(hidden @ self.keys(memory).transpose(1, 2), dim=-1) @ memory
        return self.logits(torch.tanh(self.mix(torch.cat((hidden, seen), dim=-1))))


def network_of(run: Run) -> nn.Module | None:
    """Return the network of a run with the sizes that it has; None where it is not written here."""
    options, shape = run.components.model_options, run.answerer.decoder.shape
    options = options.of_network if isinstance(options, Seq2SeqOptions) else options
    #: What the networks above do not have.
    others = ("bidirectional", "bidirectional_decoder", "masking", "pass_state", "dropout", "batch_norm")
    if isinstance(options, RecurrentOptions):
        return Recurrent(shape, options) if options.bidirectional and options.attention else None
    if any(getattr(options, name, False) for name in others) or getattr(options, "bridge", "repeat") != "repeat":
        return None
    kinds = {TransducerOptions: Transducer, RepeatVectorOptions: RepeatVector}
    return kinds[type(options)](shape, options) if type(options) in kinds else None


def pytorch_steps(
    run: Run, read: Sequence[NDArray[Any]], target: NDArray[Any], batch: int
) -> Callable[[], object] | None:
    """Return one pass over the rows (n, …) of an epoch, a step a batch; None where the network is not written here."""
    network, settings = network_of(run), run.config.training
    if network is None:
        return None
    optimizer = torch.optim.Adam(network.parameters(), lr=settings.learning_rate, fused=True)
    rows = [torch.from_numpy(each.astype("int64")) for each in (*read, target)]
    pad, clip = run.answerer.decoder.shape.pad, settings.clip

    def train() -> None:
        for *inputs, wanted in zip(*(each.split(batch) for each in rows), strict=True):
            optimizer.zero_grad()
            logits = network(*inputs)
            functional.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=pad).backward()
            if clip:
                nn.utils.clip_grad_norm_(network.parameters(), clip)
            optimizer.step()

    return train
