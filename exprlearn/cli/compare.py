"""`exprlearn compare`: runs side by side on the same expressions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from json import dumps
from pathlib import Path

from exprlearn.cli.options import CommandOptions
from exprlearn.cli.output import echo, print_document, print_table
from exprlearn.cli.settings import load_plugins
from exprlearn.counts import counted
from exprlearn.errors import RunError
from exprlearn.files import replacing
from exprlearn.plugin.manager import Plugins
from exprlearn.runs.record import read_record
from exprlearn.runs.run_evaluation import answer_test
from exprlearn.runs.run_folder import find
from exprlearn.runs.starting import load, read_run_config
from exprlearn.scoring import percent, span
from exprlearn.scoring.comparison import Comparison, RunAnswers, gather_answers
from exprlearn.scoring.comparison import compare as compare_sides

#: Items of each pair that are printed.
SHOWN = 5


def compare(options: CommandOptions) -> None:
    """Compare runs on what each has kept of its test, or on the first one's test, which all are asked anew."""
    names = [side.split(",") for side in options.sides]
    if options.ask:
        found = _ask(names, options.runs, load_plugins(options))
    else:
        found = [[_read(name, options.runs) for name in side] for side in names]
    comparisons = compare_sides(found)
    if options.items is not None:
        _write_items(options.items, comparisons)
    if options.json:
        listed = [{"run": run.run, "exact_match": vars(run.exact_match)} for side in found for run in side]
        print_document({"runs": listed, "comparisons": [comparison.document() for comparison in comparisons]})
        return
    _print_runs(found)
    for comparison in comparisons:
        _print_comparison(comparison)


def _read(name: str, runs: Path) -> RunAnswers:
    """Read what a run has kept of its test."""
    folder = read_record(find(name, runs).path)
    return gather_answers(folder.path.name, [(row.expression, row.answer, row.truth) for row in folder.predictions])


def _ask(names: Sequence[Sequence[str]], runs: Path, plugins: Plugins) -> list[list[RunAnswers]]:
    """Ask the runs of each column what the first side's run of that column was tested on."""
    # A process has one backend, and a run loads on any.
    backend = read_run_config(find(names[0][0], runs)).training.backend
    found: list[list[RunAnswers]] = [[] for _ in names]
    for column in range(min(map(len, names))):
        first = _read(names[0][column], runs)
        for row, side in enumerate(names):
            run = load(side[column], runs=runs, plugins=plugins, backend=backend)
            answers = answer_test(run, list(first.truths.items()))
            answered = zip(first.truths, answers, first.truths.values(), strict=True)
            found[row].append(gather_answers(run.folder.name, list(answered)))
    return found


def _print_runs(sides: Sequence[Sequence[RunAnswers]]) -> None:
    rows = [
        (run.run, counted(run.exact_match.count), percent(run.exact_match.value), span(run.exact_match))
        for side in sides
        for run in side
    ]
    print_table(("run", "n", "exact", "95 %"), rows, right=("n", "exact", "95 %"))


def _print_comparison(comparison: Comparison) -> None:
    echo(f"\n{comparison.second} less {comparison.first}")
    rows = []
    for pair in comparison.pairs:
        only = pair.outcomes.first_only, pair.outcomes.second_only
        rows.append((pair.second.run, *_points(pair.difference), f"{pair.p:.3g}", *only))
    columns = ("run", "points", "95 % bootstrap", "McNemar p", "only the first", "only the second")
    print_table(columns, rows, right=columns[1:])
    if comparison.p is None:
        echo("over seeds: {} points, 95 % t interval {}".format(*_points(comparison.difference)))
    elif comparison.p != comparison.pairs[0].p:
        echo(f"p adjusted for the number of comparisons (Holm): {comparison.p:.3g}")
    shown = list(_shown(comparison))
    if shown:
        echo()
        print_table(("only one is right", "exact", "first", "second", "right is"), shown)
    echo(f"→ {comparison.verdict}")


def _shown(comparison: Comparison) -> Iterator[tuple[str, ...]]:
    """List some items that only one run of the first pair gets right, of either."""
    pair = comparison.pairs[0]
    for right in (pair.first.run, pair.second.run):
        chosen = [item for item in pair.only_one() if item.right == right]
        for item in chosen[:SHOWN]:
            yield item.expression, item.truth, item.first, item.second, item.right


def _points(difference: object) -> tuple[str, str]:
    value, low, high = (100 * end for end in vars(difference).values())
    return f"{value:+.2f}", f"{low:+.2f} … {high:+.2f}"


def _write_items(file: Path, comparisons: Sequence[Comparison]) -> None:
    """Write what only one of each pair gets right."""
    with replacing(file, RunError) as stream:
        for comparison in comparisons:
            for pair in comparison.pairs:
                names = {"first_run": pair.first.run, "second_run": pair.second.run}
                for item in pair.only_one():
                    stream.write((dumps({**names, **asdict(item)}, ensure_ascii=False) + "\n").encode())
