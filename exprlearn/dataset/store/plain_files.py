"""Reading what a stranger may have put into a folder: plain files alone, and none before its size was looked at."""

from __future__ import annotations

from hashlib import file_digest
from pathlib import Path
from stat import S_ISREG
from typing import Final

from exprlearn.errors import DataError

#: No manifest is longer: a hundred thousand shards take half of it.
LARGEST: Final = 1 << 26


def plain_size(file: Path) -> int | None:
    """Return the bytes of a plain file; None where there is none: nothing, a link, a folder, a pipe or a device."""
    try:
        found = file.lstat()
    except OSError:
        return None
    return found.st_size if S_ISREG(found.st_mode) else None


def read_plain(file: Path) -> bytes:
    """Read a plain file of bounded size.

    Raises:
        DataError: it is none, too large, or cannot be read.
    """
    size = plain_size(file)
    if size is None:
        raise DataError(f"{file} is missing or no plain file")
    if size > LARGEST:
        raise DataError(f"{file} has {size} bytes; exprlearn writes at most {LARGEST} there")
    try:
        return file.read_bytes()
    except OSError as error:
        raise DataError(f"cannot read {file}: {error.strerror or error}") from error


def is_whole(file: Path, size: int, digest: str) -> bool:
    """Tell whether a plain file is there, as long as it was and with the same sum.

    Raises:
        DataError: it cannot be read.
    """
    return plain_size(file) == size and sum_of(file) == digest


def sum_of(file: Path) -> str:
    """Compute the sha256 of a file, in hexadecimal.

    Raises:
        DataError: it cannot be read.
    """
    try:
        with file.open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"cannot read {file}: {error.strerror or error}") from error
