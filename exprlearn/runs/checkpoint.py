"""Checkpoints: whole folders, renamed into place, each with the sha256 of its files; here alone they are written.

A checkpoint holds every variable of the model and of the optimizer, seed generators included, and the position of the
training: what a resumed run needs to be bit-identical to one that was never interrupted. Whatever cannot be read,
written or restored is a CheckpointError.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import gt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, TypeAdapter, ValidationError

from exprlearn.backend.keras_import import array_of
from exprlearn.errors import CheckpointError
from exprlearn.files import sync_folder
from exprlearn.reading import json_value, read_bytes, read_json
from exprlearn.runs.run_files import fault, pack_arrays, unpack_arrays
from exprlearn.runs.schema import Count, Finite

if TYPE_CHECKING:
    import keras


@dataclass
class Position:
    """Where a training stands.

    Attributes:
        epoch: epochs done.
        step: steps done of the epoch after them.
        loss: the losses of these steps, added up as float32.
        cursor: where the epoch after them begins in the stream.
        examples: examples that the epochs done were trained on.
        seconds: time spent.
        exact_match: on the validation split, after the last epoch done.
        score: what decides, of the same epoch; exact match unless the config names another metric.
        best_epoch: the last epoch with the best score, which later epochs with smaller steps may equal.
        improved_epoch: the first one, from which patience counts.
        best_score: the best score on the validation split; None before the first epoch is done.
        course: where the stages of a curriculum stand; empty without one, and before the first epoch.
        counts: what the framing counted of the epochs done, by what it calls it.
    """

    epoch: Count = 0
    step: Count = 0
    loss: Finite = 0.0
    cursor: Annotated[int, Field(ge=0)] = 0
    examples: Count = 0
    seconds: Finite = 0.0
    exact_match: Finite = 0.0
    score: Finite = 0.0
    best_epoch: Count = 0
    improved_epoch: Count = 0
    best_score: Finite | None = None
    course: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, Count] = field(default_factory=dict)

    @classmethod
    def of(cls, state: Any) -> Position:
        """Read a checkpoint's state; what an older one does not know begins at its default."""
        if isinstance(state, Mapping) and "best_exact_match" in state:
            # Until other metrics could decide, what decided had no name of its own.
            best = state["best_exact_match"]
            known = {name: value for name, value in state.items() if name != "best_exact_match"}
            state = {"score": state.get("exact_match", 0.0), "best_score": None if best == -1.0 else best, **known}
        try:
            return _POSITION.validate_python(state)
        except ValidationError as error:
            raise CheckpointError(f"where its training stands cannot be read: {fault(error)}") from None

    def end_epoch(
        self, *, cursor: int, examples: int, course: dict[str, Any], counts: Mapping[str, int] | None = None
    ) -> None:
        """Stand behind the epoch, of so many examples, whose steps are all done."""
        self.epoch, self.step, self.loss = self.epoch + 1, 0, 0.0
        self.cursor, self.examples, self.course = cursor, self.examples + examples, course
        for name, count in (counts or {}).items():
            self.counts[name] = self.counts.get(name, 0) + count

    def note_score(self, exact_match: float, score: float, is_better: Callable[[float, float], bool] = gt) -> None:
        """Note the exact match after the last epoch, and the score that decides whether it is the best."""
        self.exact_match, self.score = exact_match, score
        if self.best_score is None or is_better(score, self.best_score):
            self.improved_epoch, self.best_score = self.epoch, score
        if score == self.best_score:
            self.best_epoch = self.epoch


