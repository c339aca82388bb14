"""Run folders: what a run was made of, its checkpoints and what it answered; and a run, loaded to be asked."""

from __future__ import annotations

from exprlearn.runs.checkpoint import Checkpoint
from exprlearn.runs.preparation import answer_statistics, load_stages, make_encoder, read_stages
from exprlearn.runs.run import Run
from exprlearn.runs.run_evaluation import write_evaluation
from exprlearn.runs.run_folder import RunFolder, check_name
from exprlearn.runs.starting import reopen, start_run

__all__ = [
    "Checkpoint",
    "Run",
    "RunFolder",
    "answer_statistics",
    "check_name",
    "load_stages",
    "make_encoder",
    "read_stages",
    "reopen",
    "start_run",
    "write_evaluation",
]
