"""What several workers come to: a dataset folder on one process and on two, and a cluster that is simulated.

    python benchmarks/engines.py                          both, in about three minutes; needs two idle cores
    python benchmarks/engines.py --rows 2000000 --pairs 1 quicker, and starting counts for more
    python benchmarks/engines.py --engine ray             on Ray instead of processes

Both builds write the same compressed files to the disk, one after the other, in pairs that swap their order; starting
the workers counts. Wall time is what several workers are for, so it is what is measured here.

The simulation hands units to N workers as `run_units` does: whoever is free takes the next one, what was lost is tried
once more when all others have had their turn. How long a unit takes is drawn from the units that were just measured, in
proportion to its rows. Each worker starts as late as measured and is lost once in so many hours, and with it the unit
at hand; another one then starts in its place. The one process that hands out units takes as long for each as measured.
Scaling is the time of one worker without losses over that of N workers, divided by N; the largest plan is held against
the bar, for nobody needs a thousand workers for less.
"""

from __future__ import annotations

import argparse
import heapq
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from typing import Any

import numpy as np

from exprlearn.config import RunConfig, resolve
from exprlearn.dataset.store import Recipe, build, recipe_of
from exprlearn.engines import RETRIES, SerialEngine
from exprlearn.plugin import Engine, EngineSpec
from exprlearn.plugin.manager import Plugins

BAR, SCALING_BAR = 1.8, 0.9
SHARDS, HELD_OUT = 16, 1000
WORKERS = (1, 10, 100, 1000)
#: (rows, rows a file): a coffee break on a cluster, and a night of it.
PLANS = ((10**9, 10**6), (10**12, 10**7))
HOURS_BETWEEN_LOSSES = 24.0


@dataclass(frozen=True)
class Measured:
    """Unit times in seconds, each of `rows` rows; what starting a worker and handing out a unit cost, in seconds."""

    units: tuple[float, ...]
    rows: int
    start: float
    handing: float


def recipe(rows: int) -> Recipe:
    data = {"train": rows, "validation": HELD_OUT, "test": HELD_OUT, "shards": SHARDS}
    config = RunConfig.model_validate({"grammar": {"name": "mixed", "range": "1..99"}, "data": data})
    return recipe_of(resolve(config, Plugins(only=())))


def built(asked: Recipe, engine: Engine) -> tuple[float, list[float], int]:
    """Build a folder; return the seconds it took, those between its files, and its bytes."""
    heard: list[float] = []
    with tempfile.TemporaryDirectory() as place:
        begun = time.perf_counter()
        folder = build(Path(place) / "data", asked, engine=engine, heard=lambda *_: heard.append(time.perf_counter()))
        seconds = time.perf_counter() - begun
        assert folder.manifest is not None
        size = sum(shard.bytes for shard in folder.manifest.shards)
    return seconds, np.diff(heard).tolist(), size


def number(unit: int) -> int:
    return unit


def handing(engine: Engine, count: int = 2000) -> tuple[float, float]:
    """Return the seconds until a first unit has come back, and those that each further one costs."""
    begun = time.perf_counter()
    list(engine.run(number, [0]))
    start = time.perf_counter() - begun
    begun = time.perf_counter()
    list(engine.run(number, range(count)))
    return start, max(0.0, time.perf_counter() - begun - start) / count


def measure(name: str, rows: int, pairs: int) -> tuple[float, Measured, float]:
    """Build on one worker and on two; return the ratio, what was measured, and the bytes of a row."""
    engine: Any = Plugins(only=())[EngineSpec].make(name, {"workers": 2})
    asked, alone, together, units = recipe(rows), [], [], []
    for pair in range(pairs):
        for which in (SerialEngine(), engine) if pair % 2 else (engine, SerialEngine()):
            seconds, between, size = built(asked, which)
            (together if which is engine else alone).append(seconds)
            units += between[: SHARDS - 3] if which is not engine else []
    start, each = handing(engine)
    engine.close()
    ratio = median(one / two for one, two in zip(alone, together, strict=True))
    print(
        f"{rows} rows in {SHARDS} files: {fmean(alone):.1f} s on one worker, {fmean(together):.1f} s on two of {name}"
    )
    return ratio, Measured(tuple(units), rows // (SHARDS - 2), start, each), size / (rows + 2 * HELD_OUT)


def simulated(workers: int, units: int, rows: int, known: Measured, hours: float) -> tuple[float, int, int]:
    """Return how long a cluster takes, in seconds, how many attempts were lost, and how many units twice."""
    random = np.random.default_rng([workers, units, rows])
    free = [known.start] * workers
    heapq.heapify(free)
    clock, lost_in_all, waiting = 0.0, 0, units
    for _ in range(RETRIES + 1):
        times = random.choice(known.units, waiting) * rows / known.rows
        until_loss = random.exponential(hours * 3600, waiting)
        lost = until_loss < times
        for duration, is_lost, end in zip(times.tolist(), lost.tolist(), until_loss.tolist(), strict=True):
            clock = max(clock + known.handing, free[0])
            heapq.heapreplace(free, clock + (end + known.start if is_lost else duration))
        waiting = int(lost.sum())
        lost_in_all += waiting
    return max(free), lost_in_all, waiting


def scaling(known: Measured, hours: float) -> list[tuple[int, int, int, float, float, int, int]]:
    """Return for each plan and number of workers what the table tells."""
    rows = []
    for total, rows_a_file in PLANS:
        units = total // rows_a_file
        alone = units * fmean(known.units) * rows_a_file / known.rows
        for workers in WORKERS:
            seconds, lost, twice = simulated(workers, units, rows_a_file, known, hours)
            rows.append((total, units, workers, seconds / 3600, alone / seconds / workers, lost, twice))
    return rows


def table(rows: Sequence[tuple[int, int, int, float, float, int, int]], bytes_a_row: float) -> str:
    lines = [
        "| rows | files | bytes | workers | hours | scaling | attempts lost | files lost twice |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for total, units, workers, hours, share, lost, twice in rows:
        size = f"{total * bytes_a_row / 1e9:,.0f} GB"
        lines.append(f"| {total:.0e} | {units} | {size} | {workers} | {hours:,.2f} | {share:.3f} | {lost} | {twice} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", default="processes", choices=("processes", "ray"))
    parser.add_argument("--rows", type=int, default=8_000_000)
    parser.add_argument("--pairs", type=int, default=2)
    parser.add_argument("--hours", type=float, default=HOURS_BETWEEN_LOSSES, help="between losses of one worker")
    chosen = parser.parse_args()
    print(f"load before: {os.getloadavg()[0]:.1f}")
    ratio, known, bytes_a_row = measure(chosen.engine, chosen.rows, chosen.pairs)
    print(f"two workers / one          {ratio:.2f}   (bar {BAR}: {'met' if ratio >= BAR else 'MISSED'})")
    unit, rate = fmean(known.units), known.rows / fmean(known.units)
    print(f"a unit of {known.rows} rows   {unit:.2f} s, {rate:,.0f} rows a second, {bytes_a_row:.1f} bytes a row")
    print(f"starting, handing out      {known.start:.2f} s a worker, {1e3 * known.handing:.2f} ms a unit")
    rows = scaling(known, chosen.hours)
    print(table(rows, bytes_a_row))
    share = rows[-1][4]
    verdict = "met" if share >= SCALING_BAR else "MISSED"
    print(f"scaling at {WORKERS[-1]} workers    {share:.3f}   (bar {SCALING_BAR}: {verdict})")


if __name__ == "__main__":
    main()
