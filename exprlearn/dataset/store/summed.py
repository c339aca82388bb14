"""A file that knows its sum while it is written."""

from __future__ import annotations

import io
from hashlib import sha256
from typing import Any, BinaryIO


class Summed(io.RawIOBase):
    """A file that is written once, from front to back, and knows its length and sha256."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream, self._sum, self.bytes = stream, sha256(), 0

    @property
    def digest(self) -> str:
        """The sha256 of what was written so far, in hexadecimal."""
        return self._sum.hexdigest()

    def writable(self) -> bool:
        """Tell that it can be written."""
        return True

    def write(self, data: Any) -> int:
        """Write bytes."""
        self._stream.write(data)
        self._sum.update(data)
        count = memoryview(data).nbytes
        self.bytes += count
        return count

    def tell(self) -> int:
        """Tell how many bytes were written."""
        return self.bytes
