"""Which examples make up an epoch: a pure function of the config and of the position that every checkpoint holds.

Without a curriculum they come from the endless stream or from a fixed set; with one from its stages, as the schedule
says. The position knows how far the stream or each stage has been read, and the state of the schedule.

Where rows hold several examples, a batch of so many examples is so many rows as they take on average. All epochs have
equally many, or each would be compiled anew; how many is measured before training, on the first examples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from exprlearn.curriculum.schedules import apportion_examples
from exprlearn.curriculum.stage_data import StageData, shared_drop
from exprlearn.dataset import Examples, Splits
from exprlearn.errors import CheckpointError, TrainingError
from exprlearn.plugin import Schedule
from exprlearn.plugin.kinds.working import Drop
from exprlearn.runs.checkpoint import Position
from exprlearn.training.batches import Arrays, EpochLayout, batches_of, measure_batches

if TYPE_CHECKING:
    from exprlearn.decoding.answerer import Answerer, Answers
    from exprlearn.decoding.working_writer import WorkingWriter
    from exprlearn.runs.run import Run

# The second entry of a seed: what the random numbers are for.
ORDER, MIXING, PASSES, LAYOUT = 1, 3, 4, 5


@dataclass(frozen=True)
class Epoch:
    """The arrays of an epoch, and which rows make up each batch.

    Attributes:
        arrays: `source` and `target`, by row, and `segments` where a row holds several examples.
        order: (steps, rows of a batch) int32.
        examples: how many examples it was made of.
        cursor: where the next epoch goes on in the stream.
        course: where it goes on in the stages of a curriculum; empty without one.
    """

    arrays: Arrays
    order: NDArray[np.int32]
    examples: int
    cursor: int
    course: dict[str, Any] = field(default_factory=dict)


class TrainingData(Protocol):
    """What a training learns from, in epochs of equally many steps."""

    steps: int

    def epoch(self, position: Position) -> Epoch:
        """Return the epoch that begins at a position."""


def training_data(run: Run, splits: Splits) -> TrainingData:
    """Choose between the stages of a curriculum, a fresh stream and a fixed set, as the config says.

    Raises:
        TrainingError: there is no example to learn from.
    """
    config = run.config

    def layout(drop: Drop) -> EpochLayout:
        def write(examples: Examples, epoch: int) -> Arrays:
            random = np.random.default_rng([config.seed, LAYOUT, epoch])
            return run.answerer.arrays(examples.expressions, examples.answers, random, drop)

        packs = run.answerer.rules.packs
        return EpochLayout(write, measure_batches(config, splits, write) if packs else batches_of(config))

    schedule = run.components.schedule
    if schedule is not None and run.stages:
        drops = dict.fromkeys(stage.drop for stage in run.stages)
        return CurriculumData(run.stages, schedule, {drop: layout(drop) for drop in drops}, config)
    if config.data.train == 0:
        return FreshData(splits, layout(config.working.drop))
    fixed = FixedSet(splits, config.data.train, [config.seed, ORDER])
    return FixedData(fixed, layout(config.working.drop), anew=run.encoder.augments)


class FreshData:
    """Every epoch brings new examples of the endless stream, in the stream's own order."""

    def __init__(self, splits: Splits, layout: EpochLayout) -> None:
        self.splits, self.encode, self.batches = splits, layout.encode, layout.batches
        self.steps = self.batches.steps

    def epoch(self, position: Position) -> Epoch:
        """Return the epoch that begins at the cursor of a position."""
        count = self.batches.examples
        examples, after = self.splits.train.take(count, start=position.cursor)
        return Epoch(self.encode(examples, position.epoch), self.batches.in_order, count, after)


class FixedSet:
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
        """Choose the next rows (count,) behind a cursor, counted over all passes; and the cursor behind them."""
        # Of 5 examples, 4 behind cursor 8 are the last two of pass 1 and the first two of pass 2:
        #   pass 1 = [3 0 4|1 2], pass 2 = [2 4|0 3 1]  →  rows 1 2 2 4, cursor 12
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
    """Every epoch goes on through a fixed set, which is encoded once or `anew` each time.

    Where rows hold several examples, those of the epoch alone are encoded.
    """

    def __init__(self, fixed: FixedSet, layout: EpochLayout, *, anew: bool) -> None:
        self.fixed, self.encode, self.batches = fixed, layout.encode, layout.batches
        self.steps = self.batches.steps
        self.encoded = None if anew or self.batches.packs else self.encode(fixed.examples, 0)

    def epoch(self, position: Position) -> Epoch:
        """Return the epoch that begins at the cursor of a position."""
        count = self.batches.examples
        rows, after = self.fixed.rows(count, position.cursor)
        if self.batches.packs:
            arrays = self.encode(self.fixed.examples[rows], position.epoch)
            return Epoch(arrays, self.batches.in_order, count, after)
        arrays = self.encode(self.fixed.examples, position.epoch) if self.encoded is None else self.encoded
        return Epoch(arrays, self.batches.chosen(rows), count, after)


