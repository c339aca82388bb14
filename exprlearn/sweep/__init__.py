"""Sweeps: many trainings over settings, each one a run folder, on any engine.

A trial is a config; the sha256 of it names its folder. So what is there need not be done again, whatever was killed.
"""

from __future__ import annotations

from exprlearn.sweep.plan import SweepPlan, read_plan
from exprlearn.sweep.section import SweepSection
from exprlearn.sweep.sweeping import SweepObserver, SweepOutcome, sweep
from exprlearn.sweep.trial import End, Result, Trial

__all__ = ["End", "Result", "SweepObserver", "SweepOutcome", "SweepPlan", "SweepSection", "Trial", "read_plan", "sweep"]
