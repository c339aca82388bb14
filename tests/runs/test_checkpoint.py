from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest

from exprlearn.errors import CheckpointError
from exprlearn.runs import checkpoint


class Variable:
    """A named array that can be assigned, as Keras's variables can."""

    def __init__(self, name, value, dtype=np.float32):
        self.name, self.value = name, np.asarray(value, dtype)

    @property
    def shape(self):
        return self.value.shape

    @property
    def dtype(self):
        return str(self.value.dtype)

    def assign(self, value):
        self.value = np.asarray(value)

    def __array__(self, dtype=None, copy=None):
        return self.value


def variables(value=1.0):
    return checkpoint.name_variables("model", [Variable("kernel", np.full((3, 2), value)), Variable("bias", [value])])


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
    moments = [checkpoint.read(place).moment for place in checkpoint.list_checkpoints(tmp_path)]
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
        wanted |= checkpoint.name_variables("more", [Variable("extra", [0.0])])
    elif fault == "left over":
        wanted.popitem()
    else:
        wanted["model/0001/bias"] = Variable("bias", [0.0, 0.0])
    with pytest.raises(CheckpointError):
        checkpoint.restore(wanted, found)
    assert (np.asarray(wanted["model/0000/kernel"]) == 0).all()


@pytest.mark.parametrize("dtype", ["<U8", "<i8", "<c8", "<f8", "<f2", "|b1", "|O"])
def test_weights_of_another_kind_are_refused_and_nothing_is_assigned(tmp_path, dtype):
    odd = np.ones(1, np.float32).astype(dtype)
    values = {"model/0000/kernel": np.ones((3, 2), np.float32), "model/0001/bias": odd}
    wanted = variables(0.0)
    with pytest.raises(CheckpointError, match="model/0001/bias"):
        checkpoint.restore(wanted, checkpoint.Checkpoint(tmp_path, values, {"epoch": 1}))
    assert all((np.asarray(value) == 0).all() for value in wanted.values())


@pytest.mark.parametrize("dtype", ["<U8", "<c8", "<M8[s]"])
def test_what_is_no_number_is_not_even_read(tmp_path, dtype):
    checkpoint.save(tmp_path, {"model/0000/kernel": np.zeros(2, dtype)}, {"epoch": 1})
    with pytest.raises(CheckpointError, match=r"kernel\.npy is no array of numbers"):
        checkpoint.read(tmp_path / "epoch-00001")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_no_numbers_are_said_and_the_checkpoint_before_is_used(tmp_path, value):
    saved(tmp_path, 1)
    checkpoint.save(tmp_path, variables(value), {"epoch": 2, "best_epoch": 1})
    found, notes = checkpoint.newest(tmp_path)
    assert found.epoch == 1
    assert "epoch-00002 is damaged: model/0000/kernel holds NaN or infinity; using the one before" in notes[0]


def test_counters_and_seeds_are_as_wide_as_a_backend_likes(tmp_path):
    wanted = checkpoint.name_variables("model", [Variable("seed", [0, 0], np.uint32)])
    stored = {"model/0000/seed": np.array([7, 2**32 - 1], np.int64)}
    checkpoint.restore(wanted, checkpoint.Checkpoint(tmp_path, stored, {"epoch": 1}))
    assert wanted["model/0000/seed"].value.tolist() == [7, 2**32 - 1]
    for odd in (-1, 2**32):
        stored = {"model/0000/seed": np.array([odd, 0], np.int64)}
        with pytest.raises(CheckpointError, match=r"int64, not .* uint32"):
            checkpoint.restore(wanted, checkpoint.Checkpoint(tmp_path, stored, {"epoch": 1}))


@pytest.mark.parametrize(
    "state",
    [b"[" * 9999, b"[]", b"{}" * 2, b'{"epoch": "x"}', b'{"epoch": -1}', b'{"best_epoch": "x"}', b'{"loss": NaN}'],
)
def test_a_state_that_no_training_was_in_is_damage_even_with_the_right_sum(tmp_path, state):
    saved(tmp_path, 1)
    sums = json.loads((tmp_path / "epoch-00001" / checkpoint.SUMS).read_text())
    (tmp_path / "epoch-00001" / checkpoint.STATE).write_bytes(state)
    sums[checkpoint.STATE] = hashlib.sha256(state).hexdigest()
    (tmp_path / "epoch-00001" / checkpoint.SUMS).write_text(json.dumps(sums))
    with pytest.raises(CheckpointError, match="epoch-00001 is damaged"):
        checkpoint.read(tmp_path / "epoch-00001")


def test_no_more_is_read_than_a_model_of_so_many_parameters_writes(tmp_path):
    saved(tmp_path, 1)
    assert checkpoint.read(tmp_path / "epoch-00001", parameters=7).epoch == 1
    with (tmp_path / "epoch-00001" / checkpoint.VARIABLES).open("r+b") as stream:
        stream.truncate(2**40)
    with pytest.raises(CheckpointError, match="too large: it has 1099511627776 bytes"):
        checkpoint.read(tmp_path / "epoch-00001", parameters=7)


def test_a_checkpoint_holds_no_pickle(tmp_path):
    saved(tmp_path, 1)
    assert json.loads((tmp_path / "epoch-00001" / checkpoint.STATE).read_text())["epoch"] == 1
    with np.load(tmp_path / "epoch-00001" / checkpoint.VARIABLES, allow_pickle=False) as packed:
        assert sorted(packed.files) == ["model/0000/kernel", "model/0001/bias"]
