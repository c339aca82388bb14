"""The entry point of the `exprlearn` command."""

from __future__ import annotations

import sys
import traceback
from types import TracebackType

from exprlearn.cli.app import app
from exprlearn.cli.output import echo
from exprlearn.cli.streams import prepare_streams


def main() -> None:
    """Run the command line and leave with its exit code."""
    prepare_streams()
    sys.excepthook = _tell
    app()


def _tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Write the traceback of a programming error, with the control characters of its message shown."""
    echo("".join(traceback.format_exception(kind, error, trace)), err=True, nl=False)


if __name__ == "__main__":
    main()
