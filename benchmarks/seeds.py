"""Trainings over several seeds: a file with a JSON line of each, and what they come to by Student's t."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import fmean, stdev
from typing import Any, TypeVar

from exprlearn.runs.run_files import read_lines

Result = TypeVar("Result")


def finished(file: Path, kind: type[Result]) -> list[Result]:
    """Read the results that are there; a line cut short by a crash counts as not there."""
    rows = read_lines(file)
    return [kind(**{key: tuple(each) if isinstance(each, list) else each for key, each in row.items()}) for row in rows]


def append(file: Path, result: Any) -> None:
    """Write a result behind the others, and over a line cut short."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    whole = text[: text.rfind("\n") + 1]
    file.write_text(whole + json.dumps(asdict(result)) + "\n", encoding="utf-8")


def interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the low end of the 95 % t interval of at least two values, their mean, and the high end."""
    from scipy import stats

    mean = fmean(values)
    reach = float(stats.t.ppf(0.975, len(values) - 1)) * stdev(values) / len(values) ** 0.5
    return mean - reach, mean, mean + reach


def written(values: Sequence[float], form: str = "{:.1f}", between: str = "{1} ({0} … {2})") -> str:
    """Write the mean with its interval; a value alone, and nothing for none."""
    if len(values) < 2:
        return form.format(values[0]) if values else ""
    return between.format(*map(form.format, interval(values)))
