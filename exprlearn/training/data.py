"""Which examples make up an epoch: a pure function of the seed, the epoch and the position in the stream."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.errors import TrainingError
from exprlearn.runs.position import Position

if TYPE_CHECKING:
    from exprlearn.dataset import Examples, Splits

# The second entry of a seed: what the random numbers are for.
ORDER, LAYOUT = 1, 5

Arrays = dict[str, NDArray[Any]]
Encode = Callable[["Examples", int], Arrays]
"""Writes examples as arrays, for the epoch of a number; a padding may lay out the rows of each in another way."""


@dataclass(frozen=True)
class Epoch:
    """The arrays of an epoch, and which rows make up each batch.

    Attributes:
        arrays: `source` and `target`, by row.
        order: (steps, batch) int32.
        cursor: where the next epoch goes on in the stream.
        course: where it goes on in the stages of a curriculum; empty without one.
    """

    arrays: Arrays
    order: NDArray[np.int32]
    cursor: int
    course: dict[str, Any] = field(default_factory=dict)


class FreshData:
    """Every epoch brings new examples of the endless stream, in the stream's own order."""

    def __init__(self, splits: Splits, encode: Encode, *, steps: int, batch: int) -> None:
        self.splits, self.encode, self.steps = splits, encode, steps
        self.order = np.arange(steps * batch, dtype=np.int32).reshape(steps, batch)

    def epoch(self, position: Position) -> Epoch:
        """Return the epoch that begins at the cursor of a position."""
        examples, after = self.splits.train.take(self.order.size, start=position.cursor)
        return Epoch(self.encode(examples, position.epoch), self.order, after)


class Repeated:
    """A fixed set that is gone through again and again, shuffled anew for each pass.

    Args:
        splits: where the set comes from.
        count: the first so many training examples.
        key: what decides the orders, with the number of the pass.

    Raises:
        TrainingError: the set is empty.
    """

    def __init__(self, splits: Splits, count: int, key: Sequence[int]) -> None:
        self.examples, _ = splits.train.take(count, start=0)
        if not len(self.examples):
            raise TrainingError("the training split is empty: choose larger sizes or fewer constraints")
        self.key = key

    def rows(self, count: int, cursor: int) -> tuple[NDArray[np.intp], int]:
        """Choose the next `count` rows behind a cursor, counted over all passes; and the cursor behind them."""
        after, size = cursor + count, len(self.examples)
        passes = range(cursor // size, -(-after // size))
        shuffled = [np.random.default_rng([*self.key, number]).permutation(size) for number in passes]
        first = cursor - passes[0] * size
        return np.concatenate(shuffled)[first : first + count], after

    def take(self, count: int, cursor: int) -> tuple[Examples, int]:
        """Take the examples of these rows."""
        rows, after = self.rows(count, cursor)
        return self.examples[rows], after


class FixedData:
    """Every epoch goes on through a fixed set, which is encoded once or `anew` each time; raises as `Repeated`."""

    def __init__(self, repeated: Repeated, encode: Encode, *, steps: int, batch: int, anew: bool = False) -> None:
        self.repeated, self.encode = repeated, encode
        self.kept = None if anew else encode(repeated.examples, 0)
        self.steps, self.batch = steps, batch

    def epoch(self, position: Position) -> Epoch:
        """Return the epoch that begins at the cursor of a position."""
        rows, after = self.repeated.rows(self.steps * self.batch, position.cursor)
        arrays = self.encode(self.repeated.examples, position.epoch) if self.kept is None else self.kept
        return Epoch(arrays, rows.astype(np.int32).reshape(self.steps, self.batch), after)


def training_data(splits: Splits, encode: Encode, config: Any, *, anew: bool = False) -> FreshData | FixedData:
    """Choose between a fresh stream and a fixed set, encoded once or `anew` each epoch, as `data.train` says."""
    batch = config.training.batch_size
    steps = max(1, config.training.examples_per_epoch // batch)
    if config.data.train == 0:
        return FreshData(splits, encode, steps=steps, batch=batch)
    repeated = Repeated(splits, config.data.train, [config.seed, ORDER])
    return FixedData(repeated, encode, steps=steps, batch=batch, anew=anew)
