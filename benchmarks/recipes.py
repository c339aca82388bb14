"""What the recipes come to over several seeds, and by how much the two of a pair differ.

    python benchmarks/recipes.py --out recipes.jsonl                      all extension pairs, five seeds each
    python benchmarks/recipes.py --out recipes.jsonl tutorial-mapping-mlp --seeds 10
    python benchmarks/recipes.py --out recipes.jsonl --table              only prints what is there

Each training runs under its recipe's settings, `--workers` of them side by side, each in a process of its own, so that
none leaves memory or anything else to the next; loading Keras is not in its CPU seconds. What is finished is one JSON
line of the results file and is not done again. `--set` tries other settings, which the lines remember. Wall time is no
matter here, so the table tells CPU seconds; `OMP_NUM_THREADS=1 taskset -c 0` keeps them comparable on a busy machine.

The table gives the mean over seeds with its 95 % interval by Student's t, which tells how far training itself varies;
a pair's difference is taken seed by seed, since both sides draw the same splits and first weights where they can.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

from seeds import append, finished, written
from trainings import components_of

from exprlearn.backend.keras_import import load_keras
from exprlearn.engines import run_units
from exprlearn.plugin import Engine, EngineSpec, UnitFailure
from exprlearn.plugin.manager import Plugins
from exprlearn.recipes.catalogue import recipes
from exprlearn.walk import learn


@dataclass(frozen=True)
class Result:
    """One finished training."""

    recipe: str
    seed: int
    backend: str
    changed: tuple[str, ...]
    exact_match: float
    rmse: float | None
    count: int
    epochs: int
    examples: int
    cpu_seconds: float


def pairs() -> Iterator[tuple[str, str]]:
    """Yield the two recipes of each question, `with` first."""
    for recipe in recipes():
        if recipe.name.endswith("-with"):
            yield recipe.name, str(recipe.about.pair)


def measure(unit: tuple[str, int], *, backend: str, changed: Sequence[str]) -> Result:
    """Run a recipe with a seed and keep nothing but its score."""
    name, seed = unit
    components = components_of(*changed, flags={"seed": seed, "training.backend": backend}, recipe=name)
    load_keras(backend)
    before = time.process_time()
    with TemporaryDirectory() as folder:
        report = learn(components.config, components, runs=Path(folder))
    scores = report.scores
    return Result(
        recipe=name,
        seed=seed,
        backend=backend,
        changed=tuple(changed),
        exact_match=scores.exact_match.value,
        rmse=scores.rmse,
        count=scores.exact_match.count,
        epochs=report.epochs,
        examples=report.examples,
        cpu_seconds=round(time.process_time() - before, 1),
    )


def run(names: Iterable[str], seeds: int, file: Path, engine: Engine, backend: str, changed: Sequence[str]) -> None:
    """Run what is missing: seed by seed, so that an early stop leaves whole pairs."""
    done = {
        (row.recipe, row.seed)
        for row in finished(file, Result)
        if (row.backend, list(row.changed)) == (backend, changed)
    }
    units = [unit for seed in range(seeds) for name in names if (unit := (name, seed)) not in done]
    for place, result in run_units(engine, partial(measure, backend=backend, changed=changed), units):
        if isinstance(result, UnitFailure):
            print(f"{units[place]} failed: {result}", flush=True)
            continue
        append(file, result)
        print(f"{result.recipe} seed {result.seed}: {_said(result)}, {result.cpu_seconds} CPU s", flush=True)


def table(results: Sequence[Result], names: Sequence[str]) -> str:
    """Write the recipes in order as a Markdown table, then what each pair of them differs by."""
    by_recipe = {
        name: sorted((row for row in results if row.recipe == name), key=lambda row: row.seed) for name in names
    }
    lines = ["| recipe | each seed | mean | 95 % | CPU s |", "| --- | --- | ---: | ---: | ---: |"]
    for name, rows in by_recipe.items():
        if rows:
            cpu = fmean(row.cpu_seconds for row in rows)
            lines.append(f"| `{name}` | {' · '.join(map(_said, rows))} | {_mean_and_interval(rows)} | {cpu:.0f} |")
    if not any(pair[0] in names for pair in pairs()):
        return "\n".join(lines)
    lines += ["", "| pair | seeds | with − without | 95 % |", "| --- | ---: | ---: | ---: |"]
    for one, other in pairs():
        if differences := list(_differences(by_recipe.get(one, []), by_recipe.get(other, []))):
            said = _in_columns(differences, "{:+.1f}")
            lines.append(f"| `{one.removesuffix('-with')}` | {len(differences)} | {said} |")
    return "\n".join(lines)


def _differences(rows: Iterable[Result], others: Iterable[Result]) -> Iterator[float]:
    without = {row.seed: row for row in others}
    for row in rows:
        if row.seed in without:
            yield 100 * (row.exact_match - without[row.seed].exact_match)


def _said(row: Result) -> str:
    return f"{100 * row.exact_match:.1f} %" if row.rmse is None else f"RMSE {row.rmse:.3f}"


def _mean_and_interval(rows: Sequence[Result]) -> str:
    if rows[0].rmse is None:
        return _in_columns([100 * row.exact_match for row in rows], "{:.1f}")
    return _in_columns([row.rmse for row in rows if row.rmse is not None], "{:.3f}")


def _in_columns(values: Sequence[float], form: str) -> str:
    return written(values, form, "{1} | {0} … {2}") if len(values) > 1 else f"{form.format(values[0])} | –"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "recipes", nargs="*", metavar="RECIPE", help="which ones; all extension pairs when none is named"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the results, one JSON line each")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--backend", default="tensorflow", choices=("tensorflow", "jax"))
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="another setting, for trying")
    parser.add_argument("--engine", default="processes", choices=("processes", "ray"))
    parser.add_argument("--workers", type=int, default=1, help="trainings side by side")
    parser.add_argument("--table", action="store_true", help="run nothing, print the table of what is there")
    chosen = parser.parse_args()
    names = chosen.recipes or [name for pair in pairs() for name in pair]
    if not chosen.table:
        engine: Engine = Plugins(only=())[EngineSpec].make(chosen.engine, {"workers": chosen.workers, "fresh": True})
        run(names, chosen.seeds, chosen.out, engine, chosen.backend, chosen.set)
        engine.close()
    same = [
        row for row in finished(chosen.out, Result) if (row.backend, list(row.changed)) == (chosen.backend, chosen.set)
    ]
    print(table(same, names))


if __name__ == "__main__":
    main()