class CurriculumData:
    """What each epoch takes from which stage of a curriculum, and how well each stage is known.

    Args:
        stages: the opened stages.
        schedule: how much of each epoch comes from which.
        layouts: how examples become batches of arrays, by how much of their workings is left out.
        config: of the run.
    """

    def __init__(
        self, stages: Sequence[StageData], schedule: Schedule, layouts: Mapping[Drop, EpochLayout], config: Any
    ) -> None:
        self.stages, self.schedule, self.layouts = stages, schedule, layouts
        self.seed, self.drop, self.steps = config.seed, config.working.drop, layouts[stages[0].drop].batches.steps
        self._fixed = [
            FixedSet(stage.splits, config.data.train, [self.seed, PASSES, index])
            for index, stage in enumerate(stages)
            if config.data.train
        ]

    def epoch(self, position: Position) -> Epoch:
        """Return the epoch at a position: portions of the stages, mixed in an order of its own."""
        course = self._checked(position.course) if position.course else self._begin_stages()
        shares = self._shares(course)
        layout = self.layouts[shared_drop(self.stages, shares)]
        size = layout.batches.examples
        counts = apportion_examples(shares, size)
        taken = [self._take(index, *each) for index, each in enumerate(zip(counts, course["cursors"], strict=True))]
        examples = Examples.concatenate([examples for examples, _ in taken if len(examples)])
        mixed = np.random.default_rng([self.seed, MIXING, position.epoch]).permutation(size)
        after = {**course, "cursors": [cursor for _, cursor in taken], "counts": counts}
        if layout.batches.packs:
            # Mixed before they are packed, or a row would hold examples of one stage alone.
            arrays, order = layout.encode(examples[mixed], position.epoch), layout.batches.in_order
        else:
            arrays, order = layout.encode(examples, position.epoch), layout.batches.chosen(mixed)
        return Epoch(arrays, order, size, position.cursor + size, after)

    def evaluate(self, answerer: Answerer, position: Position) -> list[dict[str, Any]]:
        """Let a model answer the held-out expressions of every stage, tell the schedule, and return what to record."""
        answered: dict[bytes, Answers] = {}
        results = []
        for stage in self.stages:
            # Stages that differ in their workings alone hold the same expressions out.
            asked = stage.held_out.expressions.tobytes()
            if asked not in answered:
                answered[asked] = answerer.answer(stage.held_out.expressions)
            results.append(stage.result(self._right(stage, answerer.writer, answered[asked])))
        course = position.course
        position.course = {**course, "schedule": self.schedule.after(course["schedule"], results)}
        return [
            {"stage": stage.name, "examples": examples, "right": result.right, "count": result.count}
            for stage, examples, result in zip(self.stages, course["counts"], results, strict=True)
        ]

    def _right(self, stage: StageData, writer: WorkingWriter | None, found: Answers) -> list[bool]:
        """Tell which held-out expressions of a stage are answered right, behind no more working than it shows."""
        expressions, truths = stage.held_out.expressions.tolist(), stage.held_out.answers.tolist()
        if writer is None or stage.drop == self.drop:
            return [answer == truth for answer, truth in zip(found.texts, truths, strict=True)]
        rows = zip(expressions, found.written or found.texts, truths, strict=True)
        return [writer.is_enough(*row, stage.drop) for row in rows]

    def _begin_stages(self) -> dict[str, Any]:
        return {
            "schedule": self.schedule.begin([each.stage for each in self.stages]),
            "cursors": [0] * len(self.stages),
        }

    def _checked(self, course: dict[str, Any]) -> dict[str, Any]:
        """Return a course that belongs to these stages.

        Raises:
            CheckpointError: it belongs to others, or to none.
        """
        cursors = course.get("cursors")
        if not isinstance(cursors, list) or len(cursors) != len(self.stages) or "schedule" not in course:
            raise CheckpointError(
                f"the checkpoint has no state for a curriculum of {len(self.stages)} stages: train again"
            )
        if not all(isinstance(cursor, int) and cursor >= 0 for cursor in cursors):
            raise CheckpointError("the checkpoint does not say how far each stage was read: train again")
        return course

    def _shares(self, course: dict[str, Any]) -> Sequence[float]:
        """Ask the schedule, which alone knows what its state should be.

        Raises:
            CheckpointError: the state is none of this schedule.
        """
        try:
            return self.schedule.shares(course["schedule"])
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise CheckpointError(f"the schedule cannot go on from where the checkpoint stands: {error!r}") from error

    def _take(self, index: int, count: int, cursor: int) -> tuple[Examples, int]:
        """Take the next examples of a stage, fresh ones or those of a fixed set."""
        if not count:
            return Examples.of([]), cursor
        if self._fixed:
            return self._fixed[index].take(count, cursor)
        return self.stages[index].splits.train.take(count, start=cursor)
