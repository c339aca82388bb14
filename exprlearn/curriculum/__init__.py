"""Curricula: the stages in which a task is taught, and the schedules that say how much of which comes when.

The room can be called: `exprlearn.curriculum("sums")` opens a curriculum for somebody else, see `adaptive`.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class CurriculumRoom(ModuleType):
    """Lets `exprlearn.curriculum`, which is this room, be called as the function of that name."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Open a curriculum; see `exprlearn.curriculum.adaptive.curriculum`."""
        return import_module("exprlearn.curriculum.adaptive").curriculum(*arguments, **options)


# A package and a function of one name: whichever is imported first, the name does both.
sys.modules[__name__].__class__ = CurriculumRoom
