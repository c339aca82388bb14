"""Training through the stages of a curriculum: what each epoch takes from which stage, and what is known of each.

Everything that happens follows from the config and the course in the position, which every checkpoint holds: the state
of the schedule, and how far each stage has been read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from exprlearn.curriculum.lessons import Lesson
from exprlearn.curriculum.portions import portions
from exprlearn.dataset import Examples
from exprlearn.plugin import Schedule
from exprlearn.scoring.answering import Answerer
from exprlearn.scoring.metrics import count_right
from exprlearn.training.data import Encode, Epoch, Repeated
from exprlearn.training.position import Position

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
        course = position.course or self._begin()
        size = self.steps * self.batch
        counts = portions(self.schedule.shares(course["schedule"]), size)
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
            results.append(lesson.result(count_right(answers, lesson.held_out.answers.tolist())))
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

    def _take(self, place: int, count: int, cursor: int) -> tuple[Examples, int]:
        """Take the next examples of a stage, fresh ones or those of a fixed set."""
        if not count:
            return Examples.of([]), cursor
        if self._fixed:
            return self._fixed[place].take(count, cursor)
        return self.lessons[place].splits.train.take(count, start=cursor)
