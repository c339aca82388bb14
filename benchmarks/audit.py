"""How fast files of others are audited: this project beside a loop that reads every row and computes it.

    python benchmarks/audit.py [--rows 100000] [--turns 5]

Both sides read the same JSON lines in this process, in turn, on one thread; the median of the microseconds of processor
time per row counts. The naive side is what people write first: `json.loads`, the value of the expression as a
`Fraction` (`exprlearn.evaluate`), the answer compared as text, and the expression kept in a set to find duplicates. It
knows no forms, no words around an expression, no parts, and holds every text.

The bars: half the time of the naive side on plain rows, and no more than its time where questions stand in sentences;
printed, not enforced.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time

from exprlearn import evaluate
from exprlearn.arithmetic.divisions import FractionPolicy
from exprlearn.dataset import dataset
from exprlearn.dataset.audit import audit

#: Files by name: how questions are written, and how many times the naive side's rate is asked for.
FILES = {"sums": ("{}", 2.0), "mixed": ("{}", 2.0), "mixed, in sentences": ("What is {}?", 1.0)}


def write(name: str, rows: int, file: Path) -> None:
    grammar = "addition" if name == "sums" else "mixed"
    settings = {} if name == "sums" else {"terms": (2, 6), "division": "fraction"}
    with file.open("w", encoding="utf-8") as stream:
        for example in dataset(grammar, size=rows, **settings).examples:
            row = {"question": FILES[name][0].format(example.expression), "answer": example.answer}
            stream.write(json.dumps(row) + "\n")


def audited(file: Path) -> int:
    return audit([file], FractionPolicy()).rows


def naive(file: Path) -> int:
    seen: set[str] = set()
    rows = wrong = duplicates = 0
    with file.open(encoding="utf-8") as stream:
        for line in stream:
            row = json.loads(line)
            text = row["question"].removeprefix("What is ").removesuffix("?")
            wrong += str(evaluate(text)) != row["answer"]
            duplicates += text in seen
            seen.add(text)
            rows += 1
    assert not wrong
    return rows


def microseconds(side: Callable[[Path], int], file: Path) -> float:
    start = process_time()
    rows = side(file)
    return 1e6 * (process_time() - start) / rows


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how fast files are audited.")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--turns", type=int, default=5)
    arguments = parser.parse_args()
    print(f"{'':22}{'naive':>10}{'audit':>10}{'times':>8}   microseconds a row, medians of {arguments.turns}")
    with tempfile.TemporaryDirectory() as folder:
        for name, (_, bar) in FILES.items():
            file = Path(folder) / "rows.jsonl"
            write(name, arguments.rows, file)
            turns = [(microseconds(naive, file), microseconds(audited, file)) for _ in range(arguments.turns)]
            one, other = (median(column) for column in zip(*turns, strict=True))
            print(f"{name:22}{one:10.2f}{other:10.2f}{one / other:8.1f}   the bar is {bar:g}")


if __name__ == "__main__":
    main()
