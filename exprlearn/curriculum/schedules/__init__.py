"""Schedules: how much of each epoch comes from which stage, one a file.

A schedule is three functions of plain data. What it knows lies in its state, which JSON holds and every checkpoint
keeps, so that a resumed training goes on as if it had never stopped.
"""

from __future__ import annotations

from exprlearn.curriculum.schedules.fixed import FixedOptions, FixedSchedule
from exprlearn.curriculum.schedules.learning_progress import LearningProgressOptions, LearningProgressSchedule
from exprlearn.curriculum.schedules.mixed import MixedOptions, MixedSchedule
from exprlearn.curriculum.schedules.threshold import ThresholdOptions, ThresholdSchedule

__all__ = [
    "FixedOptions",
    "FixedSchedule",
    "LearningProgressOptions",
    "LearningProgressSchedule",
    "MixedOptions",
    "MixedSchedule",
    "ThresholdOptions",
    "ThresholdSchedule",
]
