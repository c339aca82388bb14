"""What holds for every test of the repository, those of `plugins/` included."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest

#: More processes need a gigabyte each, for TensorFlow.
MOST_PROCESSES = 4


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Let pytest-xdist, where it is installed, run tests on every core, unless the command says otherwise."""
    asked = config.option
    is_asked = getattr(asked, "numprocesses", 0) is not None or asked.tx or asked.usepdb
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if is_asked or cores == 1 or hasattr(config, "workerinput"):
        return
    asked.numprocesses = min(cores, MOST_PROCESSES)
    if asked.dist == "no":
        asked.dist = "worksteal"


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Look for no examples in tests: it takes seconds, and imports the Keras that a test only names."""
    found = yield
    return [node for node in found if isinstance(node, pytest.Module) or not file_path.name.startswith("test_")]


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name no test by bytes or by a long text: they tell a reader nothing, and may differ in the other process."""
    return argname if isinstance(val, bytes) or (isinstance(val, str) and len(val) > 200) else None
