"""What an example costs in the loop that users write, beside what they would write without this project.

    python benchmarks/loops.py [--examples 200000] [--turns 5]

All sides make sums of two numbers up to 999 with their answers, in this process, in turn, on one thread; the median of
the microseconds of processor time per example counts.

    f-strings            two random numbers, the text and the answer; texts repeat, and are in no split
    numpy strings        the same in columns: `np.strings.add` on a million numbers at once
    loop                 `for entry in xl.dataset(…)`: text, answer, index, sizes, difficulty; splits kept apart
    columns              `xl.dataset(…).examples`: text and answer

The bars: the loop within twice the f-strings, the columns within twice the numpy strings; printed, not enforced.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable
from functools import partial

import numpy as np
from turns import in_turns, medians, ratio

from exprlearn.dataset import dataset

BARS = {"loop": ("f-strings", 2.0), "columns": ("numpy strings", 2.0)}


def write_strings(count: int) -> None:
    for _ in range(count):
        one, other = random.randint(0, 999), random.randint(0, 999)
        {"question": f"{one}+{other}", "answer": str(one + other)}


def write_columns(count: int) -> None:
    one, other = np.random.default_rng(0).integers(0, 1000, (2, count))
    np.strings.add(np.strings.add(one.astype(str), "+"), other.astype(str))
    (one + other).astype(str)


def loop(count: int) -> None:
    for _ in dataset("addition", size=count):
        pass


def take_columns(count: int) -> None:
    _ = dataset("addition", size=count).examples


SIDES: dict[str, Callable[[int], None]] = {
    "f-strings": write_strings,
    "numpy strings": write_columns,
    "loop": loop,
    "columns": take_columns,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what an example costs in a loop.")
    parser.add_argument("--examples", type=int, default=200_000)
    parser.add_argument("--turns", type=int, default=5)
    arguments = parser.parse_args()
    # The first grammar of a process costs more.
    dataset("addition", size=1)
    sides = {name: partial(side, arguments.examples) for name, side in SIDES.items()}
    measured = in_turns(sides, arguments.turns)
    for name, taken in medians(measured).items():
        beside, bar = BARS.get(name, (name, 1.0))
        told = f"{ratio(measured, name, beside):6.2f} times {beside}, the bar is {bar:g}" if name in BARS else ""
        print(f"{name:16}{1e6 * taken / arguments.examples:8.2f} µs {told}")


if __name__ == "__main__":
    main()
