"""Why answers are wrong: each mistake by a name that says what was done instead."""

from __future__ import annotations

from exprlearn.scoring.mistakes.groups import MistakeGroup, WrongAnswer, mistake_groups
from exprlearn.scoring.mistakes.naming import MISTAKES, name_fault, name_mistake, names_that_fit

__all__ = ["MISTAKES", "MistakeGroup", "WrongAnswer", "mistake_groups", "name_fault", "name_mistake", "names_that_fit"]
