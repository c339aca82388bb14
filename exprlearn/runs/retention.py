"""Which checkpoints of a run are kept, and which of them holds the weights to be used."""

from __future__ import annotations

import shutil
from pathlib import Path

from exprlearn.errors import CheckpointError
from exprlearn.reading import read_json
from exprlearn.runs.checkpoint import MOST_STATE, STATE, Checkpoint, Position, list_checkpoints, name_of, read

KEPT = 2


def prune(folder: Path) -> None:
    """Remove all checkpoints but the newest two and the best that each of these two knows of.

    The older of the two may have to stand in for the newer, and then its best is asked for.
    """
    listed = list_checkpoints(folder)
    best = {_best_of(path) for path in listed[:KEPT]}
    _remove([*(path for path in listed[KEPT:] if path.name not in best), *folder.glob(".epoch-*")])


def forget_after(checkpoint: Checkpoint) -> None:
    """Remove the damaged checkpoints after the one that a run goes on from."""
    listed = list_checkpoints(checkpoint.folder.parent)
    _remove(listed[: listed.index(checkpoint.folder)])


def read_best(newest: Checkpoint, *, parameters: int | None = None) -> tuple[Checkpoint, list[str]]:
    """Return the checkpoint of the best epoch that `newest` knows of, and notes on what is used instead.

    Without a whole epoch, or when the best is damaged, it is `newest` itself; `parameters` are as of `checkpoint.read`.
    """
    position = Position.of(newest.state)
    if not position.best_epoch:
        return newest, [f"no epoch is done yet: the weights are those after {position.step} steps"]
    path = newest.folder.with_name(name_of(position.best_epoch))
    if path == newest.folder:
        return newest, []
    try:
        return read(path, parameters=parameters), []
    except CheckpointError as error:
        return newest, [f"{error}; using the weights after epoch {position.epoch} instead of the best"]


def _best_of(path: Path) -> str | None:
    """Read the name of the checkpoint that one calls the best; None of a damaged one."""
    try:
        return name_of(Position.of(read_json(path / STATE, CheckpointError, most=MOST_STATE)).best_epoch)
    except CheckpointError:
        return None


def _remove(unneeded: list[Path]) -> None:
    for path in unneeded:
        try:
            shutil.rmtree(path)
        except OSError as error:
            raise CheckpointError(f"cannot remove the old checkpoint {path}: {error.strerror or error}") from error
