"""Writing files so that a crash leaves the old one or the new one, never half of one."""

from __future__ import annotations

import os
import re
import shutil
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from exprlearn.errors import ExprLearnError

_PARTIAL = re.compile(r"\.(.+)\.[0-9a-f]{8}")


@contextmanager
def reporting(attempt: str, failure: type[ExprLearnError]) -> Iterator[None]:
    """Raise `failure` for an error of the system: `attempt`, such as "cannot write data", and why."""
    try:
        yield
    except OSError as error:
        raise failure(f"{attempt}: {error.strerror or error}") from error


@contextmanager
def replacing(file: Path, failure: type[ExprLearnError]) -> Iterator[BinaryIO]:
    """Open a file beside `file`; when all went well, flush it to the disk and rename it into place.

    The `failure` names a file that cannot be written; an earlier one is untouched then.
    """
    beside = file.with_name(f".{file.name}.{uuid.uuid4().hex[:8]}")
    try:
        with reporting(f"cannot write {file}", failure):
            with beside.open("wb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            beside.replace(file)
    finally:
        # The failure that left it there is the one to tell.
        with suppress(OSError):
            beside.unlink(missing_ok=True)


@contextmanager
def new_folder(folder: Path, failure: type[ExprLearnError]) -> Iterator[Path]:
    """Make a folder beside `folder`, which is not there; when all went well, rename it into place.

    The `failure` names a folder that cannot be written.
    """
    beside = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:8]}")
    try:
        with reporting(f"cannot write {folder}", failure):
            beside.mkdir(parents=True)
            yield beside
            sync_folder(beside)
            beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def write_whole(file: Path, text: str, failure: type[ExprLearnError]) -> None:
    """Write `text` as UTF-8 in one go; raises as `replacing` does."""
    with replacing(file, failure) as stream:
        stream.write(text.encode())


def partials(folder: Path, names: Collection[str]) -> list[Path]:
    """List what killed writers of files with these names have left in a folder."""
    found = ((path, _PARTIAL.fullmatch(path.name)) for path in sorted(folder.iterdir()))
    return [path for path, partial in found if partial and partial[1] in names and path.is_file()]


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
