"""The built-in workings, offered through the same hook as any plugin's."""

from __future__ import annotations

from collections.abc import Iterable

from exprlearn.plugin import WorkingSpec, hookimpl
from exprlearn.working.columns import ColumnsOptions, ColumnsWorking
from exprlearn.working.forms import EquationsWorking, ExpressionsWorking, NoWorking, ResultsWorking


@hookimpl
def exprlearn_workings() -> Iterable[WorkingSpec]:
    """Yield `none`, `results`, `expressions`, `equations` and `columns`."""
    yield WorkingSpec(name="none", summary="The answer alone.", make=lambda options: NoWorking())
    yield WorkingSpec(
        name="results",
        summary="The value of every calculation: 18;54;62.",
        make=lambda options: ResultsWorking(),
    )
    yield WorkingSpec(
        name="expressions",
        summary="The line after every calculation: 8+3*18=8+54=62.",
        make=lambda options: ExpressionsWorking(),
    )
    yield WorkingSpec(
        name="equations",
        summary="Every calculation with its value: 9+9=18;3*18=54;8+54=62.",
        make=lambda options: EquationsWorking(),
    )
    yield WorkingSpec(
        name="columns",
        summary="Equations, and long multiplication and division step by step: 342*36:2052+10260=12312.",
        options=ColumnsOptions,
        make=ColumnsWorking,
    )
