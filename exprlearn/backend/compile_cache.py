"""Code that a backend compiled, kept for the next process: the same model is compiled once on a machine.

Both backends can write what they compile into a folder and read it back, but neither knows damage: TensorFlow stops at
an entry that was cut short or cannot be written, and a flipped bit is run as it is. So each process works in a folder
of its own, filled from a store with those entries whose SHA-256 is right; what is new goes to the store when the
process ends, renamed into place under its digest. `EXPRLEARN_CACHE` names another place for the store; empty, nothing
is kept.
"""

from __future__ import annotations

import atexit
import errno
import hashlib
import os
import platform
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from exprlearn.errors import BackendError
from exprlearn.files import replacing
from exprlearn.visible import tell

VARIABLE = "EXPRLEARN_CACHE"

#: Everything is kept: the small things are what many processes compile again, and how long they take is chance.
LEAST_SECONDS = 0.0
#: Bytes that one store may hold; the oldest entries go first.
MOST_BYTES = 256 << 20
#: Bytes that must be free for what a process compiles.
ROOM_BYTES = 16 << 20

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_ZLIB = b"\x78"
_DIGITS = hashlib.sha256().digest_size * 2
_PACKAGES = {"tensorflow": "tensorflow", "jax": "jaxlib"}
_OWN_SETTINGS = {"tensorflow": "TF_XLA_FLAGS", "jax": "JAX_COMPILATION_CACHE_DIR"}


@dataclass(frozen=True)
class Store:
    """A folder of compiled code, each entry under the digest of its name and bytes."""

    folder: Path

    def hand_out(self, place: Path) -> int:
        """Copy every sound entry into `place`, remove the others, and return how many were copied."""
        sound = 0
        for file in self._files():
            with suppress(FileNotFoundError):  # Another process may drop it meanwhile.
                digest, _, name = file.name.partition("-")
                content = file.read_bytes()
                if digest_of(name, content) != digest:
                    file.unlink()
                    continue
                (place / name).write_bytes(content)
                sound += 1
        return sound

    def take_in(self, place: Path) -> None:
        """Keep the entries of `place` that are new and whole, and no more than fits.

        Raises:
            BackendError: one cannot be written.
        """
        known = {file.name.partition("-")[2] for file in self._files()}
        for file in sorted(place.iterdir()):
            content = b"" if file.name.startswith(".") or file.name in known else file.read_bytes()
            if is_whole(file.name, content):
                with replacing(self.folder / f"{digest_of(file.name, content)}-{file.name}", BackendError) as stream:
                    stream.write(content)
        self._drop_oldest()

    def _files(self) -> list[Path]:
        return [file for file in sorted(self.folder.iterdir()) if len(file.name.partition("-")[0]) == _DIGITS]

    def _drop_oldest(self) -> None:
        left = MOST_BYTES
        for file in sorted(self._files(), key=lambda file: file.stat().st_mtime_ns, reverse=True):
            left -= file.stat().st_size
            if left < 0:
                file.unlink(missing_ok=True)


@contextmanager
def cache_compilations(backend: str) -> Iterator[None]:
    """Let a backend that is imported and started in this block find what was compiled before.

    What it compiles later on is kept when the process ends. Nothing is kept where the user's own settings say what is
    to be, or where no folder can be had: compiling anew is always possible.
    """
    # PyTorch runs as it is.
    keeps = backend in _OWN_SETTINGS and _OWN_SETTINGS[backend] not in os.environ
    place = _session(backend) if keeps else None
    if place is None:
        yield
        return
    os.environ.update(_settings(backend, place))
    try:
        yield
    finally:
        # Processes that this one starts have sessions of their own.
        for name in _settings(backend, place):
            del os.environ[name]


def is_whole(name: str, content: bytes) -> bool:
    """Tell whether a backend has written an entry to its end, as it cannot on a full disk.

    TensorFlow gives an entry its name when it is whole; JAX compresses it, with zlib unless zstandard is there too.
    """
    if not content or name.endswith(".tmp"):
        return False
    if not content.startswith(_ZLIB):
        return True
    reading = zlib.decompressobj()
    try:
        reading.decompress(content)
    except zlib.error:
        return False
    return reading.eof


