"""Run folders: what a run was made of, its checkpoints and what it answered; and a run, loaded to be asked.

What a walk needs is imported when it is asked for: a command that lists runs needs no model and no data. The room can
be called: `exprlearn.runs()` lists the runs of a folder, see `record.list_runs`.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exprlearn.runs.checkpoint import Checkpoint as Checkpoint
    from exprlearn.runs.preparation import answer_statistics as answer_statistics
    from exprlearn.runs.preparation import count_drawable as count_drawable
    from exprlearn.runs.preparation import load_stages as load_stages
    from exprlearn.runs.preparation import make_encoder as make_encoder
    from exprlearn.runs.preparation import open_data as open_data
    from exprlearn.runs.preparation import read_stages as read_stages
    from exprlearn.runs.preparation import split_data as split_data
    from exprlearn.runs.preparation import take_all as take_all
    from exprlearn.runs.run import Run as Run
    from exprlearn.runs.run_evaluation import write_evaluation as write_evaluation
    from exprlearn.runs.run_folder import RunFolder as RunFolder
    from exprlearn.runs.run_folder import check_name as check_name
    from exprlearn.runs.starting import reopen as reopen
    from exprlearn.runs.starting import start_run as start_run

_NAMES = {
    "checkpoint": ("Checkpoint",),
    "preparation": (
        "answer_statistics",
        "count_drawable",
        "load_stages",
        "make_encoder",
        "open_data",
        "read_stages",
        "split_data",
        "take_all",
    ),
    "run": ("Run",),
    "run_evaluation": ("write_evaluation",),
    "run_folder": ("RunFolder", "check_name"),
    "starting": ("reopen", "start_run"),
}


def __getattr__(name: str) -> Any:
    for module, names in _NAMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module '{__name__}' has no attribute {name!r}")


class RunsRoom(ModuleType):
    """Lets `exprlearn.runs`, which is this room, be called as the function that lists runs."""

    def __call__(self, folder: str = "runs") -> Any:
        """List the runs below a folder; see `exprlearn.runs.record.list_runs`."""
        return import_module("exprlearn.runs.record").list_runs(folder)


# A package and a function of one name: whichever is imported first, the name does both.
sys.modules[__name__].__class__ = RunsRoom
