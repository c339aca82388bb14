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
class EpochLayout:
    """How examples are written, and how these arrays are cut into batches.

    Attributes:
        write: writes examples as arrays.
        batches: of an epoch.
    """

    write: Encode
    batches: Batches

    def encode(self, examples: Examples, epoch: int) -> Arrays:
        """Write the examples of an epoch; as many rows as it has, where a row holds several."""
        arrays = self.write(examples, epoch)
        return self.batches.fill(arrays) if self.batches.packs else arrays


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

    @property
    def in_order(self) -> NDArray[np.int32]:
        """Put the rows of an epoch into batches one after the other: (steps, rows)."""
        return np.arange(self.steps * self.rows, dtype=np.int32).reshape(self.steps, self.rows)

    def chosen(self, rows: NDArray[Any]) -> NDArray[np.int32]:
        """Put chosen rows (steps * rows,) into batches: (steps, rows)."""
        return rows.astype(np.int32).reshape(self.steps, self.rows)

    def fill(self, arrays: Arrays) -> Arrays:
        """Return as many rows as an epoch has: begun anew where there are fewer, cut where there are more.

        Arrays of another shape would be compiled anew.

        >>> batches = Batches(steps=2, size=9, rows=2, packs=True)
        >>> batches.fill({"source": np.array([[5, 6], [7, 8], [9, 9]])})["source"].tolist()
        [[5, 6], [7, 8], [9, 9], [5, 6]]
        """
        return {name: rows[np.arange(self.in_order.size) % len(rows)] for name, rows in arrays.items()}


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
