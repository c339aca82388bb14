"""Which of several processes this one is, as three variables say, and joining the others.

The variables are those of `keras.distribution.initialize`. Keras is not imported to read them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from exprlearn.errors import BackendError, OptionError

ADDRESSES, COUNT, RANK = (f"KERAS_DISTRIBUTION_{name}" for name in ("JOB_ADDRESSES", "NUM_PROCESSES", "PROCESS_ID"))

#: JAX would put a handler of its own in place of ours, and wait for a signal of its own to save.
_SETTINGS = {"JAX_ENABLE_PREEMPTION_SERVICE": "false", "JAX_CPU_COLLECTIVES_IMPLEMENTATION": "gloo"}


@dataclass(frozen=True)
class TrainingWorker:
    """One of several processes that train one model.

    Attributes:
        rank: which one; the first is 0, and alone writes.
        count: how many there are.
        address: host and port where the first one listens.
    """

    rank: int
    count: int
    address: str

    @property
    def first(self) -> bool:
        """Tell whether this is the process that writes."""
        return self.rank == 0

    def variables(self) -> dict[str, str]:
        """Return the variables that tell a process that it is this one."""
        return {ADDRESSES: self.address, COUNT: str(self.count), RANK: str(self.rank)}


def this_worker(variables: Mapping[str, str] = os.environ) -> TrainingWorker | None:
    """Read which of several processes this one is; None when it is alone.

    Raises:
        OptionError: variables that are missing or no numbers, all of them at once.

    >>> this_worker({})
    >>> this_worker({ADDRESSES: "10.0.0.1:1234,10.0.0.2:1234", COUNT: "2", RANK: "1"})
    TrainingWorker(rank=1, count=2, address='10.0.0.1:1234')
    """
    if COUNT not in variables:
        return None
    missing = [name for name in (ADDRESSES, RANK) if not variables.get(name)]
    if missing:
        raise OptionError([f"{name} is not set beside {COUNT}: set all three or none" for name in missing])
    numbers = {name: variables[name] for name in (COUNT, RANK)}
    wrong = [f"{name} is {value!r}, which is no whole number" for name, value in numbers.items() if not value.isdigit()]
    if wrong:
        raise OptionError(wrong)
    count, rank = int(numbers[COUNT]), int(numbers[RANK])
    if rank >= count:
        raise OptionError(f"{RANK} is {rank} of {count} processes: they are numbered from 0 to {count - 1}")
    return TrainingWorker(rank, count, variables[ADDRESSES].partition(",")[0])


def prepare_to_join() -> None:
    """Say what JAX reads while it is imported."""
    os.environ.update(_SETTINGS)


def join(count: int) -> None:
    """Join the other processes and wait for all of them; JAX must be imported and have computed nothing yet.

    `keras.distribution.initialize` does the same and then draws a seed for all processes, for which it imports
    TensorFlow as well and seeds Python and NumPy for good. Here every seed follows from the config.

    Raises:
        OptionError: nobody said which of the processes this one is.
        BackendError: the others cannot be reached.
    """
    import jax

    worker = this_worker()
    if worker is None or worker.count != count:
        raise OptionError(
            f"training.processes is {count}, and this is one process: exprlearn train --processes {count}, or set "
            f"{ADDRESSES}, {COUNT} and {RANK}"
        )
    try:
        jax.distributed.initialize(worker.address, worker.count, worker.rank)
    except RuntimeError as error:
        said = str(error).partition("\n")[0]
        raise BackendError(
            f"process {worker.rank} of {count} cannot join the others at {worker.address} ({said}): start all of them "
            "at about the same time, where each can reach that address"
        ) from error


def joined() -> bool:
    """Tell whether this process has joined others; JAX must be imported."""
    import jax

    return bool(jax.distributed.is_initialized())


def meet() -> None:
    """Connect with the other processes, and keep the line that Gloo prints for that out of the results."""
    from jax.experimental import multihost_utils

    saved = os.dup(1)
    os.dup2(2, 1)
    try:
        multihost_utils.sync_global_devices("exprlearn")
    finally:
        os.dup2(saved, 1)
        os.close(saved)