_POSITION = TypeAdapter(Position)
VARIABLES, STATE, SUMS = "variables.npz", "state.json", "sha256.json"
#: A parameter, its gradient's two moments and their names take less than this.
BYTES_PER_PARAMETER, MOST_BYTES, MOST_STATE = 64, 2**32, 2**20
#: Damaged checkpoints that a message names.
MOST_TOLD = 3
_FOLDER_NAME = re.compile(r"epoch-(\d+)(?:-step-(\d+))?")


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint, read and checked: the values of each variable, and the `Position` of the training as plain data."""

    folder: Path
    variables: Mapping[str, NDArray[Any]]
    state: Mapping[str, Any]

    @property
    def epoch(self) -> int:
        """Return how many epochs were done."""
        return int(self.state.get("epoch", 0))

    @property
    def moment(self) -> tuple[int, int]:
        """Return how many epochs were done, and how many steps of the one after them."""
        return self.epoch, int(self.state.get("step", 0))


def name_variables(group: str, variables: Sequence[keras.Variable]) -> dict[str, keras.Variable]:
    """Name variables by their index, and a model's by what they are too.

    Their whole paths would not do: layers without a name are numbered by how many a process has built before.
    """
    return {
        f"{group}/{index:04d}{f'/{variable.name}' if group == 'model' else ''}": variable
        for index, variable in enumerate(variables)
    }


def digest_of(variables: Mapping[str, Any]) -> str:
    """Return the SHA-256 of all variables with their names, in order.

    >>> digest_of({"model/0000/kernel": np.zeros(2, np.float32)})[:8]
    'c8868807'
    """
    digest = hashlib.sha256()
    for name, value in variables.items():
        array = np.ascontiguousarray(array_of(value))
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode() + array.tobytes())
    return digest.hexdigest()


def name_of(epoch: int, step: int = 0) -> str:
    """Name the folder of a checkpoint: by the epochs done, and by the steps of one that is not.

    >>> name_of(3), name_of(3, 120)
    ('epoch-00003', 'epoch-00003-step-00000120')
    """
    return f"epoch-{epoch:05d}-step-{step:08d}" if step else f"epoch-{epoch:05d}"


def list_checkpoints(folder: Path) -> list[Path]:
    """List the checkpoints of a folder, whole or not, the newest first."""
    found = ((_FOLDER_NAME.fullmatch(path.name), path) for path in folder.glob("epoch-*"))
    moments = [(int(name[1]), int(name[2] or 0), path) for name, path in found if name is not None]
    return [path for *_, path in sorted(moments, reverse=True)]


def save(folder: Path, variables: Mapping[str, Any], state: Mapping[str, Any]) -> Path:
    """Write the checkpoint of `state["epoch"]` and `state["step"]` into `folder`, which is there; return its path.

    Everything is written to a folder of another name, flushed to the disk and renamed, so that a failure leaves the
    earlier checkpoints untouched.
    """
    path = folder / name_of(state["epoch"], state.get("step", 0))
    beside = folder / f".{path.name}.{uuid.uuid4().hex[:8]}"
    contents = {VARIABLES: pack_arrays(variables), STATE: json.dumps(dict(state), indent=2).encode()}
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()}
    try:
        beside.mkdir()
        for name, data in {**contents, SUMS: json.dumps(sums, indent=2).encode()}.items():
            _write(beside / name, data)
        sync_folder(beside)
        if path.exists():
            shutil.rmtree(path)
        beside.replace(path)
        sync_folder(folder)
    except OSError as error:
        raise CheckpointError(f"cannot write the checkpoint {path}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return path


def _write(file: Path, data: bytes) -> None:
    with file.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def read(path: Path, *, parameters: int | None = None) -> Checkpoint:
    """Read one checkpoint; nothing is interpreted before its sum is checked.

    The `parameters` of the model limit how many bytes are read; None reads what the largest models have.
    """
    most = MOST_BYTES if parameters is None else min(MOST_BYTES, 2**20 + parameters * BYTES_PER_PARAMETER)
    try:
        sums = read_json(path / SUMS, CheckpointError, most=MOST_STATE)
        contents = {
            name: read_bytes(path / name, size, CheckpointError)
            for name, size in ((VARIABLES, most), (STATE, MOST_STATE))
        }
        for name, data in contents.items():
            if not isinstance(sums, dict) or sums.get(name) != hashlib.sha256(data).hexdigest():
                raise CheckpointError(f"{name} is not what was written")
        state = json_value(contents[STATE])
        Position.of(state)
        variables = unpack_arrays(contents[VARIABLES])
        for name, values in variables.items():
            if values.dtype.kind == "f" and not np.isfinite(values).all():
                raise CheckpointError(f"{name[:80]} holds NaN or infinity")
        return Checkpoint(path, variables, state)
    except (CheckpointError, ValueError) as error:
        raise CheckpointError(f"the checkpoint {path} is damaged: {error}") from error


def newest(folder: Path, *, parameters: int | None = None) -> tuple[Checkpoint, list[str]]:
    """Read the newest checkpoint of a folder that is whole; the notes tell which newer ones are damaged."""
    notes: list[str] = []
    for path in list_checkpoints(folder):
        try:
            return read(path, parameters=parameters), notes
        except CheckpointError as error:
            notes.append(f"{error}; using the one before")
    raise CheckpointError("; ".join(notes[:MOST_TOLD]) if notes else f"{folder} holds no checkpoint: train again")


def restore(variables: Mapping[str, keras.Variable], checkpoint: Checkpoint) -> None:
    """Give variables the values of a checkpoint, all of them or none."""
    stored = checkpoint.variables
    for problem, names in (("lacks", set(variables) - set(stored)), ("has no place for", set(stored) - set(variables))):
        if names:
            raise CheckpointError(f"the checkpoint {checkpoint.folder} {problem} {', '.join(sorted(names)[:3])}")
    values = {name: _fitting(stored[name], variable, name, checkpoint) for name, variable in variables.items()}
    for name, variable in variables.items():
        variable.assign(values[name])


def _fitting(values: NDArray[Any], variable: keras.Variable, name: str, checkpoint: Checkpoint) -> NDArray[Any]:
    """Return values as a variable holds them; counters and seeds are as wide as a backend likes, weights are not."""
    wanted, shape = np.dtype(variable.dtype), tuple(variable.shape)
    both_whole = {wanted.kind, values.dtype.kind} <= {"i", "u"}
    fits = values.dtype == wanted or (both_whole and np.array_equal(values.astype(wanted), values))
    if values.shape != shape or not fits:
        raise CheckpointError(
            f"the checkpoint {checkpoint.folder} holds {name} as {values.shape} {values.dtype}, not {shape} {wanted}"
        )
    return values.astype(wanted)


def group(checkpoint: Checkpoint, prefix: str) -> Checkpoint:
    """Return the checkpoint with the variables of one group only, such as `model`."""
    chosen = {name: value for name, value in checkpoint.variables.items() if name.startswith(f"{prefix}/")}
    return Checkpoint(checkpoint.folder, chosen, checkpoint.state)
