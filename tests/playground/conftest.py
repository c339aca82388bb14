from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

import exprlearn as xl
from exprlearn.playground.server import address_of, listening, server
from exprlearn.plugin.manager import Plugins

RUN = Path(__file__).parents[1] / "report" / "data" / "mixed-seq2seq-1"
PLUGINS = Plugins(only=())


@contextmanager
def served(runs: Path) -> Iterator[str]:
    """Serve the page of a folder of runs, as the command does."""
    made = server(runs, PLUGINS)
    with listening(0) as opened:
        thread = Thread(target=made.run, kwargs={"sockets": [opened]}, daemon=True)
        thread.start()
        while not made.started:
            time.sleep(0.01)
        yield address_of(opened)
        made.should_exit = True
        thread.join(30)
    assert not thread.is_alive()


@pytest.fixture(scope="session")
def serve() -> Callable[[Path], Any]:
    return served


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """Copy the small run, which has no weights, into a folder of runs."""
    return Path(shutil.copytree(RUN, tmp_path / "runs" / RUN.name))


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train a small model, beside which the recorded run lies."""
    runs = tmp_path_factory.mktemp("runs")
    run = xl.train(
        "addition",
        settings=[
            f"training.backend={os.environ.get('EXPRLEARN_TEST_BACKEND', 'tensorflow')}",
            *("grammar.range=0..9", "data.validation=5", "data.test=5", "training.batch_size=32"),
            "model.units=8",
        ],
        model="repeat-vector",
        runs=runs,
        name="tiny",
        plugins=PLUGINS,
        epochs=1,
        examples_per_epoch=64,
    )
    shutil.copytree(RUN, runs / RUN.name)
    return run.folder.path
