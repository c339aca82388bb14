"""The engine `ray`: Ray Core tasks, on this machine or on a cluster.

Ray is imported and started when the first unit is to run. Units are tasks that Ray itself does not retry, so that a
failure counts the same on every engine. A cluster is joined only when its address is given: anyone who reaches its
ports can run code there, so that it belongs into a private network, with a token.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Annotated, Any

from pydantic import Field

from exprlearn.engines.processes import usable_cores
from exprlearn.engines.units import attempt
from exprlearn.errors import BackendError
from exprlearn.plugin import Options, UnitFailure

ADDRESS = "RAY_ADDRESS"
#: Results are small, files are written by the units themselves; Ray's own share would be a third of the memory.
_STORE_BYTES = 200 << 20
#: It would tell over the network how it is used.
_PRIVATE = {"RAY_USAGE_STATS_ENABLED": "0"}
#: What keeps Ray on the loopback address elsewhere does so on Linux too; an address that is asked for it replaces.
_LOOPBACK = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
_KNOCK_SECONDS = 10.0
#: Units handed over before the first of them has ended, for each worker.
_AHEAD = 2


class RayOptions(Options):
    """How many tasks at once, and where."""

    workers: Annotated[
        int | None, Field(ge=1, description="tasks at once; as many as the machine or cluster has cores when left out")
    ] = None
    fresh: Annotated[bool, Field(description="a new process for each unit, to which no other leaves anything")] = False
    address: Annotated[
        str | None,
        Field(description="of a cluster's head, or auto; RAY_ADDRESS when left out; neither starts Ray here"),
    ] = None


class RayEngine:
    """Runs units as Ray tasks."""

    def __init__(self, options: RayOptions | None = None) -> None:
        self.options = options or RayOptions()
        self._started = False

    @property
    def workers(self) -> int:
        """Tell how many units run at once, as far as it is known before Ray has started."""
        return self.options.workers or usable_cores()

    def run(self, work: Callable[[Any], Any], units: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        """Yield the index and the outcome of every unit, as they end; a `BackendError` when there is no Ray."""
        ray = self._ray()
        task = ray.remote(num_cpus=1, max_retries=0, max_calls=int(self.options.fresh))(attempt)
        work = ray.put(work)
        at_once = self.options.workers or int(ray.cluster_resources().get("CPU", 1)) * _AHEAD
        waiting = iter(enumerate(units))
        indices = {task.remote(work, unit): index for index, unit in islice(waiting, at_once)}
        while indices:
            # All that have ended by now: asking for them one by one would cost a look at every other each time.
            ray.wait(list(indices), num_returns=1)
            ended, _ = ray.wait(list(indices), num_returns=len(indices), timeout=0)
            indices |= {task.remote(work, unit): index for index, unit in islice(waiting, len(ended))}
            for reference in ended:
                yield indices.pop(reference), _outcome(ray, reference)

    def close(self) -> None:
        """Leave the cluster; a Ray that was started here ends."""
        if self._started:
            import ray

            ray.shutdown()
            self._started = False

    def _ray(self) -> Any:
        """Import Ray and start it, or join the cluster."""
        address = self.options.address or os.environ.get(ADDRESS)
        for name, value in (_PRIVATE if address else _PRIVATE | _LOOPBACK).items():
            os.environ.setdefault(name, value)
        try:
            import ray
        except ImportError as error:
            raise BackendError(
                f"the engine 'ray' needs Ray, which is not installed ({error}): python -m pip install 'exprlearn[ray]'"
            ) from error
        if not ray.is_initialized():
            _start(ray, self.options, address)
            self._started = True
        return ray


def _start(ray: Any, options: RayOptions, address: str | None) -> None:
    quiet = {"logging_level": logging.ERROR, "log_to_driver": False}
    try:
        if address:
            _knock(address)
            ray.init(address=address, **quiet)
        else:
            _start_here(ray, options, quiet)
    # A busy machine, a wrong address and a refused connection raise what has no common class but this.
    except Exception as error:
        where = f"no Ray cluster at {address}" if address else "Ray does not start on this machine"
        said = " ".join(str(error).split())
        raise BackendError(f"{where}: {said}; try --engine processes") from error


def _knock(address: str) -> None:
    """Raise an `OSError` when nobody listens there; Ray itself would go on trying for minutes."""
    host, colon, port = address.rpartition(":")
    if colon and port.isdigit() and "/" not in host:
        socket.create_connection((host, int(port)), timeout=_KNOCK_SECONDS).close()


def _start_here(ray: Any, options: RayOptions, quiet: dict[str, Any]) -> None:
    """Start Ray on this machine alone: on the loopback address, without the dashboard."""
    settings = {
        "address": "local",
        "num_cpus": options.workers or usable_cores(),
        "include_dashboard": False,
        "object_store_memory": _STORE_BYTES,
        **quiet,
    }
    try:
        ray.init(**settings)
    # Thirty seconds are all that it gives itself, which a busy machine may need just to read its files.
    except Exception as error:
        if "timed out" not in str(error):
            raise
        ray.shutdown()
        ray.init(**settings)


def _outcome(ray: Any, reference: Any) -> Any:
    try:
        return ray.get(reference)
    except ray.exceptions.RayError as error:
        said = " ".join(str(error).split())
        return UnitFailure(f"its worker was lost ({type(error).__name__}): {said[:200]}")
