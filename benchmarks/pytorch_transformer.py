"""A small transformer that adds, as one writes it in PyTorch today; only where that is installed.

A sum is one row: numbers filled up with zeros, both sides back to front, so that every digit has its place and a carry
is known before the digit that needs it, as in `minGPT`'s adder. `12+34` is `210+430=6400`, of which the last four are
learned, each from all before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch

# An optimizer imports it anyway, and it has to come before TensorFlow.
import torch._dynamo
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

UNITS, HEADS, INNER, LAYERS = 64, 4, 256, 2
BATCH, STEPS, RATE, WARMUP, CLIP = 64, 1500, 3e-3, 100, 1.0
PLUS, EQUALS = 10, 11


class Adder(nn.Module):
    """Tokens (n, length) → the logits of what follows each (n, length, 12)."""

    def __init__(self, digits: int) -> None:
        super().__init__()
        length = 3 * digits + 2
        self.tokens, self.places = nn.Embedding(12, UNITS), nn.Embedding(length, UNITS)
        block = nn.TransformerEncoderLayer(UNITS, HEADS, INNER, 0.0, "gelu", batch_first=True, norm_first=True)
        self.blocks = nn.TransformerEncoder(block, LAYERS, nn.LayerNorm(UNITS), enable_nested_tensor=False)
        self.logits = nn.Linear(UNITS, 12)
        self.register_buffer("later", nn.Transformer.generate_square_subsequent_mask(length))

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        steps = tokens.shape[1]
        hidden = self.tokens(tokens) + self.places.weight[:steps]
        return self.logits(self.blocks(hidden, self.later[:steps, :steps], is_causal=True))


def rows_of(one: NDArray[np.int64], other: NDArray[np.int64], digits: int) -> torch.Tensor:
    """Write sums (n,) as rows (n, 3 * digits + 3) of tokens."""

    def written(numbers: NDArray[np.int64], width: int) -> NDArray[np.int64]:
        return numbers[:, None] // 10 ** np.arange(width) % 10

    sign = np.ones((len(one), 1), np.int64)
    parts = (written(one, digits), PLUS * sign, written(other, digits), EQUALS * sign, written(one + other, digits + 1))
    return torch.from_numpy(np.concatenate(parts, axis=1))


def drawn(generator: np.random.Generator, digits: int, held_out: NDArray[np.bool_]) -> Iterator[torch.Tensor]:
    """Draw batches of sums without end, numbers of one to so many digits equally often, and none that is held out."""
    while True:
        one, other = generator.integers(0, 10 ** generator.integers(1, digits + 1, (2, 2 * BATCH)))
        kept = np.flatnonzero(~held_out[one, other])[:BATCH]
        yield rows_of(one[kept], other[kept], digits)


def train(held_out: NDArray[np.bool_], digits: int, seed: int) -> Iterator[nn.Module]:
    """Take optimizer steps on sums that are not `held_out` (numbers, numbers), and yield the network after each.

    The last step is followed by no further one; by then the rate has fallen to nothing.
    """
    torch.manual_seed(seed)
    network, generator = Adder(digits), np.random.default_rng([seed, 0, 0])
    optimizer = torch.optim.AdamW(network.parameters(), RATE, (0.9, 0.98), fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, RATE, STEPS, pct_start=WARMUP / STEPS, cycle_momentum=False
    )
    for _, rows in zip(range(STEPS), drawn(generator, digits, held_out), strict=False):
        optimizer.zero_grad()
        logits = network(rows[:, :-1])[:, 2 * digits + 1 :]
        functional.cross_entropy(logits.flatten(0, 1), rows[:, 2 * digits + 2 :].flatten()).backward()
        nn.utils.clip_grad_norm_(network.parameters(), CLIP)
        optimizer.step()
        schedule.step()
        yield network


@torch.no_grad()
def right(network: nn.Module, asked: Sequence[tuple[int, int]], digits: int) -> float:
    """Let a network write the answers of sums digit by digit, and return the share that is right."""
    true = rows_of(*np.array(asked).T, digits)
    rows = true[:, : 2 * digits + 2]
    for _ in range(digits + 1):
        rows = torch.cat((rows, network(rows)[:, -1:].argmax(-1)), dim=1)
    return float((rows == true).all(dim=1).double().mean())
