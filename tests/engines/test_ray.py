"""Ray tasks on this machine, on an emulated cluster, with workers and a whole node that are killed.

    pytest -n 0 -m slow tests/engines/test_ray.py

Ray takes 7 to 50 seconds to start, so that all tests of a module share one.
"""

from __future__ import annotations

import importlib.util
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from exprlearn.dataset.store import build
from exprlearn.engines import SerialEngine, run_units
from exprlearn.engines.ray import RayEngine, RayOptions
from exprlearn.errors import BackendError

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is an extra"),
    pytest.mark.filterwarnings("ignore"),
]
HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def ray_path() -> Iterator[None]:
    """Let Ray's workers find the units of the tests by name."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(HERE), *([before] if before else [])])
    yield
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before


@pytest.fixture(scope="module")
def engine(ray_path: None) -> Iterator[RayEngine]:
    started = RayEngine(RayOptions(workers=2))
    yield started
    started.close()


@pytest.fixture(scope="module")
def recipe() -> Any:
    from exprlearn.config import RunConfig, resolve
    from exprlearn.dataset.store import recipe_of
    from exprlearn.plugin.manager import Plugins

    data = {"train": 60_000, "validation": 500, "test": 500, "shards": 12}
    config = RunConfig.model_validate({"grammar": {"name": "mixed"}, "data": data})
    return recipe_of(resolve(config, Plugins(only=())))


def workers_at_work() -> list[int]:
    """List the processes that Ray has named after the function that they run."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if place.read_bytes().startswith(b"ray::attempt"):
                found.append(int(place.parent.name))
    return found


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, recipe: Any) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("whole") / "data"
    build(folder, recipe, engine=SerialEngine())
    return contents(folder)


def test_a_folder_has_the_bytes_of_the_serial_engine_and_a_second_build_writes_nothing(
    engine: RayEngine, recipe: Any, whole: dict[str, bytes], tmp_path: Path
) -> None:
    build(tmp_path / "data", recipe, engine=engine)
    assert contents(tmp_path / "data") == whole
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "data").iterdir()}
    assert build(tmp_path / "data", recipe, engine=engine).written == ()
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "data").iterdir()} == before


def test_a_unit_whose_worker_is_killed_is_done_by_another(engine: RayEngine, tmp_path: Path) -> None:
    import units  # type: ignore[import-not-found]

    work = [(str(tmp_path), number) for number in range(6)]
    assert dict(run_units(engine, units.killed_once, work)) == {number: number for number in range(6)}


def test_a_unit_that_kills_its_worker_each_time_is_named(engine: RayEngine, tmp_path: Path) -> None:
    import units

    work = [(str(tmp_path), number) for number in range(4)]
    outcomes = dict(run_units(engine, units.always_killed, work))
    assert outcomes[2].said.startswith("its worker was lost (WorkerCrashedError)")
    assert [len((tmp_path / f"attempts-{number}").read_text()) for number in range(4)] == [1, 1, 2, 1]


def test_a_worker_killed_in_the_middle_of_a_folder_changes_no_byte(
    engine: RayEngine, recipe: Any, whole: dict[str, bytes], tmp_path: Path
) -> None:
    folder, killed = tmp_path / "data", []

    def heard(name: str, rows: int, was_there: bool) -> None:
        if not killed:
            killed.extend(workers_at_work()[:1])
            for process in killed:
                os.kill(process, signal.SIGKILL)

    build(folder, recipe, engine=engine, heard=heard)
    assert killed
    assert contents(folder) == whole


def test_a_cluster_that_is_not_there_is_told_with_its_address(engine: RayEngine) -> None:
    engine.close()
    with pytest.raises(BackendError, match=r"no Ray cluster at 127\.0\.0\.1:1: .*; try --engine processes"):
        list(RayEngine(RayOptions(address="127.0.0.1:1")).run(len, ["one"]))


def test_a_node_that_is_lost_changes_no_byte(
    engine: RayEngine, recipe: Any, whole: dict[str, bytes], tmp_path: Path
) -> None:
    from ray.cluster_utils import Cluster

    engine.close()
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    lost = [cluster.add_node(num_cpus=1)]
    folder, done = tmp_path / "data", 0

    def heard(name: str, rows: int, was_there: bool) -> None:
        nonlocal done
        done += 1
        if done == 3:
            cluster.remove_node(lost.pop(), allow_graceful=False)

    joined = RayEngine(RayOptions(address=cluster.address))
    try:
        build(folder, recipe, engine=joined, heard=heard)
    finally:
        joined.close()
        cluster.shutdown()
    assert not lost
    assert contents(folder) == whole
