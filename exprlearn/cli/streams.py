"""Standard output as this program needs it: in UTF-8, and told in one line when it cannot be written."""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from exprlearn.errors import OutputError

UTF8 = "PYTHONUTF8"


class Results(io.TextIOWrapper):
    """Standard output; what cannot be written is an expected failure, and is not tried again."""

    _is_lost = False

    def write(self, text: str) -> int:
        """Write text, unless writing has failed before."""
        with self._told():
            return len(text) if self._is_lost else super().write(text)

    def flush(self) -> None:
        """Send on what waits, unless writing has failed before."""
        with self._told():
            if not self._is_lost:
                super().flush()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._is_lost = True
            # A pipe that nobody reads any more is typer's affair.
            if error.errno == errno.EPIPE:
                raise
            raise OutputError(f"cannot write the results to standard output: {error.strerror}") from error


def prepare_streams() -> None:
    """Read and write − × ÷ whatever the locale knows; where a stream was given another encoding, as escapes."""
    if codecs.lookup(sys.getfilesystemencoding()).name == "ascii" and os.environ.get(UTF8) != "1":
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, UTF8: "1"})
    out: Any = sys.stdout
    sys.stdout = Results(out.buffer, out.encoding, "backslashreplace", line_buffering=out.line_buffering)
