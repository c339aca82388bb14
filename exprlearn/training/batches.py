"""How an epoch is cut into batches, counted in examples, where a row may hold several of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.config import RunConfig
from exprlearn.dataset import Examples, Splits
from exprlearn.errors import TrainingError

Arrays = dict[str, NDArray[Any]]
Encode = Callable[[Examples, int], Arrays]
"""Writes examples as arrays, for the epoch of a number, which may choose among them and lay them out in another way."""

#: Examples that are laid out before training, to see how many rows they take; an epoch, unless it is longer.
MEASURED = 2**16


@dataclass(frozen=True)
class Batches:
    """The batches of an epoch.

    Attributes:
        steps: how many there are.
        size: examples of each.
        rows: rows of each.
        packs: whether a row holds several examples.
    """

    steps: int
    size: int
    rows: int
    packs: bool = False

    @property
    def examples(self) -> int:
        """Count the examples of an epoch."""
        return self.steps * self.size

    def order(self, rows: NDArray[Any]) -> NDArray[np.int32]:
        """Put chosen rows (n,) into batches: begun anew where they do not suffice, cut where there are more.

        >>> Batches(steps=2, size=9, rows=3, packs=True).order(np.arange(5)).tolist()
        [[0, 1, 2], [3, 4, 0]]
        """
        return np.resize(rows.astype(np.int32), (self.steps, self.rows))


def batches_of(config: RunConfig) -> Batches:
    """Return the batches of a training where every row is an example."""
    size = config.training.batch_size
    return Batches(max(1, config.training.examples_per_epoch // size), size, size)


def measure_batches(config: RunConfig, splits: Splits, encode: Encode) -> Batches:
    """Return the batches of a training where rows hold several examples; they follow from the config and the data.

    Raises:
        TrainingError: there is nothing to learn from.
    """
    plain, train = batches_of(config), config.data.train
    looked = min(plain.examples, MEASURED)
    examples, _ = splits.train.take(min(looked, train) if train else looked, start=0)
    # An epoch of a small fixed set has its examples several times.
    examples = examples[np.arange(looked) % len(examples)] if len(examples) else examples
    count = len(encode(examples, 0)["source"]) if len(examples) else 0
    if not count:
        raise TrainingError("there is nothing to learn from: choose larger sizes or fewer constraints")
    rows, processes = round(count * plain.size / looked), config.training.processes
    return replace(plain, rows=max(1, ceil(rows / processes)) * processes, packs=True)
