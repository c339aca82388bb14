"""Whether teaching in stages helps: every schedule beside training on the task alone and on all stages evenly.

    python benchmarks/curriculum_vs_uniform.py --out curricula.jsonl                  sums, mixed and nested, five seeds
    python benchmarks/curriculum_vs_uniform.py --out curricula.jsonl nested --seeds 10
    python benchmarks/curriculum_vs_uniform.py --out curricula.jsonl sums --ways mix,fixed@0.6
    python benchmarks/curriculum_vs_uniform.py --out curricula.jsonl --workers 2      two trainings side by side
    python benchmarks/curriculum_vs_uniform.py --out curricula.jsonl --table          only prints what is there

All trainings of a grammar take the same number of steps on as many examples, with the same model, seed by seed from
the same first weights, and are asked the same held-out expressions of the whole grammar. `task` draws them all from
it, `mix` evenly from all stages of the built-in curriculum; the others follow their schedule. `fixed@0.6` is `fixed`
with 0.6 of the epochs, its rate of learning falling as much sooner: what comes of less training, not what a longer one
has reached on its way. What is finished is one JSON line of the results file and is not done again. `--set` tries
other settings, which the lines remember.

The table tells the exact match on the test, the difference from `mix` and from `task` seed by seed, and after which
share of its examples a training had reached what `mix` reached at its end, on validation; each with its 95 % interval
by Student's t. A training that never got there counts as 100 % in that share, which flatters it, and is counted beside.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from seeds import append, finished, written
from trainings import components_of

from exprlearn.engines import run_units
from exprlearn.plugin import Engine, EngineSpec, UnitFailure
from exprlearn.plugin.manager import Plugins
from exprlearn.runs.run_files import read_lines
from exprlearn.walk import learn

GRAMMARS = ("sums", "mixed", "nested")
TASK, MIX = "task", "mix"
SCHEDULES: Mapping[str, Mapping[str, Any]] = {
    MIX: {"name": "mixed", "strategy": "mix"},
    "naive": {"name": "mixed", "strategy": "naive"},
    "blend": {"name": "mixed", "strategy": "blend"},
    "fixed": {"name": "fixed", "epochs": 4, "replay": 0.2},
    "fixed-2": {"name": "fixed", "epochs": 2, "replay": 0.0},
    "fixed-1": {"name": "fixed", "epochs": 1, "replay": 0.0},
    "threshold": {"name": "threshold", "replay": 0.2},
    "learning-progress": {"name": "learning-progress"},
}
USUAL_WAYS = (TASK, *(way for way in SCHEDULES if way[-1] not in "12"))
USUAL = ("training.epochs=40", "training.max_time=none", "data.test=4000")


@dataclass(frozen=True)
class Result:
    """One finished training: its test score, and its exact match on validation after each epoch."""

    grammar: str
    way: str
    seed: int
    backend: str
    changed: tuple[str, ...]
    exact_match: float
    examples: int
    curve: tuple[float, ...]


def measure(unit: tuple[int, str, str], *, backend: str, changed: Sequence[str]) -> Result:
    """Train once, by seed, grammar and way, and keep nothing but what the table needs."""
    seed, grammar, asked = unit
    way, _, share = asked.partition("@")
    flags: dict[str, Any] = {"grammar.name": grammar, "seed": seed, "training.backend": backend}
    if way != TASK:
        flags["curriculum.name"] = grammar
        flags |= {f"curriculum.schedule.{key}": value for key, value in SCHEDULES[way].items()}
    sets = ["model.network=lstm", *USUAL, *changed]
    epochs = components_of(*sets, flags=flags).config.training.epochs
    components = components_of(*sets, f"training.epochs={round(float(share or 1) * epochs)}", flags=flags)
    with TemporaryDirectory() as folder:
        report = learn(components.config, components, runs=Path(folder))
        rows = read_lines(report.run / "metrics.jsonl")
    return Result(
        grammar=grammar,
        way=asked,
        seed=seed,
        backend=backend,
        changed=tuple(changed),
        exact_match=report.scores.exact_match.value,
        examples=report.examples,
        curve=tuple(row["exact_match"] for row in rows),
    )


def run(grammars: Sequence[str], ways: Sequence[str], seeds: int, file: Path, engine: Engine, **how: Any) -> None:
    """Run what is missing: seed by seed, so that an early stop leaves whole pairs."""
    done = {(row.seed, row.grammar, row.way) for row in finished(file, Result) if _asked(row, **how)}
    wanted = [(seed, grammar, way) for seed in range(seeds) for grammar in grammars for way in ways]
    units = [unit for unit in wanted if unit not in done]
    for place, result in run_units(engine, partial(measure, **how), units):
        if isinstance(result, UnitFailure):
            print(f"{units[place]} failed: {result}", flush=True)
            continue
        append(file, result)
        print(f"{result.grammar} {result.way} seed {result.seed}: {100 * result.exact_match:.1f} %", flush=True)


def _asked(row: Result, *, backend: str, changed: Sequence[str]) -> bool:
    return (row.backend, row.changed) == (backend, tuple(changed))


def reached(result: Result, other: Result) -> float | None:
    """Return after which share of the examples a training was as good as another at its end; None if it never was."""
    wanted = other.curve[-1]
    epochs = next((epoch for epoch, exact in enumerate(result.curve, start=1) if exact >= wanted), None)
    return None if epochs is None else epochs * result.examples / len(result.curve) / other.examples


def table(results: Sequence[Result]) -> str:
    """Write a line for each grammar and way as a Markdown table."""
    lines = [
        "| grammar | way | seeds | exact match | beyond `mix` | beyond `task` | of `mix`'s examples | never there |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for grammar in dict.fromkeys(row.grammar for row in results):
        ways = sorted({row.way for row in results if row.grammar == grammar}, key=_place)
        by_way = {way: _by_seed(results, grammar, way) for way in (TASK, MIX, *ways)}
        lines += [_line(grammar, way, by_way) for way in ways]
    return "\n".join(lines)


def _place(way: str) -> tuple[int, str]:
    """Order ways as they are listed above, those of less training behind the others."""
    name, _, share = way.partition("@")
    return [TASK, *SCHEDULES].index(name) + (len(SCHEDULES) + 1) * bool(share), way


def _by_seed(results: Sequence[Result], grammar: str, way: str) -> dict[int, Result]:
    return {row.seed: row for row in results if (row.grammar, row.way) == (grammar, way)}


def _line(grammar: str, way: str, by_way: Mapping[str, Mapping[int, Result]]) -> str:
    rows, mix, task = by_way[way], by_way[MIX], by_way[TASK]
    beyond = [
        list(_paired(rows, other, lambda row, its: 100 * (row.exact_match - its.exact_match))) for other in (mix, task)
    ]
    shares = list(_paired(rows, mix, reached))
    cells = [
        grammar,
        f"`{way}`",
        str(len(rows)),
        written([100 * row.exact_match for row in rows.values()]),
        "" if way == MIX else written(beyond[0], "{:+.1f}"),
        "" if way == TASK else written(beyond[1], "{:+.1f}"),
        "" if way == MIX or not shares else written([100.0 if share is None else 100 * share for share in shares]),
        "" if way == MIX or not shares else f"{sum(share is None for share in shares)} of {len(shares)}",
    ]
    return f"| {' | '.join(cells)} |"


def _paired(
    rows: Mapping[int, Result], others: Mapping[int, Result], compare: Callable[[Result, Result], Any]
) -> Iterator[Any]:
    return (compare(row, others[seed]) for seed, row in rows.items() if seed in others)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("grammars", nargs="*", metavar="GRAMMAR", help="sums, mixed, nested; all when none is named")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the results, one JSON line each")
    parser.add_argument("--ways", default=",".join(USUAL_WAYS), metavar="A,B@SHARE", help="which ways to teach")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--backend", default="tensorflow", choices=("tensorflow", "jax"))
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="another setting, for trying")
    parser.add_argument("--engine", default="processes", choices=("processes", "ray"))
    parser.add_argument("--workers", type=int, default=1, help="trainings side by side")
    parser.add_argument("--table", action="store_true", help="run nothing, print the table of what is there")
    chosen = parser.parse_args()
    grammars = chosen.grammars or list(GRAMMARS)
    if not chosen.table:
        engine: Engine = Plugins(only=())[EngineSpec].make(chosen.engine, {"workers": chosen.workers, "fresh": True})
        how = {"backend": chosen.backend, "changed": chosen.set}
        run(grammars, chosen.ways.split(","), chosen.seeds, chosen.out, engine, **how)
        engine.close()
    asked = [row for row in finished(chosen.out, Result) if _asked(row, backend=chosen.backend, changed=chosen.set)]
    print(table([row for row in asked if row.grammar in grammars]))


if __name__ == "__main__":
    main()
