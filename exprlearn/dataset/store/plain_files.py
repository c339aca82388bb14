"""Reading what a stranger may have put into a folder: plain files alone, and none before its size was looked at."""

from __future__ import annotations

from hashlib import file_digest
from pathlib import Path
from stat import S_ISREG
from typing import Final

from exprlearn.errors import DataError
from exprlearn.files import reporting
from exprlearn.reading import read_bytes

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
    """Read a plain file; a `DataError` says that it is none, too large, or cannot be read."""
    size = plain_size(file)
    if size is None:
        raise DataError(f"{file} is missing or no plain file")
    # Memory is taken for as much as may be read, not only for as much as there is.
    return read_bytes(file, min(size, LARGEST), DataError)


def is_whole(file: Path, size: int, digest: str) -> bool:
    """Tell whether a plain file is there, as long as it was and with the same sum; raises as `sum_of` does."""
    return plain_size(file) == size and sum_of(file) == digest


def sum_of(file: Path) -> str:
    """Compute the sha256 of a file, in hexadecimal; a `DataError` says why it cannot be read."""
    with reporting(f"cannot read {file}", DataError), file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()
