"""`exprlearn evaluate`: evaluate trained models on what their training never saw, or on every expression there is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer

from exprlearn.cli.generalisation import ask_cube, print_cube
from exprlearn.cli.options import CommandOptions
from exprlearn.cli.output import echo, note, print_document, print_table, print_view, warn
from exprlearn.cli.progress import counting_bar
from exprlearn.cli.settings import load_plugins, load_run, open_engine, read_other_test
from exprlearn.counts import counted
from exprlearn.engines import run_units
from exprlearn.errors import OptionError, QualityGateError, RunError
from exprlearn.files import replacing
from exprlearn.plugin import UnitFailure
from exprlearn.plugin.manager import plugins_from_environment
from exprlearn.report import scores_view
from exprlearn.report.wording import title
from exprlearn.runs.other_test import evaluate_on
from exprlearn.runs.run import Run
from exprlearn.runs.run_evaluation import Evaluation, write_cube
from exprlearn.runs.run_folder import LATEST
from exprlearn.runs.starting import load
from exprlearn.scoring import percent, scores_document, span
from exprlearn.scoring.census import Census, Wrong, wrong_line
from exprlearn.scoring.mistakes import MistakeGroup, WrongAnswer

#: Examples of each mistake that are printed.
SHOWN = 3
#: Wrong answers of a whole space that are named; more would fill the memory.
MOST_NAMED = 100_000
#: The parts of a census.
PARTS = {"train": "could be trained on", "validation": "validation", "test": "test"}


def evaluate(options: CommandOptions) -> None:
    """Evaluate one run, on a split or on the cells of a cube, or several runs."""
    _refuse_mixed(options)
    runs = options.evaluated or [LATEST]
    if len(runs) > 1:
        _evaluate_several(runs, options)
    run = load_run(runs[0], options)
    if options.beyond or options.lengths:
        with _progress() as shown:
            cube = ask_cube(run, options, shown)
        write_cube(run, cube, lengths=bool(options.lengths))
        print_cube(run, cube, options)
        return
    kept: list[Wrong] = []
    other = None if options.grammar is None else read_other_test(run, options)
    with _writing(options.wrong) as write, _progress() as shown:

        def found(rows: Sequence[Wrong]) -> None:
            write(rows)
            kept.extend(rows[: MOST_NAMED - len(kept)] if options.mistakes else ())

        if other is None:
            evaluated = run.evaluate(options.split, options.size, beam=options.beam, on_progress=shown, found=found)
        else:
            evaluated = evaluate_on(run, other, options.size, beam=options.beam)
            found(evaluated.wrong)
    groups = _name_mistakes(run, evaluated, kept, options.beam) if options.mistakes else None
    if evaluated.left_out:
        note(f"{counted(evaluated.left_out)} examples were left out: lines of workings may have shown them")
    if options.json:
        searched = {"beam": options.beam} if options.beam > 1 else {}
        left_out = {} if other is None else {"left_out": evaluated.left_out}
        print_document({**_document(evaluated, groups), **searched, **left_out})
    else:
        _print(evaluated, groups)
    _demand(evaluated.scores.exact_match.value, options.min_exact, run.folder.name)


def _refuse_mixed(options: CommandOptions) -> None:
    """Refuse options that do not go together: the cube is asked other expressions than the test, and of one run."""
    _refuse_sizes(options)
    lengths = options.lengths
    if options.beyond and lengths:
        raise OptionError("--beyond and --lengths: ask one after the other")
    of_one = {"--mistakes": options.mistakes, "--wrong": options.wrong, "--grammar": options.grammar is not None}
    of_test = {
        "--split": options.split != "test",
        "--size": options.size,
        "--beam": options.beam > 1,
        "--min-exact": options.min_exact is not None,
        **of_one,
    }
    chosen = [name for name, value in of_test.items() if value]
    if chosen and (options.beyond or lengths):
        other = "--beyond" if options.beyond else "--lengths"
        raise OptionError(
            f"{', '.join(chosen)}: that is about the test, and {other} asks other expressions; leave it out"
        )
    if len(options.evaluated or ()) > 1:
        typed = {**of_one, "--beyond": options.beyond, "--lengths": lengths}
        problems = [f"{flag}: of one run at a time; name one" for flag, value in typed.items() if value]
        if problems:
            raise OptionError(problems)


def _refuse_sizes(options: CommandOptions) -> None:
    """Refuse what says which expressions are asked, where nothing else does or something else has said so."""
    wide = _typed(options, "digits", "depth")
    if wide and (not options.beyond or options.lengths):
        raise OptionError(f"{', '.join(wide)}: only --beyond has such axes")
    if options.terms is not None and options.grammar is None and (not options.beyond or options.lengths):
        raise OptionError("--terms: of --beyond, or beside --grammar")
    if options.grammar is not None:
        if options.split != "test":
            raise OptionError(f"--split {options.split}: of another grammar only the test is asked; leave it out")
    elif sizes := _typed(options, "range", "brackets", "set"):
        raise OptionError(f"{', '.join(sizes)}: say of which grammar, with --grammar")


def _typed(options: CommandOptions, *names: str) -> list[str]:
    """List the flags of these names that were typed."""
    values = {name: getattr(options, name, getattr(options, f"{name}_", None)) for name in names}
    return [f"--{name}" for name, value in values.items() if value is not None]


def _demand(exact: float, minimum: float | None, run: str) -> None:
    """Raise a `QualityGateError` when a run is right less often than was asked for."""
    if minimum is not None and exact < minimum:
        raise QualityGateError(f"exact match is {percent(exact)}, asked for at least {percent(minimum)}: {run}")


def evaluate_one(options: CommandOptions) -> dict[str, Any]:
    """Evaluate the run that the options name, as a unit of work of its own, and return the JSON document."""
    plugins = plugins_from_environment(only=options.plugins, files=options.plugin or ())
    found = load(options.run, runs=options.runs, plugins=plugins).evaluate(
        options.split, options.size, beam=options.beam
    )
    return scores_document(found.scores, found.run, found.split)


def _evaluate_several(runs: Sequence[str], options: CommandOptions) -> None:
    """Print a line for each run, or one document, then leave; what went wrong goes to stderr."""
    outcomes: dict[int, Mapping[str, Any] | UnitFailure] = {}
    with open_engine(options, load_plugins(options), fresh=True) as engine:
        outcomes |= run_units(engine, evaluate_one, [replace(options, run=run) for run in runs])
    failures = {runs[index]: outcome.said for index, outcome in outcomes.items() if isinstance(outcome, UnitFailure)}
    documents = [outcome for _, outcome in sorted(outcomes.items()) if not isinstance(outcome, UnitFailure)]
    for run, said in failures.items():
        warn(f"the run {run} could not be evaluated: {said}")
    if options.json:
        print_document({"evaluations": documents, "failures": failures})
    else:
        columns = ("run", "split", "n", "exact", "95 %", "best baseline")
        print_table(columns, list(map(_row, documents)), right=("n", "exact"), fold=("best baseline",))
        if not documents:
            echo("no run was evaluated")
    for document in documents:
        _demand(document["exact_match"]["value"], options.min_exact, document["run"])
    raise typer.Exit(1 if failures else 0)


def _row(document: Mapping[str, Any]) -> tuple[str, ...]:
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


def _name_mistakes(run: Run, evaluated: Evaluation, wrong: Sequence[Wrong], beam: int) -> list[MistakeGroup]:
    """Name the mistakes of a test, or of a census those that were kept."""
    census = evaluated.census
    if census is None:
        return evaluated.mistake_groups
    if census.wrong > len(wrong):
        note(f"the first {len(wrong)} of {census.wrong} mistakes are named")
    return run.mistakes(wrong, beam=beam)


def _document(evaluated: Evaluation, groups: Sequence[MistakeGroup] | None) -> dict[str, Any]:
    census = {} if evaluated.census is None else {"census": evaluated.census.document()}
    named = {} if groups is None else {"mistakes": [group.document() for group in groups]}
    return {**scores_document(evaluated.scores, evaluated.run, evaluated.split), **census, **named}


def _print(evaluated: Evaluation, groups: Sequence[MistakeGroup] | None) -> None:
    print_view(scores_view(evaluated.scores, evaluated.split))
    if evaluated.census is not None:
        _print_census(evaluated.census)
    if groups:
        _print_mistakes(groups)
    elif groups is not None:
        echo("\nno mistakes to name")


def _print_census(census: Census) -> None:
    """Say how many answers are wrong, where, and which are the first."""
    left_out = census.expressions - census.answered
    rest = f"; {counted(left_out)} more are no examples" if left_out else ""
    echo(f"\n{counted(census.wrong)} of all {counted(census.answered)} answers are wrong{rest}")
    rows = [(PARTS[part], counted(count), counted(wrong)) for part, (count, wrong) in census.parts.items()]
    print_table(("part", "expressions", "wrong"), rows, right=("expressions", "wrong"))
    if census.examples:
        echo()
        columns = ("first wrong", "answer", "exact", "part")
        print_table(columns, [(item.expression, item.answer, item.truth, item.split) for item in census.examples])


def _print_mistakes(groups: Sequence[MistakeGroup]) -> None:
    """Print how many mistakes of each name there are, then examples of each with the step that went wrong."""
    echo()
    columns = ("mistake", "n", "of wrong", "95 %", "p predicted", "p correct", "what it is")
    rows = [
        (
            title(group.name),
            counted(group.count),
            percent(group.share.value),
            span(group.share),
            *("–" if p is None else f"{p:.3f}" for p in (group.chosen_probability, group.right_probability)),
            group.summary,
        )
        for group in groups
    ]
    print_table(columns, rows, right=columns[1:6], fold=("what it is",))
    echo()
    print_table(
        ("mistake", "expression", "answer", "exact", "step that went wrong"),
        [
            (title(group.name), item.expression, item.answer, item.truth, _step(item))
            for group in groups
            for item in group.examples[:SHOWN]
        ],
    )


def _step(item: WrongAnswer) -> str:
    step = item.step
    if step is None:
        return "–"
    wrote, right = f"{step.chosen} {step.chosen_probability:.3f}", f"{step.right} {step.right_probability:.3f}"
    return f"{step.step}: wrote {wrote}, right {right}"


@contextmanager
def _writing(file: Path | None) -> Iterator[Callable[[Sequence[Wrong]], None]]:
    """Write wrong answers as they are found; the file appears when all are there."""
    if file is None:
        yield lambda wrong: None
        return
    with replacing(file, RunError) as stream:

        def write(wrong: Sequence[Wrong]) -> None:
            stream.write("".join(map(wrong_line, wrong)).encode())

        yield write


def _progress() -> AbstractContextManager[Callable[[int, int], None]]:
    """Show in a terminal how far an evaluation is; elsewhere say nothing."""
    return counting_bar() if sys.stderr.isatty() else nullcontext(lambda done, total: None)
