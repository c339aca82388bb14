"""Subtraction from scratch and after addition, side by side: python benchmarks/warm_start.py

For each seed a run learns `addition`. Then one learns `subtraction` from scratch, another one from scratch with a share
of the examples, and a third one begins with the weights of the first and has as few. Each has a learning rate laid out
for its own length, and all are evaluated on the same test expressions.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from trainings import components_of

from exprlearn.report import Report
from exprlearn.walk import learn

SETTINGS = ["training.backend=jax", "training.max_time=none", "data.validation=1000", "data.test=5000"]
SETTINGS += ["model.network=lstm", "model.units=64", "working.name=none", "grammar.range=0..99"]
SETTINGS += ["training.examples_per_epoch=4096", "training.batch_size=64", "training.learning_rate=0.015"]


def train(runs: Path, name: str, grammar: str, seed: int, epochs: int, *sets: str) -> Report:
    """Train one run for so many epochs."""
    chosen = [*SETTINGS, f"grammar.name={grammar}", f"seed={seed}", f"training.epochs={epochs}", *sets]
    components = components_of(*chosen)
    return learn(components.config, components, runs=runs, name=name)


def main() -> None:
    """Print a line for each seed, and how many of them reach what was learned from scratch."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--before", type=int, default=12, help="epochs of addition")
    parser.add_argument("--share", type=float, default=0.6)
    parser.add_argument("--set", action="append", default=[], dest="sets")
    asked = parser.parse_args()
    reached = 0
    print("| seed | addition | subtraction from scratch | with fewer examples | after addition | of the examples |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    for seed in asked.seeds:
        with tempfile.TemporaryDirectory() as folder:
            runs, shorter = Path(folder), round(asked.share * asked.epochs)
            first = train(runs, "addition", "addition", seed, asked.before, *asked.sets)
            scratch = train(runs, "scratch", "subtraction", seed, asked.epochs, *asked.sets)
            fewer = train(runs, "fewer", "subtraction", seed, shorter, *asked.sets)
            warm = train(runs, "warm", "subtraction", seed, shorter, *asked.sets, "training.init_from=addition")
            exact = [report.scores.exact_match for report in (first, scratch, fewer, warm)]
            reached += exact[3].value >= exact[1].value
            share = warm.examples / scratch.examples
            cells = [f"{100 * each.value:.1f} % ({100 * each.low:.1f}–{100 * each.high:.1f})" for each in exact]
            print(f"| {seed} | {' | '.join(cells)} | {warm.examples} of {scratch.examples}, {share:.0%} |", flush=True)
    print(f"\n{reached} of {len(asked.seeds)} seeds reach the exact match of a start from scratch")


if __name__ == "__main__":
    main()
