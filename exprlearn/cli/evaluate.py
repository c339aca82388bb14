"""`exprlearn evaluate`: judge a trained model on what its training never saw, or on every expression there is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from exprlearn.cli.beyond import (
    BeyondOption,
    DepthOption,
    DigitsOption,
    LengthsOption,
    PerCellOption,
    TermsOption,
    ThresholdOption,
    ask_beyond,
    print_cube,
)
from exprlearn.cli.engine import open_engine
from exprlearn.cli.evaluate_many import Asked, judge_all, print_all
from exprlearn.cli.judging import MOST_NAMED, print_mistakes
from exprlearn.cli.loading import load_plugins, load_run
from exprlearn.cli.options import (
    RUNS,
    BeamOption,
    EngineOption,
    JsonOption,
    PluginFilesOption,
    PluginNamesOption,
    RayAddressOption,
    RunsOption,
    SeveralRunsArgument,
    StrictPluginsOption,
    WorkersOption,
)
from exprlearn.cli.output import console, echo, note, print_document, print_table, print_view

if TYPE_CHECKING:
    from exprlearn.runs.evaluation import Evaluation
    from exprlearn.runs.run import Run
    from exprlearn.scoring.census import Census, Wrong
    from exprlearn.scoring.mistakes import MistakeGroup

SplitOption = Annotated[
    Literal["validation", "test", "all"],
    typer.Option("--split", help="Which held-out expressions; all answers every expression of the space."),
]
SizeOption = Annotated[
    int | None,
    typer.Option("--size", min=1, help="How many expressions [all of the split]; with all, how many there may be."),
]
MinimumOption = Annotated[
    float | None, typer.Option("--min-exact", min=0, max=1, help="Exit with 3 when exact match is below.")
]
MistakesOption = Annotated[
    bool, typer.Option("--mistakes", help="Name each mistake, and show where the decoder went wrong.")
]
WrongOption = Annotated[
    Path | None, typer.Option("--wrong", metavar="FILE.jsonl", help="Write the wrong answers, a JSON object a line.")
]


def evaluate(
    run: SeveralRunsArgument = None,
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
    engine: EngineOption = None,
    workers: WorkersOption = None,
    ray_address: RayAddressOption = None,
    runs: RunsOption = RUNS,
    json: JsonOption = False,
    plugin: PluginFilesOption = None,
    plugins: PluginNamesOption = None,
    strict_plugins: StrictPluginsOption = False,
) -> None:
    """Judge trained models: exact match with its interval, baselines and groups; of several, a line each."""
    from exprlearn.runs.report_artifacts import write_cube
    from exprlearn.runs.run_folder import LATEST

    spans = {"digits": digits, "terms": terms, "depth": depth}
    test = {"--split": split != "test", "--size": size, "--beam": beam > 1, "--min-exact": min_exact is not None}
    _refuse_mixed(beyond, lengths, spans, {**test, "--mistakes": mistakes, "--wrong": wrong})
    if run is not None and len(run) > 1:
        _refuse_for_several({"--mistakes": mistakes, "--wrong": wrong, "--beyond": beyond, "--lengths": lengths})
        asked = [Asked(each, runs, split, size, beam, tuple(plugin or ()), plugins) for each in run]
        loaded_plugins = load_plugins(plugin, plugins, strict_plugins)
        with open_engine(loaded_plugins, engine, workers, ray_address, fresh=True) as opened:
            documents, failures = judge_all(opened, asked)
        print_all(documents, failures, json=json)
        for document in documents:
            _demand(document["exact_match"]["value"], min_exact, document["run"])
        raise typer.Exit(1 if failures else 0)
    loaded = load_run(run[0] if run else LATEST, runs, plugin, plugins, strict_plugins)
    if beyond or lengths:
        with _shown() as told:
            cube = ask_beyond(loaded, spans, lengths=lengths, per_cell=per_cell, threshold=threshold, on_progress=told)
        write_cube(loaded, cube, lengths=bool(lengths))
        print_cube(cube, loaded.folder.name, lengths=bool(lengths), json=json)
        return
    kept: list[Wrong] = []
    with _written(wrong) as write, _shown() as told:

        def found(rows: Sequence[Wrong]) -> None:
            write(rows)
            kept.extend(rows[: MOST_NAMED - len(kept)] if mistakes else ())

        judged = loaded.evaluate(split, size, beam=beam, on_progress=told, found=found)
    groups = _named(loaded, judged, kept, beam) if mistakes else None
    if json:
        searched = {"beam": beam} if beam > 1 else {}
        print_document({**_document(judged, groups), **searched})
    else:
        _print(judged, groups)
    _demand(judged.scores.exact_match.value, min_exact, loaded.folder.name)


def _demand(exact: float, minimum: float | None, run: str) -> None:
    """Raise when a run is right less often than was asked for.

    Raises:
        QualityGateError: it is.
    """
    from exprlearn.errors import QualityGateError
    from exprlearn.scoring import percent

    if minimum is not None and exact < minimum:
        raise QualityGateError(f"exact match is {percent(exact)}, asked for at least {percent(minimum)}: {run}")


def _refuse_for_several(chosen: Mapping[str, object]) -> None:
    """Refuse what is told of one run only.

    Raises:
        OptionError: such an option.
    """
    from exprlearn.errors import OptionError

    problems = [f"{flag}: of one run at a time; name one" for flag, value in chosen.items() if value]
    if problems:
        raise OptionError(problems)


def _named(run: Run, judged: Evaluation, wrong: Sequence[Wrong], beam: int) -> list[MistakeGroup]:
    """Name the mistakes of a test, or of a census those that were kept."""
    census = judged.census
    if census is None:
        return judged.mistake_groups
    if census.wrong > len(wrong):
        note(f"the first {len(wrong)} of {census.wrong} mistakes are named")
    return run.mistakes(wrong, beam=beam)


def _document(judged: Evaluation, groups: Sequence[MistakeGroup] | None) -> dict[str, Any]:
    from exprlearn.scoring import scores_document

    counted = {} if judged.census is None else {"census": judged.census.document()}
    named = {} if groups is None else {"mistakes": [group.document() for group in groups]}
    return {**scores_document(judged.scores, judged.run, judged.split), **counted, **named}


def _print(judged: Evaluation, groups: Sequence[MistakeGroup] | None) -> None:
    from exprlearn.report import scores_view

    print_view(scores_view(judged.scores, judged.split))
    if judged.census is not None:
        _print_census(judged.census)
    if groups is not None:
        print_mistakes(groups)


def _refuse_mixed(
    beyond: bool, lengths: str | None, spans: Mapping[str, str | None], test: Mapping[str, object]
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
    chosen = [name for name, value in test.items() if value]
    if chosen and (beyond or lengths):
        asking = "--beyond" if beyond else "--lengths"
        raise OptionError(
            f"{', '.join(chosen)}: that is about the test, and {asking} asks other expressions; leave it out"
        )


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


@contextmanager
def _written(file: Path | None) -> Iterator[Callable[[Sequence[Wrong]], None]]:
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


@contextmanager
def _shown() -> Iterator[Callable[[int, int], None]]:
    """Show in a terminal how far a census is; elsewhere say nothing."""
    if not sys.stderr.isatty():
        yield lambda done, count: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console(stderr=True), transient=True) as shown:
        task = shown.add_task("expressions", total=None, visible=False)
        yield lambda done, count: shown.update(task, completed=done, total=count, visible=True)
