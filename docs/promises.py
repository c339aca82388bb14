"""The promises that each backend keeps: python docs/promises.py --backend torch

Runs the tests of every promise on a backend and writes its column of the table in docs/backends.md.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from exprlearn.backend.keras_import import BACKENDS

TESTS = Path(__file__).parents[1] / "tests"
PAGE = Path(__file__).with_name("backends.md")
#: What is promised, and the tests that show it: files, and what their names are chosen by.
PROMISES: dict[str, tuple[str, str]] = {
    "the built-in models keep their contract": ("testing/test_built_in.py", "model or variant"),
    "so do losses, optimizers, learning rates and callbacks": (
        "testing/test_built_in.py",
        "loss or optimizer or learning or callback",
    ),
    "a loss is bit-identical through the hook and without": ("training/test_losses.py", "loss or smoothed or position"),
    "a resumed run is bit-identical to one that was left alone": ("test_walk.py", "resumed_run"),
    "a run killed at random moments does, too": ("training/test_crash.py", "killed and task"),
    "every model answers the same in a new process": ("test_walk.py", "new_process"),
    "a run may begin with the weights of another one, and freeze some": ("runs/test_warm_start.py", "token or frozen"),
    "callbacks measure and end a training": ("training/test_callbacks.py", "measures_ends or decides"),
}
HOLDS, FAILS = "holds", "fails"


def keeps(backend: str, files: str, chosen: str) -> bool:
    """Run tests on a backend, in a process of their own, and tell whether all pass."""
    command = [sys.executable, "-m", "pytest", "-n0", "-q", "-p", "no:cacheprovider", files, "-k", chosen]
    told = os.environ | {"EXPRLEARN_TEST_BACKEND": backend, "EXPRLEARN_KILLS": "2"}
    done = subprocess.run(command, cwd=TESTS, env=told, capture_output=True, text=True)
    if done.returncode:
        sys.stderr.write(done.stdout[-2000:])
    return done.returncode == 0


def read_table(text: str) -> dict[str, dict[str, str]]:
    """Read the cells of the table by promise and backend; none where there is no table yet."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| ")
    ]
    return {row[0]: dict(zip(rows[0][1:], row[1:], strict=True)) for row in rows[1:] if not row[0].startswith("-")}


def write_table(cells: dict[str, dict[str, str]]) -> str:
    """Write the table, a row for each promise and a column for each backend."""
    lines = [f"| promise | {' | '.join(BACKENDS)} |", f"| --- |{' --- |' * len(BACKENDS)}"]
    for promise in PROMISES:
        found = cells.get(promise, {})
        lines.append(f"| {promise} | {' | '.join(found.get(backend, '') for backend in BACKENDS)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Fill the columns of the backends that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backend", action="append", choices=BACKENDS, required=True)
    for backend in parser.parse_args().backend:
        for promise, tests in PROMISES.items():
            said = HOLDS if keeps(backend, *tests) else FAILS
            print(f"{backend}: {promise}: {said}", flush=True)
            text = PAGE.read_text(encoding="utf-8")
            cells = read_table(text)
            cells.setdefault(promise, {})[backend] = said
            PAGE.write_text(text.partition("| promise")[0] + write_table(cells), encoding="utf-8")


if __name__ == "__main__":
    main()
