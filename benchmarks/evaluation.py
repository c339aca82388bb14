"""Seconds to evaluate a run on 100 000 expressions: drawing them, decoding, scoring, naming every mistake.

    python benchmarks/evaluation.py [--run RUN] [--size 100000] [--epochs 4] [--backend tensorflow|jax]

Without a run the default model first learns sums up to 999+999 for a few epochs, which is not counted. Importing Keras
and compiling the decoder are: a user waits for both. The bar is 60 seconds of processor time, which other work on the
machine does not stretch.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import TypeVar

from trainings import components_of

from exprlearn.dataset import load_space, load_splits
from exprlearn.runs.starting import load
from exprlearn.walk import learn

BAR = 60
Made = TypeVar("Made")


class Clock:
    """Adds up what each step takes."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, float, float]] = []

    def time(self, name: str, make: Callable[[], Made]) -> Made:
        """Do a step and keep its seconds: of the clock on the wall and of all cores together."""
        wall, cpu = perf_counter(), process_time()
        made = make()
        self.rows.append((name, perf_counter() - wall, process_time() - cpu))
        return made

    def table(self) -> str:
        rows = [*self.rows, ("all", sum(row[1] for row in self.rows), sum(row[2] for row in self.rows))]
        lines = [f"| {name} | {wall:.1f} | {cpu:.1f} |" for name, wall, cpu in rows]
        return "\n".join(["| step | seconds | processor seconds |", "| --- | ---: | ---: |", *lines])


def trained(folder: Path, epochs: int, backend: str) -> Path:
    """Train the default model on sums for a little while."""
    sets = [f"training.epochs={epochs}", f"training.backend={backend}", "data.test=100", "data.validation=100"]
    components = components_of("grammar.name=addition", *sets)
    return learn(components.config, components, runs=folder, name="benchmark").run


def measure(run: Path, size: int, backend: str) -> Clock:
    """Evaluate a run step by step."""
    clock = Clock()
    loaded = load(run, backend=backend)
    clock.time("import Keras, build the model", lambda: loaded.model)
    space = load_space(loaded.config.grammar, loaded.components, text=loaded.grammar_text)
    splits = clock.time("draw the test", lambda: load_splits(space, loaded.components, sizes={"test": size}))
    expressions = splits.test.expressions
    clock.time("compile the decoder", lambda: loaded.answerer.answer(expressions[:1024]))
    evaluated = clock.time("decode, locate and score", lambda: loaded.evaluate_split("test", splits))
    groups = clock.time("name the mistakes", lambda: evaluated.mistake_groups)
    wrong = sum(group.count for group in groups)
    print(f"{len(expressions)} expressions, {evaluated.scores.exact_match}, {wrong} mistakes named")
    return clock


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=Path, help="a run folder")
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--backend", default="tensorflow")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = asked.run
        if run is None:
            run = trained(Path(folder), asked.epochs, asked.backend)
        clock = measure(run, asked.size, asked.backend)
    print(clock.table())
    spent = sum(cpu for _, _, cpu in clock.rows)
    print(f"the bar of {BAR} processor seconds is {'met' if spent <= BAR else 'missed'}")


if __name__ == "__main__":
    main()
