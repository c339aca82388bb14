from __future__ import annotations

import json

import numpy as np
import pytest

from exprlearn.errors import CheckpointError
from exprlearn.runs import checkpoint
from exprlearn.runs.retention import best_weights, forget_after, prune


def saved(folder, *epochs, best=1, step=0):
    for epoch in epochs:
        state = {"epoch": epoch, "step": step, "best_epoch": best}
        checkpoint.save(folder, {"model/0000/kernel": np.full(2, epoch, np.float32)}, state)
        prune(folder)


def names(folder):
    return sorted(place.name for place in folder.iterdir())


def damage(folder, name):
    (folder / name / checkpoint.VARIABLES).write_bytes(b"nothing")


def test_the_newest_two_and_the_best_are_kept(tmp_path):
    saved(tmp_path, 1, 2, 3, 4, 5, best=2)
    assert names(tmp_path) == ["epoch-00002", "epoch-00004", "epoch-00005"]


def test_the_best_of_the_one_before_is_kept_too(tmp_path):
    saved(tmp_path, 1, 2, 3, 4, best=2)
    saved(tmp_path, 5, best=5)
    damage(tmp_path, "epoch-00005")
    newest, notes = checkpoint.newest(tmp_path)
    assert "epoch-00005 is damaged" in notes[0]
    best, more = best_weights(newest)
    assert (best.epoch, more) == (2, [])


def test_what_a_killed_save_left_is_removed(tmp_path):
    (tmp_path / ".epoch-00001.0123abcd").mkdir()
    saved(tmp_path, 1)
    assert names(tmp_path) == ["epoch-00001"]


def test_a_damaged_best_is_told_and_the_newest_used(tmp_path):
    saved(tmp_path, 1, 2)
    damage(tmp_path, "epoch-00001")
    newest, _ = checkpoint.newest(tmp_path)
    best, notes = best_weights(newest)
    assert best.epoch == 2
    assert notes[0].endswith("using the weights after epoch 2 instead of the best")


def test_without_a_whole_epoch_the_newest_weights_are_used_and_that_is_told(tmp_path):
    saved(tmp_path, 0, best=0, step=12)
    newest, _ = checkpoint.newest(tmp_path)
    best, notes = best_weights(newest)
    assert best is newest
    assert notes == ["no epoch is done yet: the weights are those after 12 steps"]


def test_damaged_checkpoints_after_the_used_one_are_removed(tmp_path):
    saved(tmp_path, 1, 2)
    damage(tmp_path, "epoch-00002")
    newest, _ = checkpoint.newest(tmp_path)
    forget_after(newest)
    assert names(tmp_path) == ["epoch-00001"]


def test_an_old_checkpoint_that_cannot_be_removed_is_named(tmp_path):
    saved(tmp_path, 1, best=3)
    old = tmp_path / "epoch-00000"
    old.write_text("a file where a folder should be")
    with pytest.raises(CheckpointError, match=r"cannot remove the old checkpoint .*epoch-00000"):
        saved(tmp_path, 2, best=3)


def test_a_state_without_a_best_keeps_nothing_more(tmp_path):
    saved(tmp_path, 1, 2)
    (tmp_path / "epoch-00002" / checkpoint.STATE).write_text(json.dumps([]))
    saved(tmp_path, 3, 4, best=4)
    assert names(tmp_path) == ["epoch-00003", "epoch-00004"]
