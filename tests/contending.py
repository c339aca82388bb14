"""Asks for the lock of a folder whenever it is told to; a program, for the tests of locking.

    python contending.py FOLDER

Each line of stdin is an order, answered by a line: `hold` by `held`, or by what was refused; `release` by `released`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from exprlearn import locking
from exprlearn.errors import RunError


def main(folder: Path) -> None:
    """Answer order after order."""
    locking.PATIENCE_SECONDS = 0.05
    lock = None
    for order in sys.stdin:
        if order == "release\n":
            lock.release()
            print("released", flush=True)
            continue
        try:
            lock = locking.hold(folder, f"{folder.name} is being written", RunError)
            print("held", flush=True)
        except RunError as error:
            print(error, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
