"""Which examples make up an epoch: a pure function of the seed, the epoch and the position in the stream."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.errors import TrainingError

if TYPE_CHECKING:
    from exprlearn.dataset import Examples, Splits

# The second entry of a seed: what the random numbers are for.
ORDER = 1

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Epoch:
    """The arrays of an epoch, and which rows make up each batch.

    Attributes:
        arrays: `source` and `target`, by row.
        order: (steps, batch) int32.
        cursor: where the next epoch goes on in the stream.
    """

    arrays: Arrays
    order: NDArray[np.int32]
    cursor: int

    def on_device(self) -> tuple[dict[str, Any], Any]:
        """Send arrays and order to the device, once, however many calls an epoch takes."""
        from keras import ops

        arrays = {name: ops.convert_to_tensor(array) for name, array in self.arrays.items()}
        return arrays, ops.convert_to_tensor(self.order)


class FreshData:
    """Every epoch brings new examples of the endless stream, in the stream's own order."""

    def __init__(self, splits: Splits, encode: Callable[[Examples], Arrays], *, steps: int, batch: int) -> None:
        self.splits, self.encode, self.steps = splits, encode, steps
        self.order = np.arange(steps * batch, dtype=np.int32).reshape(steps, batch)

    def epoch(self, number: int, cursor: int) -> Epoch:
        """Return the epoch that begins at `cursor`."""
        examples, after = self.splits.train.take(self.order.size, start=cursor)
        return Epoch(self.encode(examples), self.order, after)


class FixedData:
    """Every epoch goes on through a fixed set, which is shuffled anew for each pass.

    Raises:
        TrainingError: the set is empty.
    """

    def __init__(
        self, splits: Splits, encode: Callable[[Examples], Arrays], *, count: int, steps: int, batch: int, seed: int
    ) -> None:
        examples, _ = splits.train.take(count, start=0)
        if not len(examples):
            raise TrainingError("the training split is empty: choose larger sizes or fewer constraints")
        self.arrays, self.count, self.seed = encode(examples), len(examples), seed
        self.steps, self.batch = steps, batch

    def epoch(self, number: int, cursor: int) -> Epoch:
        """Return the epoch that begins after `cursor` examples, counted over all passes."""
        after = cursor + self.steps * self.batch
        passes = range(cursor // self.count, -(-after // self.count))
        shuffled = [np.random.default_rng([self.seed, ORDER, index]).permutation(self.count) for index in passes]
        first = cursor - passes[0] * self.count
        rows = np.concatenate(shuffled)[first : first + self.steps * self.batch]
        return Epoch(self.arrays, rows.astype(np.int32).reshape(self.steps, self.batch), after)


def training_data(splits: Splits, encode: Callable[[Examples], Arrays], config: Any) -> FreshData | FixedData:
    """Choose between a fresh stream and a fixed set as `data.train` says."""
    batch = config.training.batch_size
    steps = max(1, config.training.examples_per_epoch // batch)
    if config.data.train == 0:
        return FreshData(splits, encode, steps=steps, batch=batch)
    return FixedData(splits, encode, count=config.data.train, steps=steps, batch=batch, seed=config.seed)
