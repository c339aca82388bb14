"""A trial: one training of a sweep, done in any process; what it came to, and how it ended."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from exprlearn.config import Components, RunConfig, resolve
from exprlearn.dataset.store import Tools
from exprlearn.errors import RunError
from exprlearn.files import write_whole
from exprlearn.intervals import wilson
from exprlearn.locking import wait_until_free
from exprlearn.plugin import Header
from exprlearn.plugin.manager import Plugins
from exprlearn.report import Report
from exprlearn.runs.checkpoint import Position, list_checkpoints, newest
from exprlearn.runs.run_files import rows_of
from exprlearn.runs.run_folder import RunFolder
from exprlearn.runs.schema import EvaluatedEpoch, MonitorRow
from exprlearn.scoring import Interval
from exprlearn.training.observers import Silent
from exprlearn.training.stopping import SIGNALS, Stopping
from exprlearn.walk import learn, resume

FORMAT: Final = 1
TRIALS, RESULT = "trials", "trial.json"
#: How long a process that is about to end is waited for.
SOON_SECONDS = 30.0

State = Literal["done", "stopped", "failed"]


@dataclass(frozen=True)
class Trial:
    """A training to be done, as plain data that any process can take along.

    Attributes:
        name: of its run folder; the beginning of the hash of its config and grammar.
        settings: what is varied, by dotted key.
        config: all of it, as JSON.
    """

    name: str
    settings: Mapping[str, Any]
    config: str
    grammar_text: str
    epochs: int


class Result(BaseModel):
    """What a trial has come to.

    Attributes:
        until: the epoch it was to stop after; None when it went to its end.
        examples: trained on, repeats counted.
        curve: exact match on the validation split, after each epoch.
        monitor: the metric that decides, which is the same for all trials of a sweep.
        scores: what it comes to on the validation split, after each epoch; None where it is exact match.
        validation: expressions of the validation split.
        test: exact match on the test split, of the best epoch's weights.
    """

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    trial: str
    settings: dict[str, Any]
    until: int | None
    stopped_by: str
    examples: int
    seconds: float
    curve: list[float]
    monitor: MonitorRow = MonitorRow()
    scores: list[float] | None = None
    validation: int
    test: Interval

    def reaches(self, until: int | None) -> bool:
        """Tell whether nothing is left to be done until an epoch, or until the end."""
        return self.until is None or (until is not None and len(self.curve) >= until)

    def exact_match(self, until: int | None = None) -> Interval:
        """Return exact match on the validation split, after the best of all epochs or of the first ones."""
        return wilson(round(self._best(until)[1] * self.validation), self.validation)

    def score(self, until: int | None = None) -> float:
        """Return what decides on the validation split, after the best of all epochs or of the first ones."""
        return self._best(until)[0]

    def merit(self, until: int | None = None) -> float:
        """Return the score so that more is better."""
        return self.monitor.merit(self.score(until))

    def _best(self, until: int | None) -> tuple[float, float]:
        scored = zip(self.scores or self.curve, self.curve, count(), strict=False)
        best = max(list(scored)[:until], key=lambda row: (self.monitor.merit(row[0]), row[2]), default=None)
        worst = (math.inf if self.monitor.is_lower_better else 0.0, 0.0)
        return worst if best is None else best[:2]


class TrialFailure(BaseModel):
    """A trial that failed, each time it was tried, as a `UnitFailure` says it."""

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    trial: str
    settings: dict[str, Any]
    said: str
    is_expected: bool
    trace: str


@dataclass(frozen=True)
class End:
    """How a trial ended: with a result or a failure; `until` is the epoch after which it was stopped, if it was."""

    trial: Trial
    state: State
    result: Result | None = None
    failure: TrialFailure | None = None
    until: int | None = None

    @property
    def exact_match(self) -> Interval:
        """Return exact match on the validation split, until it ended; of no trial that failed."""
        assert self.result is not None
        return self.result.exact_match(self.until)

    @property
    def merit(self) -> float:
        """Return what decides between trials, so that more is better; of no trial that failed."""
        assert self.result is not None
        return self.result.merit(self.until)

    @property
    def score(self) -> str:
        """Write what decides between trials; blank of one that failed."""
        return self.result.monitor.write(self.result.score(self.until)) if self.result else ""

    @property
    def curve(self) -> list[float]:
        """Return exact match on the validation split after each epoch until it ended; nothing of one that failed."""
        return self.result.curve[: self.until] if self.result else []

    @property
    def epochs(self) -> int:
        """Return the epochs that count."""
        return len(self.curve)


@dataclass(frozen=True)
class Cut:
    """A trial that somebody stopped; it is resumed from its checkpoint."""

    reason: str


class _Counting(Silent):
    """Hears how many expressions the validation split has."""

    validation = 0

    def started(self, header: Header) -> None:
        self.validation = header.counts["validation"]


def run_trial(folder: Path, tools: Tools, unit: tuple[Trial, int | None]) -> Result | Cut:
    """Train until an epoch or to the end, from the newest checkpoint if there is one, and write down what came of it.

    A RunError says that the sweep was removed, or that another process trains the run.

    Args:
        folder: of the sweep.
        tools: the plugins.
        unit: the trial, and the epoch to stop after; None trains to the end.
    """
    trial, until = unit
    components = resolve(RunConfig.model_validate(json.loads(trial.config)), _plugins(tools))
    run, heard = RunFolder(folder / TRIALS / trial.name), _Counting()
    reached = None
    if not run.path.parent.is_dir():
        raise RunError(f"the sweep {folder} was removed while it was carried out")
    # When a sweep is killed its processes end a moment later.
    wait_until_free(run.path, SOON_SECONDS)
    if list_checkpoints(run.checkpoints):
        # Until a rung's epoch nothing else ends a training, whether it was killed on the way or not.
        reached = _reached(run, components) if until is None else None
        report = resume(run, components, observer=heard, until=reached[1] if reached else until)
    else:
        if run.path.is_dir():
            # What was killed before its first checkpoint cannot be resumed.
            with run.hold():
                shutil.rmtree(run.path, ignore_errors=True)
        report = learn(
            components.config,
            components,
            runs=run.path.parent,
            name=trial.name,
            observer=heard,
            grammar_text=trial.grammar_text,
            until=until,
        )
    if report.stopped_by in SIGNALS.values():
        return Cut(report.stopped_by)
    result = _result(trial, until, report, heard.validation, reached[0] if reached else report.stopped_by, components)
    write_whole(run.path / RESULT, result.model_dump_json(indent=2) + "\n", RunError)
    return result


@cache
def _plugins(tools: Tools) -> Plugins:
    """Load plugins once a process."""
    return tools.plugins()


def _reached(run: RunFolder, components: Components) -> tuple[str, int] | None:
    """Tell why and when a training had ended that was killed before it was evaluated; None when it had not."""
    position = Position.of(newest(run.checkpoints)[0].state)
    if not position.epoch or position.step:
        return None
    stopping = Stopping(components.config.training, is_lower_better=components.monitor.is_lower_better)
    reason = stopping.reason(
        epoch=position.epoch,
        score=position.score,
        improved_epoch=position.improved_epoch,
        seconds=0.0,
        last=0.0,
    )
    return None if reason is None else (reason, position.epoch)


def _result(
    trial: Trial, until: int | None, report: Report, validation: int, stopped_by: str, components: Components
) -> Result:
    monitor = MonitorRow.of(components)
    rows = list(rows_of(report.run / "metrics.jsonl", EvaluatedEpoch, grows=True))
    scores = [score for row in rows if (score := monitor.score(row)) is not None]
    return Result(
        trial=trial.name,
        settings=dict(trial.settings),
        until=until,
        stopped_by=stopped_by,
        examples=report.examples,
        seconds=rows[-1].seconds if rows else report.seconds,
        curve=[row.exact_match for row in rows],
        monitor=monitor,
        scores=None if monitor.is_exact_match else scores,
        validation=validation,
        test=report.scores.exact_match,
    )
