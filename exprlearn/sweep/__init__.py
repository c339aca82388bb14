"""Sweeps: many trainings over settings, each one a run folder, on any engine.

A trial is a config; the sha256 of it names its folder. So what is there need not be done again, whoever was killed.
"""

from __future__ import annotations

from exprlearn.sweep.ending import End
from exprlearn.sweep.planning import Plan, read_plan
from exprlearn.sweep.section import SweepSection
from exprlearn.sweep.sweeping import Outcome, Silent, Watcher, sweep
from exprlearn.sweep.trial import Result, Trial

__all__ = ["End", "Outcome", "Plan", "Result", "Silent", "SweepSection", "Trial", "Watcher", "read_plan", "sweep"]
