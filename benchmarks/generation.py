"""How fast data is made: this project beside what people write themselves, and a library that answers its questions.

    python benchmarks/generation.py            about a minute
    python benchmarks/generation.py --large    watches memory up to 10**8 examples as well, some minutes more

All sides run in this process, in turn, on one thread; a rate is the median of several rounds, per second of processor
time. What each side makes of every example:

    six lines            the text: a recursive function and Python's random numbers; texts repeat, sizes are not even
    six lines, answered  the same with the exact value as a Fraction
    the tutorials' loop  sums as Keras's `addition_rnn` makes them: random integers, strings joined, a set of the sums
                         there are, padding, token ids out of a dictionary; no sum twice, 50 000 at a time
    numpy columns        sums by `np.strings.add`, many at once, and their padded token ids; texts repeat, no splits
    reasoning-gym        `chain_sum`: text and answer; sums and differences without brackets only
    training examples    text, exact value, written answer, and padded token ids of both, in the order of the stream; no
                         text twice; every expression is keyed by its commutative form, and those of the validation and
                         test splits are left out

The bars: training examples at four times the six lines that answer, at four times the tutorials' loop, and at eight
times the library, which is asked only where it is installed. How they compare with the rest is printed beside it.

Memory is that of reading the training stream in steps of some thousand examples, encoded. Larger steps take more, and
reach what they take after a few of them, when one step is made while the one before is still held.
"""

from __future__ import annotations

import argparse
import random
import resource
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from turns import in_turns, medians

from exprlearn.arithmetic.divisions import FractionPolicy
from exprlearn.dataset import Answering, Examples, ExampleStream, longest_answer
from exprlearn.encoding import BOTH, Digits, Encoder, PerTerm, alphabet_of
from exprlearn.sampling import ExpressionSpace
from exprlearn.sampling.stream import Stream

ROUNDS = 7
STEP = 1 << 13
SECONDS = 0.3
BARS = {"six lines, answered": 4, "reasoning-gym": 8}
LOOP, COLUMNS = "the tutorials' loop", "numpy columns"
#: What the tutorials' loop makes before it begins anew, and what numpy makes at once.
LOOP_SIZE, COLUMN_SIZE = 50_000, 1 << 16
LIBRARY = "reasoning_gym"
OURS = "training examples"


@dataclass(frozen=True)
class Case:
    """What all sides write: so many terms, such numbers, signs and brackets."""

    name: str
    grammar: str
    terms: tuple[int, int]
    numbers: tuple[int, int]
    signs: str
    brackets: float = 0.0
    sizes: Mapping[str, Any] = field(default_factory=dict)
    bars: Mapping[str, int] = field(default_factory=lambda: BARS)


SUMS = """
start: NUMBER (SIGN NUMBER)~1..5
SIGN: "+" | "-"
NUMBER: /0|[1-9][0-9]{0,3}/
"""
CASES = (
    Case("sums", "addition", (2, 2), (0, 999), "+", bars={LOOP: 4, "six lines, answered": 4}),
    Case("flat", "flat", (2, 4), (0, 999), "+-*"),
    Case("mixed", "mixed", (2, 4), (1, 9), "+-*/", 0.3),
    Case("the library's own questions", SUMS, (2, 6), (0, 9999), "+-"),
    # Longer and harder than anything the library writes.
    Case(
        "mixed, long",
        "mixed",
        (2, 6),
        (1, 999),
        "+-*/",
        0.3,
        {"terms": (2, 6), "ranges": (1, 999)},
        {"six lines, answered": 4},
    ),
)


def six_lines(terms: int, case: Case) -> str:
    if terms == 1:
        return str(random.randint(*case.numbers))
    left = random.randint(1, terms - 1)
    text = six_lines(left, case) + random.choice(case.signs) + six_lines(terms - left, case)
    return f"({text})" if random.random() < case.brackets else text


def six_lines_answered(terms: int, case: Case) -> tuple[str, Fraction | None]:
    """Write and answer; None where a divisor is zero.

    Every operation is in brackets, or the value of the parts would not be the value of the text: less than the other
    sides can, and as cheap as it gets.
    """
    if terms == 1:
        number = random.randint(*case.numbers)
        return str(number), Fraction(number)
    left = random.randint(1, terms - 1)
    (one, a), (other, b) = six_lines_answered(left, case), six_lines_answered(terms - left, case)
    sign = random.choice(case.signs)
    return f"({one}{sign}{other})", None if a is None or b is None else calculated(a, sign, b)


def calculated(a: Fraction, sign: str, b: Fraction) -> Fraction | None:
    if sign == "/":
        return a / b if b else None
    return a + b if sign == "+" else a - b if sign == "-" else a * b


def recursive(case: Case, write: Callable[[int, Case], object]) -> Iterator[int]:
    """Make a thousand examples a step."""
    while True:
        for _ in range(1000):
            write(random.randint(*case.terms), case)
        yield 1000


def tutorials_loop(highest: int) -> Iterator[int]:
    """Make a thousand different sums a step, written back to front, and their token ids."""
    ids, width = {character: index for index, character in enumerate(" +0123456789")}, len(str(highest))
    while True:
        seen: set[tuple[int, int]] = set()
        while (made := len(seen)) < LOOP_SIZE:
            while len(seen) < made + 1000:
                one, other = random.randint(0, highest), random.randint(0, highest)
                key = (one, other) if one <= other else (other, one)
                if key in seen:
                    continue
                seen.add(key)
                question = f"{one}+{other}".ljust(2 * width + 1)[::-1]
                answer = str(one + other).ljust(width + 1)
                [ids[character] for character in question], [ids[character] for character in answer]
            yield len(seen) - made


