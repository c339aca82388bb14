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


def test_200_truncations_and_500_flipped_bits_are_found_and_the_one_before_is_used(tmp_path):
    saved(tmp_path, 1, 2)
    newest, random = tmp_path / "epoch-00002", np.random.default_rng(7)
    whole = {file.name: file.read_bytes() for file in newest.iterdir()}
    assert set(whole) == {checkpoint.VARIABLES, checkpoint.STATE, checkpoint.SUMS}
    for attempt in range(700):
        name = sorted(whole)[attempt % 3]
        place = int(random.integers(len(whole[name])))
        damaged = bytearray(whole[name][:place] if attempt < 200 else whole[name])
        if attempt >= 200:
            damaged[place] ^= 1 << int(random.integers(8))
        (newest / name).write_bytes(damaged)
        found, notes = checkpoint.newest(tmp_path)
        assert found.epoch == 1
        assert all((value == 1).all() for value in found.variables.values())
        assert "epoch-00002 is damaged" in notes[0]
        assert "using the one before" in notes[0]
        (newest / name).write_bytes(whole[name])
    assert checkpoint.newest(tmp_path)[0].epoch == 2


def test_a_checkpoint_in_the_middle_of_an_epoch_comes_after_its_beginning_and_before_its_end(tmp_path):
    for epoch, step in ((2, 0), (2, 100000), (1, 7), (2, 20), (10, 0), (100000, 0)):
        checkpoint.save(tmp_path, variables(epoch + step), {"epoch": epoch, "step": step})
    (tmp_path / "epoch-of-somebody").mkdir()
    moments = [checkpoint.read(place).moment for place in checkpoint.places(tmp_path)]
    assert moments == [(100000, 0), (10, 0), (2, 100000), (2, 20), (2, 0), (1, 7)]


@pytest.mark.parametrize("sums", ["[" * 100_000, "{}", "[]", "null"])
def test_sums_that_are_none_are_damage(tmp_path, sums):
    saved(tmp_path, 1)
    (tmp_path / "epoch-00001" / checkpoint.SUMS).write_text(sums)
    with pytest.raises(CheckpointError, match="epoch-00001 is damaged"):
        checkpoint.read(tmp_path / "epoch-00001")


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


def test_a_checkpoint_holds_no_pickle(tmp_path):
    saved(tmp_path, 1)
    assert json.loads((tmp_path / "epoch-00001" / checkpoint.STATE).read_text())["epoch"] == 1
    with np.load(tmp_path / "epoch-00001" / checkpoint.VARIABLES, allow_pickle=False) as packed:
        assert sorted(packed.files) == ["model/0000/kernel", "model/0001/bias"]
