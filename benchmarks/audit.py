"""How fast files of others are audited: this project beside a loop that reads every row and computes it.

    python benchmarks/audit.py [--rows 100000] [--turns 5] [--growth 100000 1000000 10000000]

Both sides read the same JSON lines in this process, in turn, on one thread; the median of the microseconds of processor
time per row counts. The naive side is what people write first: `json.loads`, the value of the expression as a
`Fraction` (`exprlearn.evaluate`), the answer compared as text, and the expression kept in a set to find duplicates. It
knows no forms, no words around an expression, no parts, and holds every text.

The bars: half the time of the naive side on plain rows, and no more than its time where questions stand in sentences.
With `--growth` files of so many different sums are audited instead, each in a process of its own, whose memory is told:
the time per row may grow by a quarter from the first file to the last, and a million rows take 100 MB at most. All bars
are printed, not enforced.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
from turns import in_turns, medians, ratio

from exprlearn import evaluate
from exprlearn.arithmetic.divisions import FractionPolicy
from exprlearn.dataset import dataset
from exprlearn.dataset.audit import audit

#: Files by name: how questions are written, and how many times the naive side's rate is asked for.
FILES = {"sums": ("{}", 2.0), "mixed": ("{}", 2.0), "mixed, in sentences": ("What is {}?", 1.0)}

#: Of files that grow: the largest number, how much longer a row may take in the last file, megabytes of a million rows.
LARGEST, SLOWER, MEGABYTES = 10**7, 1.25, 100
ALONE = """
import sys
from pathlib import Path
from exprlearn.arithmetic.divisions import FractionPolicy
from exprlearn.dataset.audit import audit
for name in sys.argv[1:]:
    assert not audit([Path(name)], FractionPolicy()).findings
"""


def write(name: str, rows: int, file: Path) -> None:
    grammar = "addition" if name == "sums" else "mixed"
    settings = {} if name == "sums" else {"terms": (2, 6), "division": "fraction"}
    with file.open("w", encoding="utf-8") as stream:
        for example in dataset(grammar, size=rows, **settings).examples:
            row = {"question": FILES[name][0].format(example.expression), "answer": example.answer}
            stream.write(json.dumps(row) + "\n")


def audited(file: Path) -> None:
    audit([file], FractionPolicy())


def naive(file: Path) -> None:
    seen: set[str] = set()
    wrong = duplicates = 0
    with file.open(encoding="utf-8") as stream:
        for line in stream:
            row = json.loads(line)
            text = row["question"].removeprefix("What is ").removesuffix("?")
            wrong += str(evaluate(text)) != row["answer"]
            duplicates += text in seen
            seen.add(text)
    assert not wrong


def write_sums(rows: int, file: Path) -> None:
    """Write sums of large numbers, of which hardly two are alike."""
    generator = np.random.default_rng([rows, 0, 0])
    with file.open("w", encoding="utf-8") as stream:
        for start in range(0, rows, 100_000):
            pairs = generator.integers(LARGEST // 10, LARGEST, (min(100_000, rows - start), 2)).tolist()
            stream.writelines(f'{{"question": "{one}+{other}", "answer": "{one + other}"}}\n' for one, other in pairs)


def alone(*files: Path) -> tuple[float, float]:
    """Audit files in a process of their own; return its processor seconds and megabytes."""
    with subprocess.Popen([sys.executable, "-c", ALONE, *map(str, files)]) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, files
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def grow(sizes: list[int], folder: Path) -> None:
    """Audit larger and larger files, and tell what a row costs, the start of the process left out."""
    started, least = alone()
    file, first = folder / "sums.jsonl", 0.0
    print(f"{'no rows':>12}{started:10.2f} s{least:8.0f} MB")
    for rows in sizes:
        write_sums(rows, file)
        seconds, megabytes = alone(file)
        each = 1e6 * (seconds - started) / rows
        first = first or each
        missed = each > SLOWER * first or (rows <= 10**6 and megabytes > MEGABYTES)
        print(
            f"{rows:>12,}{seconds:10.2f} s{megabytes:8.0f} MB{each:8.2f} µs a row,"
            f" {each / first:.2f} times the first: {'missed' if missed else 'met'}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how fast files are audited.")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--growth", type=int, nargs="+", help="rows of files to audit, each in its own process")
    arguments = parser.parse_args()
    if arguments.growth is not None:
        with tempfile.TemporaryDirectory() as place:
            grow(arguments.growth, Path(place))
        return
    print(f"{'':22}{'naive':>10}{'audit':>10}{'times':>8}   microseconds a row, medians of {arguments.turns}")
    with tempfile.TemporaryDirectory() as folder:
        for name, (_, bar) in FILES.items():
            file = Path(folder) / "rows.jsonl"
            write(name, arguments.rows, file)
            sides = {"naive": partial(naive, file), "audit": partial(audited, file)}
            measured = in_turns(sides, arguments.turns)
            one, other = (1e6 * taken / arguments.rows for taken in medians(measured).values())
            print(f"{name:22}{one:10.2f}{other:10.2f}{ratio(measured, 'naive', 'audit'):8.1f}   the bar is {bar:g}")


if __name__ == "__main__":
    main()
