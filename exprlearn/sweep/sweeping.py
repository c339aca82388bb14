"""Carrying out a sweep: batch by batch, rung by rung, on any engine, and on again after whatever stopped it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol, get_args

from exprlearn.dataset.store import Tools
from exprlearn.engines import SerialEngine, run_units
from exprlearn.locking import Lock
from exprlearn.plugin import Engine, UnitFailure
from exprlearn.sweep.plan import SweepPlan
from exprlearn.sweep.search import make_search
from exprlearn.sweep.sweep_folder import SweepFolder
from exprlearn.sweep.trial import TRIALS, Cut, End, State, Trial, run_trial

STATES = get_args(State)


class SweepObserver(Protocol):
    """Hears of a sweep."""

    def asked(self, folder: Path, trials: Sequence[Trial]) -> None:
        """Hear which trials come next."""

    def ended(self, end: End) -> None:
        """Hear how a trial ended, at once or in an earlier run of the command."""


@dataclass(frozen=True)
class SweepOutcome:
    """A sweep after a run of the command: how all trials ended, the best first, and why somebody `cut` it short."""

    folder: Path
    ends: tuple[End, ...]
    cut: str = ""

    @property
    def done(self) -> list[End]:
        """Return the trials that went to their end, by what decides on the validation split, the best first."""
        return [end for end in self.ends if end.state == "done"]

    @property
    def failed(self) -> list[End]:
        """Return the trials that failed."""
        return [end for end in self.ends if end.state == "failed"]

    def run(self, end: End) -> Path:
        """Return the run folder of a trial."""
        return self.folder / TRIALS / end.trial.name


class _CutShort(Exception):
    """Somebody asked a training to stop."""


def sweep(
    plan: SweepPlan,
    folder: Path,
    tools: Tools | None = None,
    *,
    engine: Engine | None = None,
    again: bool = False,
    observer: SweepObserver | None = None,
) -> SweepOutcome:
    """Do every trial of a plan that is not done yet.

    A DataError says that the folder belongs to something else, that another process writes it, or that it was removed
    meanwhile; an OptionError names settings that no trial can have; a BackendError asks for optuna or Ray.

    Args:
        plan: what to try.
        folder: a new or empty folder, or one that this sweep was begun in.
        tools: the plugins, for other processes.
        engine: where trials run; this process when left out.
        again: whether trials that failed before are tried again.
        observer: hears of every trial.
    """
    search, kept = make_search(plan.section), SweepFolder(folder.resolve())
    batch = plan.trials(next(search))
    with kept.hold() as lock:
        kept.begin(plan)
        batch = kept.named(batch, plan.base)
        if again:
            kept.forget_failures()
        work = _SweepWork(plan, kept, lock, tools or Tools(), engine or SerialEngine(), observer)
        ends: dict[str, End] = {}
        while batch:
            try:
                ended = work.batch(list({trial.name: trial for trial in batch if trial.name not in ends}.values()))
            except _CutShort as cut:
                return SweepOutcome(folder, _ranked(ends), str(cut))
            ends |= ended
            batch = kept.named(plan.trials(search.send([ends[trial.name] for trial in batch])), plan.base)
    return SweepOutcome(folder, _ranked(ends))


@dataclass(frozen=True)
class _SweepWork:
    """Everything that stays the same from batch to batch."""

    plan: SweepPlan
    folder: SweepFolder
    lock: Lock
    tools: Tools
    engine: Engine
    observer: SweepObserver | None

    def batch(self, trials: list[Trial]) -> dict[str, End]:
        """Do trials, each rung of them before the next."""
        if self.observer:
            self.observer.asked(self.folder.path, trials)
        stop, ends, left = self.plan.section.stop, dict[str, End](), trials
        for until in [*(stop.after if stop else ()), None]:
            rung = self._rung(left, until)
            scores = {name: end.merit for name, end in rung.items() if end.state == "done"}
            going = best(scores, stop.keep) if stop and until else []
            ends |= {name: self._stop(end) for name, end in rung.items() if name not in going}
            left = [trial for trial in left if trial.name in going]
        return {trial.name: ends[trial.name] for trial in trials}

    def _stop(self, end: End) -> End:
        """Return the end of a trial that does not go on: it is stopped if it did what it was asked to, so far."""
        if end.state != "done" or end.until is None:
            return end
        stopped = replace(end, state="stopped")
        if self.observer:
            self.observer.ended(stopped)
        return stopped

    def _rung(self, trials: list[Trial], until: int | None) -> dict[str, End]:
        """Bring every trial to an epoch, or to its end."""
        found: dict[str, End] = {}

        def note(end: End) -> None:
            found[end.trial.name] = end
            # The others may still change what becomes of one that is compared with them.
            if self.observer and end.until is None:
                self.observer.ended(end)

        waiting = []
        for trial in trials:
            if (end := self.folder.end(trial, until)) is None:
                waiting.append(trial)
            else:
                note(end)
        work = partial(run_trial, self.folder.path, self.tools)
        with closing(run_units(self.engine, work, [(trial, until) for trial in waiting])) as outcomes:  # type: ignore[type-var]
            for index, outcome in outcomes:
                self.lock.check()
                if isinstance(outcome, Cut):
                    raise _CutShort(outcome.reason)
                if isinstance(outcome, UnitFailure):
                    note(End(waiting[index], "failed", failure=self.folder.fail(waiting[index], outcome)))
                else:
                    note(End(waiting[index], "done", outcome, until=until))
        return {trial.name: found[trial.name] for trial in trials}


def best(scores: Mapping[str, float], keep: float) -> list[str]:
    """Return the best share of the trials, at least one; of equal ones those that come first.

    >>> best({"a": 0.2, "b": 0.9, "c": 0.9, "d": 0.1, "e": 0.2}, keep=0.5)
    ['b', 'c', 'a']
    """
    return sorted(scores, key=lambda name: -scores[name])[: math.ceil(keep * len(scores))]


def _ranked(ends: Mapping[str, End]) -> tuple[End, ...]:
    """Sort trials: those that went to their end first, by what decides, then those that were stopped, then the rest."""

    def rank(end: End) -> tuple[int, int, float]:
        return STATES.index(end.state), -(end.until or 0), -end.merit if end.result else 0.0

    return tuple(sorted(ends.values(), key=rank))
