"""One of several processes that somebody else has started, for the tests of that name; a program.

    KERAS_DISTRIBUTION_…=… python joined.py FOLDER [SECTION.KEY=VALUE ...]

Trains as `exprlearn.walk.learn` does, in a folder for each process, and prints what this process has come to: the
digest of its variables and its losses. Before that it looks at what the processes have in common.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from exprlearn.backend.keras_import import load_keras
from exprlearn.backend.reproducibility import seeded
from exprlearn.config import read_config, resolve
from exprlearn.distributed.ranks import Alone, Ranks, Several
from exprlearn.distributed.workers import this_worker
from exprlearn.errors import TrainingError
from exprlearn.plugin.manager import Plugins
from exprlearn.runs.run_files import read_lines
from exprlearn.training.compiled_steps import Steps
from exprlearn.training.stopping import SIGNALS
from exprlearn.walk import learn


def check_agreement(rank: int) -> None:
    """See that all decide alike, and that what differs is found."""
    ranks = Several(list(SIGNALS.values()))
    time.sleep(0.05 * rank)
    times = [ranks.now() for _ in range(3)]
    assert times == sorted(times)
    assert len({*times}) == 3
    # Only processes of one machine have a clock in common; nobody else can compare here.
    assert times[-1] <= time.monotonic()
    ended = SIGNALS[signal.SIGTERM]
    assert ranks.heard(ended if rank == 1 else None) == ended
    assert ranks.heard(None) is None
    ranks.check_same(lambda: "the same weights")
    with pytest.raises(TrainingError, match="process 1 has come to other weights"):
        ranks.check_same(lambda: f"weights of {rank}")


def check_shares(rank: int, count: int) -> None:
    """See that a process holds its own places of every batch, and those alone."""
    order = np.random.default_rng([7, 0, 0]).permutation(24).astype(np.int32).reshape(3, 8)
    rows = np.arange(72, dtype=np.int32).reshape(24, 3)
    (placed,), _ = (list(each.values()) if each else each for each in Several().place({"rows": rows}, order))
    assert placed.shape == (3, 8, 3)
    (own,) = placed.addressable_shards
    share = 8 // count
    assert (np.asarray(own.data) == rows[order[:, rank * share : (rank + 1) * share]]).all()


def check_added_losses() -> None:
    """See that what a model adds to the loss counts for all processes together as it does for one."""
    import keras

    def loss(ranks: Ranks) -> float:
        with seeded(1):
            source = keras.Input((3,))
            added = {"kernel_regularizer": keras.regularizers.L2(1.0), "activity_regularizer": keras.regularizers.L1()}
            model = keras.Model([source], keras.layers.Dense(2, **added)(source))
        steps = Steps(model, keras.optimizers.SGD(0.1), lambda batch: [batch["x"]], lambda y, _: y.mean(), ranks)
        arrays, order = ranks.place({"x": rows}, np.arange(24, dtype=np.int32).reshape(3, 8))
        return steps.advance(arrays, order, 0, 3, 0.0)

    rows = np.random.default_rng([7, 1, 0]).random((24, 3), np.float32)
    assert loss(Several()) == pytest.approx(loss(Alone()), rel=1e-5)


def main(place: Path, *settings: str) -> None:
    """Check and train."""
    worker = this_worker()
    load_keras("jax", processes=worker.count)
    check_agreement(worker.rank)
    check_shares(worker.rank, worker.count)
    check_added_losses()
    plugins = Plugins(only=())
    components = resolve(read_config(None, {}, settings, plugins=plugins).config, plugins)
    runs = place / str(worker.rank)
    learn(components.config, components, runs=runs, name="joined")
    digest = json.loads((runs / "joined" / "run.json").read_text(encoding="utf-8"))["digest"]
    losses = [row["loss"] for row in read_lines(runs / "joined" / "metrics.jsonl")]
    print(json.dumps({"rank": worker.rank, "digest": digest, "losses": losses}))


if __name__ == "__main__":
    assert "KERAS_DISTRIBUTION_PROCESS_ID" in os.environ
    main(Path(sys.argv[1]), *sys.argv[2:])
