"""Curricula: in which stages a task is taught, one a file."""

from __future__ import annotations

from exprlearn.curriculum.curricula.addition import AdditionCurriculum, AdditionOptions
from exprlearn.curriculum.curricula.auto import AutoCurriculum, AutoOptions
from exprlearn.curriculum.curricula.listed import ListedCurriculum, ListedOptions, StageOptions
from exprlearn.curriculum.curricula.mixed import MixedArithmeticCurriculum, MixedArithmeticOptions
from exprlearn.curriculum.curricula.nested import NestedCurriculum, NestedOptions
from exprlearn.curriculum.curricula.sums import SumsCurriculum, SumsOptions

__all__ = [
    "AdditionCurriculum",
    "AdditionOptions",
    "AutoCurriculum",
    "AutoOptions",
    "ListedCurriculum",
    "ListedOptions",
    "MixedArithmeticCurriculum",
    "MixedArithmeticOptions",
    "NestedCurriculum",
    "NestedOptions",
    "StageOptions",
    "SumsCurriculum",
    "SumsOptions",
]
