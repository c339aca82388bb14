"""What the processes that train one model do together: the same steps on shares of each batch, and the same decisions.

Variables, answers and checkpoints belong to each process alone and are equal everywhere. Only a compiled call spans all
processes: there `keras.distribution.DataParallel` lays the model out on every device and a batch across them, and JAX
adds the gradients up. Whatever depends on a clock or on a signal is decided by all alike, or they would wait for ever.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from exprlearn.errors import OptionError, TrainingError

#: How JAX says that another process does not answer any more; it has no exception of its own for that.
_GONE = ("Gloo", "NCCL", "Connection", "heartbeat", "coordination service")


class Ranks(Protocol):
    """All processes of a training, as one of them sees them; every method is called by all at the same point."""

    def now(self) -> float:
        """Return seconds on a clock that all processes read alike."""

    def heard(self, wish: str | None) -> str | None:
        """Return the wish to stop that any process has heard."""

    def check_same(self, described: Callable[[], str]) -> None:
        """Compare what this process has come to, variables and position, with the others; alone nothing is described.

        Raises:
            TrainingError: they differ.
        """

    def place(self, arrays: Mapping[str, NDArray[Any]], order: NDArray[np.int32]) -> tuple[dict[str, Any], Any]:
        """Send the arrays of an epoch and its order (steps, batch) to the devices, once, however many calls it takes.

        See `Steps.advance` for what comes back.
        """

    def compiled(self, run: Callable[..., Any]) -> Callable[..., Any]:
        """Compile a JAX function of a state and of what `place` returns; it returns the new state and a scalar."""


class Alone:
    """The one process of most trainings."""

    def now(self) -> float:
        """Return seconds on the clock."""
        return time.monotonic()

    def heard(self, wish: str | None) -> str | None:
        """Return the wish to stop that was heard."""
        return wish

    def check_same(self, described: Callable[[], str]) -> None:
        """Have nobody to differ from."""

    def place(self, arrays: Mapping[str, NDArray[Any]], order: NDArray[np.int32]) -> tuple[dict[str, Any], Any]:
        """Send arrays and order to the device."""
        import keras

        send: Callable[[Any], Any] = keras.ops.convert_to_tensor
        if keras.backend.backend() == "jax":
            import jax

            # Keras would compile a copy for each shape.
            send = jax.device_put
        return {name: send(array) for name, array in arrays.items()}, send(order)

    def compiled(self, run: Callable[..., Any]) -> Callable[..., Any]:
        """Compile for one device."""
        import jax

        return jax.jit(run, donate_argnums=0)  # type: ignore[no-any-return]


class Several:
    """This process beside others; Keras must run on JAX and have joined them.

    Args:
        wishes: every wish to stop that a process may hear, the one that counts most last.
    """

    def __init__(self, wishes: Sequence[str] = ()) -> None:
        import jax
        import keras

        self.wishes = (None, *wishes)

        layout = keras.distribution.DataParallel(auto_shard_dataset=False)
        mesh, spec = layout.device_mesh.backend_mesh, jax.sharding.PartitionSpec
        self._everywhere = jax.sharding.NamedSharding(mesh, spec())
        # An array of an epoch is (steps, batch, …): every device has its places of each batch.
        self._shared = jax.sharding.NamedSharding(mesh, spec(None, layout.batch_dim_name))

    def now(self) -> float:
        """Return seconds on the clock of the first process, to the last bit."""
        words = self._gathered(np.array([time.monotonic()]).view(np.uint32))
        return float(words[0].view(np.float64)[0])

    def heard(self, wish: str | None) -> str | None:
        """Return the wish to stop that any process has heard."""
        # Several may have heard several: all processes choose the same one, the last of their list.
        return self.wishes[int(self._gathered(np.array([self.wishes.index(wish)], np.int32)).max())]

    def check_same(self, described: Callable[[], str]) -> None:
        """Compare everything by its SHA-256.

        Raises:
            TrainingError: it differs.
        """
        digests = self._gathered(np.frombuffer(hashlib.sha256(described().encode()).digest(), np.uint8))
        other = (digests != digests[0]).any(axis=1)
        if other.any():
            raise TrainingError(
                f"process {int(other.argmax())} has come to other weights than process 0: run all of them with the "
                "same versions on machines of one kind, and go on from the last checkpoint with --resume"
            )

    def place(self, arrays: Mapping[str, NDArray[Any]], order: NDArray[np.int32]) -> tuple[dict[str, Any], Any]:
        """Lay the examples out as (steps, batch, …), of which this process reads the places that are its own.

        Raises:
            OptionError: the batch cannot be shared among all devices.
        """
        import jax

        steps, batch = order.shape
        count = self._shared.mesh.size
        if batch % count:
            raise OptionError(f"{count} devices cannot share {batch} rows evenly: choose another training.batch_size")

        def lay_out(rows: NDArray[Any]) -> Any:
            shape = (steps, batch, *rows.shape[1:])
            return jax.make_array_from_callback(shape, self._shared, lambda places: rows[order[places[:2]]])

        return {name: lay_out(rows) for name, rows in arrays.items()}, None

    def compiled(self, run: Callable[..., Any]) -> Callable[..., Any]:
        """Compile for all devices; state goes in and comes out as arrays of this process."""
        import jax

        fast = jax.jit(run, donate_argnums=0, out_shardings=self._everywhere)

        def run_together(state: Any, *arguments: Any) -> Any:
            with _together():
                found = fast(jax.tree.map(self._spread, state), *arguments)
                return jax.block_until_ready(jax.tree.map(lambda array: array.addressable_data(0), found))

        return run_together

    def _spread(self, value: Any) -> Any:
        """Make what every process has a value that all have together."""
        import jax

        own = [jax.device_put(value, device) for device in self._everywhere.addressable_devices]
        return jax.make_array_from_single_device_arrays(value.shape, self._everywhere, own)

    def _gathered(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the values (n,) of every process as (processes, n)."""
        from jax.experimental import multihost_utils

        with _together():
            return np.asarray(multihost_utils.process_allgather(values))


@contextmanager
def _together() -> Iterator[None]:
    """Say in our words that another process is gone."""
    try:
        yield
    except (ValueError, RuntimeError) as error:
        if not any(sign in str(error) for sign in _GONE):
            raise
        said = str(error).partition("\n")[0]
        raise TrainingError(
            f"another process of this training is gone ({said}): start all again with --resume"
        ) from error


def ranks_of(processes: int, wishes: Sequence[str]) -> Ranks:
    """Return the processes of a training; those of one that spans several must have joined each other."""
    return Several(wishes) if processes > 1 else Alone()
