"""Training through the stages of a curriculum: what each epoch takes from which stage, and what is known of each.

Everything that happens follows from the config and the course in the position, which every checkpoint holds: the state
of the schedule, and how far each stage has been read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from exprlearn.curriculum.schedules import apportion_examples
from exprlearn.curriculum.stage_data import Lesson
from exprlearn.dataset import Examples
from exprlearn.decoding.answerer import Answerer
from exprlearn.errors import CheckpointError
from exprlearn.plugin import Schedule
from exprlearn.runs.position import Position
from exprlearn.training.data import Encode, Epoch, Repeated

# The second entry of a seed: what the random numbers are for.
MIXING, PASSES = 3, 4


class Course:
    """The stages of a run on their way.

    Args:
        lessons: the opened stages.
        schedule: how much of each epoch comes from which.
        encode: turns examples into arrays.
        config: of the run.
    """

    def __init__(self, lessons: Sequence[Lesson], schedule: Schedule, encode: Encode, config: Any) -> None:
        self.lessons, self.schedule, self.encode = lessons, schedule, encode
        self.seed, self.batch = config.seed, config.training.batch_size
        self.steps = max(1, config.training.examples_per_epoch // self.batch)
        self._fixed = [
            Repeated(lesson.splits, config.data.train, [self.seed, PASSES, place])
            for place, lesson in enumerate(lessons)
            if config.data.train
        ]

    def epoch(self, position: Position) -> Epoch:
        """Return the epoch at a position: portions of the stages, mixed in an order of its own."""
        course = self._checked(position.course) if position.course else self._begin()
        size = self.steps * self.batch
        counts = apportion_examples(self._shares(course), size)
        taken = [self._take(place, *each) for place, each in enumerate(zip(counts, course["cursors"], strict=True))]
        examples = Examples.concatenate([examples for examples, _ in taken if len(examples)])
        order = np.random.default_rng([self.seed, MIXING, position.epoch]).permutation(size).astype(np.int32)
        after = {**course, "cursors": [cursor for _, cursor in taken], "counts": counts}
        order = order.reshape(self.steps, self.batch)
        return Epoch(self.encode(examples, position.epoch), order, position.cursor + size, after)

    def judge(self, answerer: Answerer, position: Position) -> list[dict[str, Any]]:
        """Let a model answer the held-out expressions of every stage, tell the schedule, and return what to record."""
        results = []
        for lesson in self.lessons:
            answers = answerer.answer(lesson.held_out.expressions).texts
            truths = lesson.held_out.answers.tolist()
            results.append(lesson.result([answer == truth for answer, truth in zip(answers, truths, strict=True)]))
        course = position.course
        position.course = {**course, "schedule": self.schedule.after(course["schedule"], results)}
        return [
            {"stage": lesson.name, "examples": examples, "right": result.right, "count": result.count}
            for lesson, examples, result in zip(self.lessons, course["counts"], results, strict=True)
        ]

    def _begin(self) -> dict[str, Any]:
        """Return the course before the first epoch."""
        stages = [lesson.stage for lesson in self.lessons]
        return {"schedule": self.schedule.begin(stages), "cursors": [0] * len(stages)}

    def _checked(self, course: dict[str, Any]) -> dict[str, Any]:
        """Return a course that belongs to these stages.

        Raises:
            CheckpointError: it belongs to others, or to none.
        """
        cursors = course.get("cursors")
        if not isinstance(cursors, list) or len(cursors) != len(self.lessons) or "schedule" not in course:
            raise CheckpointError(f"the checkpoint knows no course of {len(self.lessons)} stages: train again")
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

    def _take(self, place: int, count: int, cursor: int) -> tuple[Examples, int]:
        """Take the next examples of a stage, fresh ones or those of a fixed set."""
        if not count:
            return Examples.of([]), cursor
        if self._fixed:
            return self._fixed[place].take(count, cursor)
        return self.lessons[place].splits.train.take(count, start=cursor)
