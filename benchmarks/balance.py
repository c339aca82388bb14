"""Whether drawing every answer equally often helps: `data.balance=result` beside `none`, after as many steps.

    python benchmarks/balance.py --out balance.jsonl                      addition, multiplication, mixed, five seeds
    python benchmarks/balance.py --out balance.jsonl mixed --seeds 10
    python benchmarks/balance.py --out balance.jsonl --table              only prints what is there

Both trainings of a grammar and seed take the same number of steps of the same size, with the LSTM `seq2seq` from the
same first weights, and both are asked the same two tests: one drawn plainly, one with every answer equally often. Which
expressions are held out follows from their content whatever the balance, so neither training has seen any of them. What
is finished is one JSON line of the results file and is not done again.

The table gives the exact match in percent of both, and the difference seed by seed, each with its 95 % interval by
Student's t.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from seeds import append, finished, written
from trainings import begin, components_of

from exprlearn.dataset import load_splits
from exprlearn.plugin.manager import Plugins
from exprlearn.training.observers import Silent
from exprlearn.training.trainer import train

BALANCES = ("none", "result")
# Sums are learned in half as many steps; of products of three digits nearly none are right after so short a training.
GRAMMARS: Mapping[str, Sequence[str]] = {
    "addition": ("training.epochs=8",),
    "multiplication": ("training.epochs=16", "grammar.range=0..99"),
    "mixed": ("training.epochs=16",),
}
USUAL = ("training.examples_per_epoch=8192", "training.max_time=none", "data.validation=256", "data.test=2000")


@dataclass(frozen=True)
class Result:
    """One finished training: its exact match on each test, by how the test was drawn."""

    grammar: str
    balance: str
    seed: int
    backend: str
    changed: tuple[str, ...]
    exact_match: Mapping[str, float]
    examples: int
    cpu_seconds: float


def measure(seed: int, grammar: str, balance: str, *, backend: str, changed: Sequence[str]) -> Result:
    """Train once and ask both tests."""
    plugins = Plugins()
    flags: dict[str, Any] = {"grammar.name": grammar, "seed": seed, "training.backend": backend}
    sets = ("model.network=lstm", *USUAL, *GRAMMARS[grammar], *changed)
    ways = {way: components_of(*sets, f"data.balance={way}", flags=flags, plugins=plugins) for way in BALANCES}
    before = time.process_time()
    with TemporaryDirectory() as runs:
        run, learned = begin(ways[balance], Path(runs))
        splits = {way: load_splits(run.data, ways[way]) for way in BALANCES}
        with run.lock:
            outcome = train(run, learned, Silent())
            exact = {way: run.evaluate_split("test", splits[way]).scores.exact_match.value for way in BALANCES}
    seconds = time.process_time() - before
    return Result(grammar, balance, seed, backend, tuple(changed), exact, outcome.examples, seconds)


def run(grammars: Sequence[str], seeds: int, file: Path, **how: Any) -> None:
    """Run what is missing: seed by seed, so that an early stop leaves whole pairs."""
    done = {(row.seed, row.grammar, row.balance) for row in finished(file, Result) if _asked(row, **how)}
    wanted = [(seed, grammar, way) for seed in range(seeds) for grammar in grammars for way in BALANCES]
    for unit in wanted:
        if unit in done:
            continue
        result = measure(*unit, **how)
        append(file, result)
        print(f"{result.grammar} {result.balance} seed {result.seed}: {result.exact_match}", flush=True)


def _asked(row: Result, *, backend: str, changed: Sequence[str]) -> bool:
    return (row.backend, row.changed) == (backend, tuple(changed))


def table(results: Sequence[Result]) -> str:
    """Write a line for each grammar and test as a Markdown table."""
    lines = [
        "| grammar | test | seeds | `none` | `result` | `result` beyond `none` |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    for grammar in dict.fromkeys(row.grammar for row in results):
        for test in BALANCES:
            found = {(row.seed, row.balance): 100 * row.exact_match[test] for row in results if row.grammar == grammar}
            pairs = [(found[seed, "none"], value) for (seed, way), value in found.items() if way == "result"]
            plain, balanced, beyond = zip(*((one, other, other - one) for one, other in pairs), strict=True)
            cells = [written(plain), written(balanced), written(beyond, "{:+.1f}")]
            name = "plain" if test == "none" else "balanced"
            lines.append(f"| {' | '.join([grammar, name, str(len(pairs)), *cells])} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("grammars", nargs="*", metavar="GRAMMAR", help=f"{', '.join(GRAMMARS)}; all when none is named")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the results, one JSON line each")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--backend", default="jax", choices=("tensorflow", "jax"))
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="another setting, for trying")
    parser.add_argument("--table", action="store_true", help="run nothing, print the table of what is there")
    chosen = parser.parse_args()
    grammars = chosen.grammars or list(GRAMMARS)
    how = {"backend": chosen.backend, "changed": chosen.set}
    if not chosen.table:
        run(grammars, chosen.seeds, chosen.out, **how)
    print(table([row for row in finished(chosen.out, Result) if _asked(row, **how) and row.grammar in grammars]))


if __name__ == "__main__":
    main()
