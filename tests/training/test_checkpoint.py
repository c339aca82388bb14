from __future__ import annotations

import json

import numpy as np
import pytest

from exprlearn.errors import CheckpointError
from exprlearn.training import checkpoint


class Variable:
    """A named array that can be assigned, as Keras's variables can."""

    def __init__(self, name, value):
        self.name, self.value = name, np.asarray(value, np.float32)

    @property
    def shape(self):
        return self.value.shape

    def assign(self, value):
        self.value = np.asarray(value)

    def __array__(self, dtype=None, copy=None):
        return self.value


def variables(value=1.0):
    return checkpoint.named("model", [Variable("kernel", np.full((3, 2), value)), Variable("bias", [value])])


def saved(folder, *epochs, best=1):
    for epoch in epochs:
        checkpoint.save(folder, variables(epoch), {"epoch": epoch, "best_epoch": best})


def test_a_checkpoint_gives_back_what_was_saved(tmp_path):
    saved(tmp_path, 1)
    restored = variables(0.0)
    found, notes = checkpoint.newest(tmp_path)
    checkpoint.restore(restored, found)
    assert found.epoch == 1
    assert notes == []
    assert all((np.asarray(value) == 1).all() for value in restored.values())


def test_the_newest_two_and_the_best_are_kept(tmp_path):
    saved(tmp_path, 1, 2, 3, 4, 5, best=2)
    assert sorted(place.name for place in tmp_path.iterdir()) == ["epoch-00002", "epoch-00004", "epoch-00005"]


@pytest.mark.parametrize("name", [checkpoint.VARIABLES, checkpoint.STATE, checkpoint.SUMS])
def test_any_flipped_bit_or_truncation_is_found_and_the_one_before_is_used(tmp_path, name):
    saved(tmp_path, 1, 2)
    file = tmp_path / "epoch-00002" / name
    whole, random = file.read_bytes(), np.random.default_rng([7, len(name)])
    for attempt in range(60):
        place = int(random.integers(len(whole)))
        damaged = bytearray(whole)
        damaged[place] ^= 1 << int(random.integers(8))
        file.write_bytes(damaged if attempt % 2 else whole[:place])
        found, notes = checkpoint.newest(tmp_path)
        same = found.epoch == 2 and all((value == 2).all() for value in found.variables.values())
        assert same or (found.epoch == 1 and "epoch-00002 is damaged" in notes[0])
        assert not (same and name != checkpoint.SUMS)


def test_a_missing_file_is_damage(tmp_path):
    saved(tmp_path, 1)
    (tmp_path / "epoch-00001" / checkpoint.STATE).unlink()
    with pytest.raises(CheckpointError, match="epoch-00001 is damaged"):
        checkpoint.newest(tmp_path)


def test_an_empty_folder_holds_no_checkpoint(tmp_path):
    with pytest.raises(CheckpointError, match="holds no checkpoint"):
        checkpoint.newest(tmp_path)


@pytest.mark.parametrize("fault", ["missing", "left over", "shape"])
def test_restoring_is_all_or_nothing(tmp_path, fault):
    saved(tmp_path, 1)
    found = checkpoint.read(tmp_path / "epoch-00001")
    wanted = variables(0.0)
    if fault == "missing":
        wanted |= checkpoint.named("more", [Variable("extra", [0.0])])
    elif fault == "left over":
        wanted.popitem()
    else:
        wanted["model/0001/bias"] = Variable("bias", [0.0, 0.0])
    with pytest.raises(CheckpointError):
        checkpoint.restore(wanted, found)
    assert (np.asarray(wanted["model/0000/kernel"]) == 0).all()


def test_a_failed_save_leaves_the_earlier_checkpoint_and_no_rest(tmp_path, monkeypatch):
    saved(tmp_path, 1)

    def full(file, data):
        file.write_bytes(data[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint, "_write", full)
    with pytest.raises(CheckpointError, match="No space left"):
        saved(tmp_path, 2)
    assert [place.name for place in tmp_path.iterdir()] == ["epoch-00001"]
    assert checkpoint.newest(tmp_path)[0].epoch == 1


def test_a_checkpoint_holds_no_pickle(tmp_path):
    saved(tmp_path, 1)
    assert json.loads((tmp_path / "epoch-00001" / checkpoint.STATE).read_text())["epoch"] == 1
    with np.load(tmp_path / "epoch-00001" / checkpoint.VARIABLES, allow_pickle=False) as packed:
        assert sorted(packed.files) == ["model/0000/kernel", "model/0001/bias"]
