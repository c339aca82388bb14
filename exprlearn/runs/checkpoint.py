"""Checkpoints: whole folders, renamed into place, each with the sha256 of its files.

A checkpoint holds every variable of the model and of the optimizer, seed generators included, and the position of the
training: what a resumed run needs to end with the same bits as one that was never interrupted.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.errors import CheckpointError
from exprlearn.files import sync_folder
from exprlearn.reading import json_value, read_bytes, read_json
from exprlearn.runs.arrays import pack_arrays, unpack_arrays
from exprlearn.runs.position import Position

if TYPE_CHECKING:
    import keras

VARIABLES, STATE, SUMS = "variables.npz", "state.json", "sha256.json"
#: A parameter, its gradient's two moments and their names take less than this.
BYTES_PER_PARAMETER, MOST_BYTES, MOST_STATE = 64, 2**32, 2**20
#: Damaged checkpoints that a message names.
MOST_TOLD = 3
_PLACE = re.compile(r"epoch-(\d+)(?:-step-(\d+))?")


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint, read and checked.

    Attributes:
        folder: where it lies.
        variables: name → values.
        state: the position of the training, plain data.
    """

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


def named(group: str, variables: Sequence[keras.Variable]) -> dict[str, keras.Variable]:
    """Name variables by their place, and a model's by what they are too.

    Their whole paths would not do: layers without a name are numbered by how many a process has built before.
    """
    names = [f"/{variable.name}" if group == "model" else "" for variable in variables]
    return {f"{group}/{place:04d}{names[place]}": variable for place, variable in enumerate(variables)}


def digest_of(variables: Mapping[str, Any]) -> str:
    """Return the SHA-256 of all variables with their names, in order.

    >>> digest_of({"model/0000/kernel": np.zeros(2, np.float32)})[:8]
    'c8868807'
    """
    digest = hashlib.sha256()
    for name, value in variables.items():
        array = np.ascontiguousarray(value)
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode() + array.tobytes())
    return digest.hexdigest()


def name_of(epoch: int, step: int = 0) -> str:
    """Name the folder of a checkpoint: by the epochs done, and by the steps of one that is not.

    >>> name_of(3), name_of(3, 120)
    ('epoch-00003', 'epoch-00003-step-00000120')
    """
    return f"epoch-{epoch:05d}-step-{step:08d}" if step else f"epoch-{epoch:05d}"


def places(folder: Path) -> list[Path]:
    """List the checkpoints of a folder, whole or not, the newest first."""
    found = ((_PLACE.fullmatch(place.name), place) for place in folder.glob("epoch-*"))
    moments = [(int(name[1]), int(name[2] or 0), place) for name, place in found if name is not None]
    return [place for *_, place in sorted(moments, reverse=True)]


def save(folder: Path, variables: Mapping[str, Any], state: Mapping[str, Any]) -> Path:
    """Write the checkpoint of `state["epoch"]` and `state["step"]` into `folder`, which is there; return its place.

    Everything is written to a folder of another name, flushed to the disk and renamed.

    Raises:
        CheckpointError: it cannot be written; earlier checkpoints are untouched.
    """
    place = folder / name_of(state["epoch"], state.get("step", 0))
    beside = folder / f".{place.name}.{uuid.uuid4().hex[:8]}"
    contents = {VARIABLES: pack_arrays(variables), STATE: json.dumps(dict(state), indent=2).encode()}
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()}
    try:
        beside.mkdir()
        for name, data in {**contents, SUMS: json.dumps(sums, indent=2).encode()}.items():
            _write(beside / name, data)
        sync_folder(beside)
        if place.exists():
            shutil.rmtree(place)
        beside.replace(place)
        sync_folder(folder)
    except OSError as error:
        raise CheckpointError(f"cannot write the checkpoint {place}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return place


def _write(file: Path, data: bytes) -> None:
    with file.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def read(place: Path, *, parameters: int | None = None) -> Checkpoint:
    """Read one checkpoint; nothing is interpreted before its sum is checked.

    Args:
        place: where it lies.
        parameters: numbers that the model has, which limit what is read; None reads what the largest ones have.

    Raises:
        CheckpointError: a file is missing, or is not what was written, or holds what no training has saved.
    """
    most = MOST_BYTES if parameters is None else min(MOST_BYTES, 2**20 + parameters * BYTES_PER_PARAMETER)
    try:
        sums = read_json(place / SUMS, CheckpointError, most=MOST_STATE)
        contents = {
            name: read_bytes(place / name, size, CheckpointError)
            for name, size in ((VARIABLES, most), (STATE, MOST_STATE))
        }
        for name, data in contents.items():
            if not isinstance(sums, dict) or sums.get(name) != hashlib.sha256(data).hexdigest():
                raise CheckpointError(f"{name} is not what was written")
        state = json_value(contents[STATE])
        Position.of(state)
        return Checkpoint(place, _numbers(unpack_arrays(contents[VARIABLES])), state)
    except (CheckpointError, ValueError) as error:
        raise CheckpointError(f"the checkpoint {place} is damaged: {error}") from error


def _numbers(variables: Mapping[str, NDArray[Any]]) -> Mapping[str, NDArray[Any]]:
    """Return variables as they are; no training saves what is no number."""
    for name, values in variables.items():
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise CheckpointError(f"{name[:80]} holds NaN or infinity")
    return variables


def newest(folder: Path, *, parameters: int | None = None) -> tuple[Checkpoint, list[str]]:
    """Read the newest checkpoint that is whole; the notes tell which newer ones are damaged.

    Args:
        folder: of the checkpoints.
        parameters: as of `read`.

    Raises:
        CheckpointError: there is none.
    """
    notes: list[str] = []
    for place in places(folder):
        try:
            return read(place, parameters=parameters), notes
        except CheckpointError as error:
            notes.append(f"{error}; using the one before")
    raise CheckpointError("; ".join(notes[:MOST_TOLD]) if notes else f"{folder} holds no checkpoint: train again")


def restore(variables: Mapping[str, keras.Variable], checkpoint: Checkpoint) -> None:
    """Give variables the values of a checkpoint, all of them or none.

    Raises:
        CheckpointError: a variable is missing, left over, or of another shape or kind.
    """
    stored = checkpoint.variables
    for fault, names in (("lacks", set(variables) - set(stored)), ("has no place for", set(stored) - set(variables))):
        if names:
            raise CheckpointError(f"the checkpoint {checkpoint.folder} {fault} {', '.join(sorted(names)[:3])}")
    values = {name: _fitting(stored[name], variable, name, checkpoint) for name, variable in variables.items()}
    for name, variable in variables.items():
        variable.assign(values[name])


def _fitting(values: NDArray[Any], variable: keras.Variable, name: str, checkpoint: Checkpoint) -> NDArray[Any]:
    """Return values as a variable holds them; counters and seeds are as wide as a backend likes, weights are not.

    Raises:
        CheckpointError: they are of another shape or kind, or too large.
    """
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