def digest_of(name: str, content: bytes) -> str:
    """Return the SHA-256 of an entry, which stands for its name too: that says what the code computes."""
    return hashlib.sha256(name.encode() + b"\0" + content).hexdigest()


def store_root() -> Path | None:
    """Tell where stores lie; None when nothing is to be kept."""
    named = os.environ.get(VARIABLE)
    if named is not None:
        return Path(named) if named else None
    from platformdirs import user_cache_path

    return user_cache_path("exprlearn") / "compiled"


def fingerprint(backend: str) -> str:
    """Name everything that compiled code depends on besides what was compiled: versions, processor, threads, flags."""
    facts = [
        version(_PACKAGES[backend]),
        version("keras"),
        platform.machine(),
        _features(),
        str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()),
        *(os.environ.get(name, "") for name in ("XLA_FLAGS", "OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")),
    ]
    return f"{backend}-{facts[0]}-{hashlib.sha256('|'.join(facts).encode()).hexdigest()[:12]}"


def _features() -> str:
    """Describe the processor: code compiled for one may stop on another."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith(("flags", "Features")):
                return line
    return platform.processor()


def _settings(backend: str, place: Path) -> dict[str, str]:
    """Return the variables that tell a backend where to look, read while it is imported and started."""
    if backend == "jax":
        return {
            _OWN_SETTINGS[backend]: str(place),
            "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": str(LEAST_SECONDS),
            # A folder for a GPU's measurements would be part of every entry's key, and each session has its own.
            "JAX_PERSISTENT_CACHE_ENABLE_XLA_CACHES": "",
        }
    flags = f"--tf_xla_persistent_cache_directory={place} --tf_xla_persistent_cache_device_types=CPU"
    return {_OWN_SETTINGS[backend]: flags}


def _session(backend: str) -> Path | None:
    """Make this process's own folder, filled from the store, which gets what is new at the end.

    Without room for what is going to be compiled nothing is kept, and that is told.
    """
    root = store_root()
    if root is None or sys.platform == "win32":
        return None
    store = Store(root / fingerprint(backend))
    try:
        sessions = store.folder / "sessions"
        sessions.mkdir(parents=True, exist_ok=True)
        _sweep(sessions)
        place = Path(tempfile.mkdtemp(dir=sessions))
        lock = _locked(place)
        try:
            _see_to_room(place)
            store.hand_out(place)
        except OSError:
            shutil.rmtree(place, ignore_errors=True)
            os.close(lock)
            raise
    except OSError as error:
        if error.errno in _FULL:
            tell(f"note: what is compiled is not kept: {root}: {error.strerror}")
        return None
    atexit.register(_end, store, place, lock, os.getpid())
    return place


def _see_to_room(place: Path) -> None:
    """Raise an OSError where the disk is full, or what a user may have of it: TensorFlow would stop at an entry."""
    file = place / ".room"
    file.write_bytes(bytes(ROOM_BYTES))
    file.unlink()


def _end(store: Store, place: Path, lock: int, process: int) -> None:
    if process != os.getpid():
        return  # A fork of the process that works there.
    try:
        store.take_in(place)
    except (OSError, BackendError) as error:
        tell(f"note: what was compiled is not kept: {error}")
    shutil.rmtree(place, ignore_errors=True)
    os.close(lock)


def _sweep(sessions: Path) -> None:
    """Remove the folders of processes that were killed; a living one holds a lock on its own."""
    for place in sessions.iterdir():
        with suppress(OSError):
            os.close(_locked(place))
            shutil.rmtree(place)


def _locked(place: Path) -> int:
    """Lock a folder, and raise a BlockingIOError when another process has."""
    import fcntl

    descriptor = os.open(place / ".lock", os.O_CREAT | os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
