"""The entry point of the `exprlearn` command, and standard output as it needs it."""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from exprlearn.cli.app import app
from exprlearn.cli.output import echo
from exprlearn.errors import OutputError

UTF8 = "PYTHONUTF8"


def main() -> None:
    """Run the command line and leave with its exit code."""
    prepare_streams()
    sys.excepthook = _write_traceback
    app()


def _write_traceback(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Write the traceback of a programming error, with the control characters of its message shown."""
    echo("".join(traceback.format_exception(kind, error, trace)), err=True, nl=False)


def prepare_streams() -> None:
    """Read and write − × ÷ whatever the locale knows; where a stream was given another encoding, as escapes."""
    if codecs.lookup(sys.getfilesystemencoding()).name == "ascii" and os.environ.get(UTF8) != "1":
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, UTF8: "1"})
    out: Any = sys.stdout
    sys.stdout = Results(out.buffer, out.encoding, "backslashreplace", line_buffering=out.line_buffering)


class Results(io.TextIOWrapper):
    """Standard output; what cannot be written is an expected failure, and is not tried again."""

    _is_lost = False

    def write(self, text: str) -> int:
        """Write text, unless writing has failed before."""
        with self._failing_once():
            return len(text) if self._is_lost else super().write(text)

    def flush(self) -> None:
        """Send on what waits, unless writing has failed before."""
        with self._failing_once():
            if not self._is_lost:
                super().flush()

    @contextmanager
    def _failing_once(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._is_lost = True
            # A pipe that nobody reads any more is typer's affair.
            if error.errno == errno.EPIPE:
                raise
            raise OutputError(f"cannot write the results to standard output: {error.strerror}") from error


if __name__ == "__main__":
    main()