def numpy_columns(highest: int) -> Iterator[int]:
    """Make many sums a step, and their token ids (sums, characters)."""
    generator, width, ids = np.random.default_rng(0), len(str(highest)), np.zeros(128, np.int32)
    ids[np.frombuffer(b"+0123456789", np.uint8)] = range(1, 12)
    while True:
        one, other = generator.integers(0, highest + 1, (2, COLUMN_SIZE))
        texts = np.strings.add(np.strings.add(one.astype(str), "+"), other.astype(str))
        for written, size in ((texts, 2 * width + 1), ((one + other).astype(str), width + 1)):
            ids[written.astype(f"<U{size}").view(np.uint32).reshape(-1, size)]
        yield COLUMN_SIZE


def library(case: Case) -> Iterator[int]:
    """Make a thousand examples a step; numbers of as many digits, sums and differences."""
    digits = len(str(case.numbers[1]))
    settings = {"min_terms": case.terms[0], "max_terms": case.terms[1], "min_digits": 1, "max_digits": digits}
    data = import_module(LIBRARY).create_dataset("chain_sum", size=10**9, seed=0, **settings)
    start = 0
    while True:
        for index in range(start, start + 1000):
            data[index]
        start += 1000
        yield 1000


class Ours:
    """This project's side of a case."""

    def __init__(self, case: Case) -> None:
        make = ExpressionSpace.from_text if "\n" in case.grammar else ExpressionSpace.from_file
        self.space = make(case.grammar, **case.sizes)
        self.answering = Answering(FractionPolicy())
        longest = longest_answer(self.space, self.answering.division, ())
        alphabet = alphabet_of(self.space, self.answering.division, longest)
        self.encoder = Encoder(alphabet, tokenizer=Digits(), padding=PerTerm(), reversal=BOTH)
        self.stream = Stream(self.space, seed=0)

    def training(self, count: int = 1 << 17) -> Iterator[int]:
        """Make so many training examples a step."""
        stream, cursor = ExampleStream(self.stream, self.answering, "train"), 0
        while True:
            examples, cursor = stream.take(count, cursor)
            self.encoded_examples(examples)
            yield len(examples)

    def encoded_examples(self, examples: Examples) -> None:
        """Encode in pieces that stay in the cache."""
        for start in range(0, len(examples), 1 << 14):
            piece = examples[start : start + (1 << 14)]
            self.encoded(piece.expressions, piece.answers)

    def encoded(self, expressions: NDArray[np.str_], answers: NDArray[np.str_]) -> None:
        """Make the token ids of expressions and answers."""
        self.encoder.sources(expressions)
        self.encoder.targets(answers)


def sides(case: Case) -> dict[str, Iterator[int]]:
    ours = Ours(case)
    found = {"six lines": recursive(case, six_lines), "six lines, answered": recursive(case, six_lines_answered)}
    if LOOP in case.bars:
        found |= {LOOP: tutorials_loop(case.numbers[1]), COLUMNS: numpy_columns(case.numbers[1])}
    if find_spec(LIBRARY) and "reasoning-gym" in case.bars:
        found["reasoning-gym"] = library(case)
    return {**found, OURS: ours.training()}


def rate(side: Iterator[int]) -> float:
    """Measure the examples a side makes in a second."""
    made, start = 0, process_time()
    while (spent := process_time() - start) < SECONDS or not made:
        made += next(side)
    return made / spent


def rates(running: Mapping[str, Iterator[int]]) -> dict[str, float]:
    """Measure all sides in turn, after a first step of each; the median of several rounds."""
    for side in running.values():
        next(side)
    return medians(in_turns(running, ROUNDS, rate))


def show_rates(case: Case, measured: Mapping[str, float]) -> bool:
    """Print a table and the ratios of a case; tell whether it reaches all bars."""
    print(f"\n{case.name}: {case.terms[0]} to {case.terms[1]} terms, numbers {case.numbers[0]}..{case.numbers[1]}")
    print(f"{'':22}{'examples/s':>12}{'training is':>14}")
    for name, rate in measured.items():
        print(f"{name:22}{rate:12,.0f}{measured[OURS] / rate:12.1f} x")
    reached = True
    for name, bar in case.bars.items():
        if name in measured:
            ratio = measured[OURS] / measured[name]
            reached &= ratio >= bar
            print(f"bar: {bar} x {name}: {'reached' if ratio >= bar else 'MISSED'} at {ratio:.1f} x")
        else:
            print(f"bar: {bar} x {name}: not measured, it is not installed (pip install {name})")
    return reached


def show_memory(counts: list[int]) -> bool:
    """Stream ever more examples through the encoder; tell whether memory stays flat."""
    ours = Ours(CASES[0])
    side, made = ours.training(STEP), 0
    print("\nmemory while the training stream is read, flat")
    print(f"{made:14,} examples {resident():9.0f} MB now")
    peaks = []
    for count in counts:
        while made < count:
            made += next(side)
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        print(f"{made:14,} examples {resident():9.0f} MB now {peaks[-1]:9.0f} MB at most")
    flat = peaks[-1] < 1.1 * peaks[0]
    print(f"bar: flat: {'reached' if flat else 'MISSED'}: at most {peaks[-1] / peaks[0]:.2f} x that of the first line")
    return flat


def resident() -> float:
    """Tell the memory this process holds, in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how fast data is made.")
    parser.add_argument("--large", action="store_true", help="watch memory up to 10**8 examples")
    arguments = parser.parse_args()
    reached = show_memory([10**power for power in range(4, 9 if arguments.large else 8)])
    for case in CASES:
        reached &= show_rates(case, rates(sides(case)))
    raise SystemExit(0 if reached else 1)


if __name__ == "__main__":
    main()
