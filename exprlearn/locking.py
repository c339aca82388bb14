"""One writer at a time for a folder that is written over time.

The lock is `flock` on the file `.lock` in the folder, which says who holds it. The system releases it when the process
that holds it ends, however that happens: what a killed process leaves counts for nothing, and no process number is
compared. Processes of several machines see each other's locks where the file system carries them, as NFS 4 does.
Anyone who only reads a folder needs no lock.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import platform
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from weakref import WeakSet

from exprlearn.errors import ExprLearnError
from exprlearn.visible import visible_line

NAME: Final = ".lock"
#: Anyone who asks `is_held` has the lock for a moment; so long it is asked for again.
PATIENCE_SECONDS: Final = 0.5
_PAUSE_SECONDS = 0.02
_MOST_BYTES = 2000
_READ_ONLY: Final = (errno.EACCES, errno.EPERM, errno.EROFS)
_WITHOUT_LOCKS: Final = (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS)


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who writes a folder since when: a process on a host, `doing` what such as "run a is being trained"."""

    doing: str
    process: int
    host: str
    since: str

    def __str__(self) -> str:
        return f"{self.doing} by process {self.process} on {self.host} since {self.since}"


class Lock:
    """A folder that this process alone writes; as a context it is released at the end.

    Without a folder nothing is locked, and without the `descriptor` of an open lock file none can be had, of which the
    notes tell the user.
    """

    def __init__(
        self,
        folder: Path | None = None,
        failure: type[ExprLearnError] = ExprLearnError,
        descriptor: int | None = None,
        notes: tuple[str, ...] = (),
    ) -> None:
        self.folder, self.notes = folder, notes
        self._failure, self._descriptor = failure, descriptor
        _HELD.add(self)

    def __enter__(self) -> Lock:
        return self

    def __exit__(self, *error: object) -> None:
        self.release()

    def check(self) -> None:
        """Raise the `failure` when the folder is not there any more, or not this process's."""
        if self.folder is None:
            return
        is_ours = self.folder.is_dir() if self._descriptor is None else _is_in_place(self.folder, self._descriptor)
        if not is_ours:
            raise self._failure(
                f"{self.folder} was removed, renamed or taken over by another process while this one was writing it: "
                "nothing more is written there"
            )

    def release(self) -> None:
        """Let others write the folder, and leave no file there; does nothing the second time."""
        descriptor, self._descriptor = self._descriptor, None
        if self.folder is None or descriptor is None:
            return
        # Where the file cannot be removed it stays, and locks nothing; of several holders the last removes it.
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_in_place(self.folder, descriptor):
                (self.folder / NAME).unlink()
        os.close(descriptor)

    def leave_to_parent(self) -> None:
        """Forget the lock in a process that was forked: it must not keep it when the one that holds it is gone."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


_HELD: WeakSet[Lock] = WeakSet()


def _leave_all() -> None:
    for lock in [*_HELD]:
        lock.leave_to_parent()


os.register_at_fork(after_in_child=_leave_all)


def hold(folder: Path, doing: str, failure: type[ExprLearnError], *, shared: bool = False) -> Lock:
    """Lock a folder for this process; the `failure` says that somebody else writes it, or that no lock can be written.

    Args:
        folder: what is going to be written; it must be there.
        doing: what is done to it, such as "run a is being trained": others are told.
        failure: what is raised.
        shared: whether others who say so may write it at the same time.
    """
    now = f"{datetime.now().astimezone():%Y-%m-%d %H:%M %Z}"
    mine = Holder(doing=doing, process=os.getpid(), host=platform.node(), since=now)
    try:
        descriptor = _locked(folder, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
    except BlockingIOError:
        raise failure(_refusal(folder)) from None
    except OSError as error:
        return _unlocked(folder, failure, error)
    lock = Lock(folder, failure, descriptor, _left_behind(_holder(descriptor), mine))
    try:
        _write(descriptor, mine)
    except OSError as error:
        lock.release()
        raise failure(f"cannot write {folder / NAME}: {error.strerror or error}") from error
    return lock


def is_held(folder: Path) -> bool:
    """Tell whether a process alone writes a folder just now, be it this one; true where that cannot be found out."""
    try:
        descriptor = os.open(folder / NAME, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return False
    except OSError:
        return folder.is_dir()
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def wait_until_free(folder: Path, seconds: float) -> None:
    """Wait for the process that writes a folder to end, as a process asked to end does, but no longer than so many."""
    deadline = time.monotonic() + seconds
    while is_held(folder) and time.monotonic() < deadline:
        time.sleep(_PAUSE_SECONDS)


def _locked(folder: Path, mode: int) -> int:
    """Open and lock the file of a folder, again and again for a while; raises a BlockingIOError when it stays held."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
        try:
            fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
            # Anyone who held it may have removed the file meanwhile, and others make another one.
            if _is_in_place(folder, descriptor):
                return descriptor
            os.close(descriptor)
        except OSError as error:
            os.close(descriptor)
            if not isinstance(error, BlockingIOError) or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_SECONDS)


def _unlocked(folder: Path, failure: type[ExprLearnError], error: OSError) -> Lock:
    """Go on without a lock where none can be had, and raise the failure where that is wrong."""
    if error.errno in _WITHOUT_LOCKS:
        note = f"the file system of {folder} keeps no locks: see to it that no other process writes there"
        return Lock(folder, failure, notes=(note,))
    if error.errno not in _READ_ONLY:
        raise failure(f"cannot write {folder / NAME}: {error.strerror or error}") from error
    if is_held(folder):
        raise failure(_refusal(folder)) from None
    # Where nothing can be written nothing needs a lock, and anyone who tries will say so.
    return Lock(folder, failure)


def _is_in_place(folder: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.stat(folder / NAME, follow_symlinks=False), os.fstat(descriptor))
    except OSError:
        return False


def _write(descriptor: int, holder: Holder) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(asdict(holder)).encode(), 0)


def _holder(descriptor: int) -> Holder | None:
    """Read who holds the lock, or held it last; None where that is not told."""
    try:
        document = json.loads(os.pread(descriptor, _MOST_BYTES, 0))
        told = {name: visible_line(str(document[name])) for name in ("doing", "host", "since")}
        return Holder(process=int(document["process"]), **told)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _refusal(folder: Path) -> str:
    """Say who writes a folder."""
    holder = None
    with suppress(OSError):
        descriptor = os.open(folder / NAME, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        holder = _holder(descriptor)
        os.close(descriptor)
    if holder is None or holder.process < 1:
        return f"another process is writing {folder}: wait for its end"
    stop = f", or stop it with: kill {holder.process}" if holder.host == platform.node() else ""
    return f"{holder}: wait for its end{stop}"


def _left_behind(before: Holder | None, mine: Holder) -> tuple[str, ...]:
    """Say what is known of a holder on another machine that did not release its lock."""
    if before is None or before.host == mine.host:
        return ()
    said = (
        f"process {before.process} on {before.host} began to write here on {before.since} and did not say that it "
        "ended; its lock is free, so it counts as gone, but not every file system shows locks to other machines"
    )
    return (said,)
