"""Checkpoints: whole folders, renamed into place, each with the sha256 of its files.

A checkpoint holds every variable of the model and of the optimizer, seed generators included, and the position of the
training: what a resumed run needs to end with the same bits as one that was never interrupted.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.errors import CheckpointError
from exprlearn.files import sync_folder

if TYPE_CHECKING:
    import keras

VARIABLES, STATE, SUMS = "variables.npz", "state.json", "sha256.json"
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
        return int(self.state["epoch"])

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
    packed = io.BytesIO()
    np.savez(packed, allow_pickle=False, **{name: np.asarray(value) for name, value in variables.items()})
    contents = {VARIABLES: packed.getvalue(), STATE: json.dumps(dict(state), indent=2).encode()}
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


def read(place: Path) -> Checkpoint:
    """Read one checkpoint; nothing is interpreted before its sum is checked.

    Raises:
        CheckpointError: a file is missing or is not what was written.
    """
    try:
        sums = json.loads((place / SUMS).read_bytes())
        contents = {name: (place / name).read_bytes() for name in (VARIABLES, STATE)}
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointError(f"the checkpoint {place} is damaged: {error}") from error
    for name, data in contents.items():
        if not isinstance(sums, dict) or sums.get(name) != hashlib.sha256(data).hexdigest():
            raise CheckpointError(f"the checkpoint {place} is damaged: {name} is not what was written")
    try:
        with np.load(io.BytesIO(contents[VARIABLES]), allow_pickle=False) as packed:
            variables = {name: packed[name] for name in packed.files}
        return Checkpoint(place, variables, json.loads(contents[STATE]))
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise CheckpointError(f"the checkpoint {place} cannot be read: {error}") from error


def newest(folder: Path) -> tuple[Checkpoint, list[str]]:
    """Read the newest checkpoint that is whole; the notes tell which newer ones are damaged.

    Raises:
        CheckpointError: there is none.
    """
    notes: list[str] = []
    for place in places(folder):
        try:
            return read(place), notes
        except CheckpointError as error:
            notes.append(f"{error}; using the one before")
    raise CheckpointError("; ".join(notes) if notes else f"{folder} holds no checkpoint: train again")


def restore(variables: Mapping[str, keras.Variable], checkpoint: Checkpoint) -> None:
    """Give variables the values of a checkpoint, all of them or none.

    Raises:
        CheckpointError: a variable is missing, left over or of another shape.
    """
    stored = checkpoint.variables
    for fault, names in (("lacks", set(variables) - set(stored)), ("has no place for", set(stored) - set(variables))):
        if names:
            raise CheckpointError(f"the checkpoint {checkpoint.folder} {fault} {', '.join(sorted(names)[:3])}")
    for name, variable in variables.items():
        if tuple(variable.shape) != stored[name].shape:
            raise CheckpointError(
                f"the checkpoint {checkpoint.folder} holds {name} as {stored[name].shape}, not {tuple(variable.shape)}"
            )
    for name, variable in variables.items():
        variable.assign(stored[name])


def group(checkpoint: Checkpoint, prefix: str) -> Checkpoint:
    """Return the checkpoint with the variables of one group only, such as `model`."""
    chosen = {name: value for name, value in checkpoint.variables.items() if name.startswith(f"{prefix}/")}
    return Checkpoint(checkpoint.folder, chosen, checkpoint.state)
