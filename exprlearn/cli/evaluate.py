"""`exprlearn evaluate`: judge trained models on what their training never saw, or on every expression there is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from exprlearn.cli.generalisation import (
    BeyondOption,
    DepthOption,
    DigitsOption,
    LengthsOption,
    PerCellOption,
    TermsOption,
    ThresholdOption,
    ask_cube,
    print_cube,
)
from exprlearn.cli.loading import load_plugins, load_run, open_engine
from exprlearn.cli.options import BeamOption, CommandOptions, takes
from exprlearn.cli.output import echo, note, print_document, print_table, print_view, warn
from exprlearn.cli.progress import counting_bar

if TYPE_CHECKING:
    from exprlearn.plugin import Engine
    from exprlearn.runs.run import Run
    from exprlearn.runs.run_evaluation import Evaluation
    from exprlearn.scoring.census import Census, Wrong
    from exprlearn.scoring.mistakes import MistakeGroup, WrongAnswer

#: Examples of each mistake that are printed.
SHOWN = 3
#: Wrong answers of a whole space that are named; more would fill the memory.
MOST_NAMED = 100_000

RunsArgument = Annotated[
    list[str] | None, typer.Argument(metavar="RUN", help="Paths, names under the runs folder, or latest; one or more.")
]
SplitOption = Annotated[
    Literal["validation", "test", "all"],
    typer.Option(help="Which held-out expressions; all answers every expression of the space."),
]
SizeOption = Annotated[
    int | None,
    typer.Option(min=1, help="How many expressions [all of the split]; with all, how many there may be."),
]
MinimumOption = Annotated[float | None, typer.Option(min=0, max=1, help="Exit with 3 when exact match is below.")]
MistakesOption = Annotated[bool, typer.Option(help="Name each mistake, and show where the decoder went wrong.")]
WrongOption = Annotated[
    Path | None, typer.Option(metavar="FILE.jsonl", help="Write the wrong answers, a JSON object a line.")
]


@takes(
    "run split size beam min_exact mistakes wrong beyond lengths digits terms depth per_cell threshold "
    "engine workers ray_address runs json plugin plugins strict_plugins"
)
def evaluate(
    options: CommandOptions,
    run: RunsArgument = None,
    split: SplitOption = "test",
    size: SizeOption = None,
    beam: BeamOption = 1,
    min_exact: MinimumOption = None,
    mistakes: MistakesOption = False,
    wrong: WrongOption = None,
    beyond: BeyondOption = False,
    lengths: LengthsOption = None,
    digits: DigitsOption = None,
    terms: TermsOption = None,
    depth: DepthOption = None,
    per_cell: PerCellOption = 100,
    threshold: ThresholdOption = 0.9,
) -> None:
    """Judge trained models: exact match with its interval, baselines and groups; of several, a line each."""
    from exprlearn.runs.run_evaluation import write_cube
    from exprlearn.runs.run_folder import LATEST

    spans = {"digits": digits, "terms": terms, "depth": depth}
    of_test = {"--split": split != "test", "--size": size, "--beam": beam > 1, "--min-exact": min_exact is not None}
    _refuse_mixed(beyond, lengths, spans, {**of_test, "--mistakes": mistakes, "--wrong": wrong})
    if run is not None and len(run) > 1:
        _refuse_for_several({"--mistakes": mistakes, "--wrong": wrong, "--beyond": beyond, "--lengths": lengths})
        _evaluate_several([RunQuestion(each, split, size, beam, options) for each in run], min_exact)
    loaded = load_run(run[0] if run else LATEST, options)
    if beyond or lengths:
        with _progress() as shown:
            cube = ask_cube(loaded, spans, lengths=lengths, per_cell=per_cell, threshold=threshold, on_progress=shown)
        write_cube(loaded, cube, lengths=bool(lengths))
        print_cube(cube, loaded.folder.name, lengths=bool(lengths), json=options.json)
        return
    kept: list[Wrong] = []
    with _writing(wrong) as write, _progress() as shown:

        def found(rows: Sequence[Wrong]) -> None:
            write(rows)
            kept.extend(rows[: MOST_NAMED - len(kept)] if mistakes else ())

        judged = loaded.evaluate(split, size, beam=beam, on_progress=shown, found=found)
    groups = _name_mistakes(loaded, judged, kept, beam) if mistakes else None
    if options.json:
        searched = {"beam": beam} if beam > 1 else {}
        print_document({**_document(judged, groups), **searched})
    else:
        _print(judged, groups)
    _demand(judged.scores.exact_match.value, min_exact, loaded.folder.name)


def _refuse_mixed(
    beyond: bool, lengths: str | None, spans: Mapping[str, str | None], of_test: Mapping[str, object]
) -> None:
    """Refuse options that do not go together: the cube is asked other expressions than the test.

    Raises:
        OptionError: such options.
    """
    from exprlearn.errors import OptionError

    wide = [f"--{name}" for name, span in spans.items() if span is not None]
    if wide and (not beyond or lengths):
        raise OptionError(f"{', '.join(wide)}: only --beyond has such axes")
    if beyond and lengths:
        raise OptionError("--beyond and --lengths: ask one after the other")
    chosen = [name for name, value in of_test.items() if value]
    if chosen and (beyond or lengths):
        other = "--beyond" if beyond else "--lengths"
        raise OptionError(
            f"{', '.join(chosen)}: that is about the test, and {other} asks other expressions; leave it out"
        )


def _refuse_for_several(chosen: Mapping[str, object]) -> None:
    """Refuse what is told of one run only.

    Raises:
        OptionError: such an option.
    """
    from exprlearn.errors import OptionError

    problems = [f"{flag}: of one run at a time; name one" for flag, value in chosen.items() if value]
    if problems:
        raise OptionError(problems)


def _demand(exact: float, minimum: float | None, run: str) -> None:
    """Raise when a run is right less often than was asked for.

    Raises:
        QualityGateError: it is.
    """
    from exprlearn.errors import QualityGateError
    from exprlearn.scoring import percent

    if minimum is not None and exact < minimum:
        raise QualityGateError(f"exact match is {percent(exact)}, asked for at least {percent(minimum)}: {run}")


@dataclass(frozen=True)
class RunQuestion:
    """What one of several runs is asked, as plain data that other processes take along."""

    run: str
    split: str
    size: int | None
    beam: int
    options: CommandOptions


def evaluate_one(question: RunQuestion) -> dict[str, Any]:
    """Evaluate one run, as a unit of work of its own, and return the JSON document."""
    from exprlearn.plugin.manager import plugins_from_environment
    from exprlearn.runs.starting import load
    from exprlearn.scoring import scores_document

    options = question.options
    plugins = plugins_from_environment(only=options.plugins, files=options.plugin or ())
    run = load(question.run, runs=options.runs, plugins=plugins)
    found = run.evaluate(question.split, question.size, beam=question.beam)
    return scores_document(found.scores, found.run, found.split)


def evaluate_each(engine: Engine, questions: Sequence[RunQuestion]) -> tuple[list[Mapping[str, Any]], dict[str, str]]:
    """Evaluate runs; return the documents in the order asked for, and what went wrong by the name of the run."""
    from exprlearn.engines import run_units
    from exprlearn.plugin import UnitFailure

    documents: dict[int, Mapping[str, Any]] = {}
    failures: dict[str, str] = {}
    for index, outcome in run_units(engine, evaluate_one, questions):
        if isinstance(outcome, UnitFailure):
            failures[questions[index].run] = outcome.said
        else:
            documents[index] = outcome
    return [documents[index] for index in sorted(documents)], failures


def _evaluate_several(questions: Sequence[RunQuestion], minimum: float | None) -> None:
    """Print a line for each run, or one document; what went wrong goes to stderr."""
    options = questions[0].options
    with open_engine(options, load_plugins(options), fresh=True) as engine:
        documents, failures = evaluate_each(engine, questions)
    for run, said in failures.items():
        warn(f"the run {run} could not be judged: {said}")
    if options.json:
        print_document({"evaluations": documents, "failures": failures})
    else:
        columns = ("run", "split", "n", "exact", "95 %", "best baseline")
        print_table(columns, list(map(_row, documents)), right=("n", "exact"), fold=("best baseline",))
        if not documents:
            echo("no run was judged")
    for document in documents:
        _demand(document["exact_match"]["value"], minimum, document["run"])
    raise typer.Exit(1 if failures else 0)


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


def _name_mistakes(run: Run, judged: Evaluation, wrong: Sequence[Wrong], beam: int) -> list[MistakeGroup]:
    """Name the mistakes of a test, or of a census those that were kept."""
    census = judged.census
    if census is None:
        return judged.mistake_groups
    if census.wrong > len(wrong):
        note(f"the first {len(wrong)} of {census.wrong} mistakes are named")
    return run.mistakes(wrong, beam=beam)


def _document(judged: Evaluation, groups: Sequence[MistakeGroup] | None) -> dict[str, Any]:
    from exprlearn.scoring import scores_document

    census = {} if judged.census is None else {"census": judged.census.document()}
    named = {} if groups is None else {"mistakes": [group.document() for group in groups]}
    return {**scores_document(judged.scores, judged.run, judged.split), **census, **named}


def _print(judged: Evaluation, groups: Sequence[MistakeGroup] | None) -> None:
    from exprlearn.report import scores_view

    print_view(scores_view(judged.scores, judged.split))
    if judged.census is not None:
        _print_census(judged.census)
    if groups is not None:
        _print_mistakes(groups)


def _print_census(census: Census) -> None:
    """Say how many answers are wrong, where, and which are the first."""
    from exprlearn.report.wording import counted

    left_out = census.expressions - census.answered
    rest = f"; {counted(left_out)} more are no examples" if left_out else ""
    echo(f"\n{counted(census.wrong)} of all {counted(census.answered)} answers are wrong{rest}")
    names = {"train": "could be trained on", "validation": "validation", "test": "test"}
    rows = [(names[part], counted(count), counted(wrong)) for part, (count, wrong) in census.parts.items()]
    print_table(("part", "expressions", "wrong"), rows, right=("expressions", "wrong"))
    if census.examples:
        echo()
        columns = ("first wrong", "answer", "exact", "part")
        print_table(columns, [(item.expression, item.answer, item.truth, item.split) for item in census.examples])


def _print_mistakes(groups: Sequence[MistakeGroup]) -> None:
    """Print how many mistakes of each name there are, then examples of each with the step that went wrong."""
    from exprlearn.report.wording import counted, title
    from exprlearn.scoring import percent, span

    if not groups:
        echo("\nno mistakes to name")
        return
    echo()
    columns = ("mistake", "n", "of wrong", "95 %", "p written", "p right", "what it is")
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
    if item.step is None:
        return "–"
    step = item.step
    wrote, right = f"{step.chosen} {step.chosen_probability:.3f}", f"{step.right} {step.right_probability:.3f}"
    return f"{step.step}: wrote {wrote}, right {right}"


@contextmanager
def _writing(file: Path | None) -> Iterator[Callable[[Sequence[Wrong]], None]]:
    """Write wrong answers as they are found; the file appears when all are there."""
    from exprlearn.errors import RunError
    from exprlearn.files import replacing
    from exprlearn.scoring.census import wrong_line

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
