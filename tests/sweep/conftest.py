from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from exprlearn.dataset.store import Tools
from exprlearn.plugin.manager import Plugins
from exprlearn.runs.schema import MonitorRow
from exprlearn.sweep import Result, SweepPlan, Trial, read_plan
from exprlearn.sweep.trial import RESULT, TRIALS

sys.path.insert(0, str(Path(__file__).parent))
collect_ignore = ["faulty.py"]
FAULTY = Path(__file__).parent / "faulty.py"

Planned = Callable[..., SweepPlan]
Written = Callable[..., None]


@pytest.fixture(scope="session")
def plugins() -> Plugins:
    """The built-in components and the faulty ones."""
    return Plugins(only=(), files=[FAULTY])


@pytest.fixture(scope="session")
def tools() -> Tools:
    """What other processes load."""
    return Tools(plugin_files=(FAULTY,), plugin_names="")


@pytest.fixture
def planned(tmp_path: Path, plugins: Plugins) -> Planned:
    """Read a plan from the text of a section, in a config whose trainings are tiny."""
    from faulty import TINY  # type: ignore[import-not-found]

    def read(text: str, *sets: str, config: str = TINY) -> SweepPlan:
        file = tmp_path / "tiny.toml"
        file.write_text(config + text, encoding="utf-8")
        return read_plan(file, {}, sets, plugins)

    return read


@pytest.fixture(scope="session")
def written() -> Written:
    """Write what trials came to into the folder of a sweep, as they do it themselves."""

    def write(
        folder: Path,
        trial: Trial,
        curve: Sequence[float],
        *,
        until: int | None = None,
        test: int = 5,
        errors: Sequence[float] | None = None,
    ) -> None:
        from exprlearn.intervals import wilson

        result = Result(
            trial=trial.name,
            settings=dict(trial.settings),
            until=until,
            stopped_by="all epochs done",
            examples=64 * len(curve),
            seconds=1.0,
            curve=list(curve),
            monitor=MonitorRow() if errors is None else MonitorRow(name="rmse", is_lower_better=True),
            scores=None if errors is None else list(errors),
            validation=10,
            test=wilson(test, 10),
        )
        (folder / TRIALS / trial.name).mkdir(parents=True)
        (folder / TRIALS / trial.name / RESULT).write_text(result.model_dump_json())

    return write
