"""`exprlearn evaluate` of several runs: each is a unit of work of its own, on whatever engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exprlearn.cli.output import echo, print_document, print_table, warn

if TYPE_CHECKING:
    from exprlearn.plugin import Engine


@dataclass(frozen=True)
class Asked:
    """What a run is asked, as plain data that other processes take along."""

    run: str
    runs: Path
    split: str
    size: int | None
    beam: int
    plugin_files: tuple[Path, ...] = ()
    plugin_names: str | None = None


def judged(asked: Asked) -> dict[str, Any]:
    """Judge one run and return the JSON document of its evaluation."""
    from exprlearn.plugin.manager import plugins_from_environment
    from exprlearn.runs.starting import load
    from exprlearn.scoring import scores_document

    plugins = plugins_from_environment(only=asked.plugin_names, files=asked.plugin_files)
    run = load(asked.run, runs=asked.runs, plugins=plugins)
    found = run.evaluate(asked.split, asked.size, beam=asked.beam)
    return scores_document(found.scores, found.run, found.split)


def judge_all(engine: Engine, asked: Sequence[Asked]) -> tuple[list[Mapping[str, Any]], dict[str, str]]:
    """Judge runs; return the documents in the order asked for, and what went wrong by the name of the run."""
    from exprlearn.engines import run_units
    from exprlearn.plugin import UnitFailure

    documents: dict[int, Mapping[str, Any]] = {}
    failures: dict[str, str] = {}
    for place, outcome in run_units(engine, judged, asked):
        if isinstance(outcome, UnitFailure):
            failures[asked[place].run] = outcome.said
        else:
            documents[place] = outcome
    return [documents[place] for place in sorted(documents)], failures


def print_all(documents: Sequence[Mapping[str, Any]], failures: Mapping[str, str], *, json: bool) -> None:
    """Print a line for each run, or one document; what went wrong goes to stderr."""
    for run, said in failures.items():
        warn(f"the run {run} could not be judged: {said}")
    if json:
        print_document({"evaluations": list(documents), "failures": dict(failures)})
        return
    rows = [_row(document) for document in documents]
    print_table(
        ("run", "split", "n", "exact", "95 %", "best baseline"), rows, right=("n", "exact"), fold=("best baseline",)
    )
    if not rows:
        echo("no run was judged")


def _row(document: Mapping[str, Any]) -> tuple[str, ...]:
    from exprlearn.scoring import percent

    exact, baselines = document["exact_match"], document["baselines"]
    best = max(baselines, key=lambda name: baselines[name], default=None)
    return (
        document["run"],
        document["split"],
        str(exact["count"]),
        percent(exact["value"]),
        f"{percent(exact['low'])} – {percent(exact['high'])}",
        "–" if best is None else f"{percent(baselines[best])} ({best})",
    )
