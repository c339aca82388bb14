"""`exprlearn reproduce`: do a run or a recipe again and tell whether it comes out the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from exprlearn.cli.group import EXIT_CODES
from exprlearn.cli.loading import load_plugins
from exprlearn.cli.options import Options, takes
from exprlearn.cli.output import echo, note, print_document, print_view
from exprlearn.cli.progress import show_training
from exprlearn.cli.settings import read_settings

if TYPE_CHECKING:
    from exprlearn.config import Components
    from exprlearn.plugin.manager import Plugins
    from exprlearn.recipes.reproduction import BandCheck, RunComparison
    from exprlearn.report import Report
    from exprlearn.runs.run_folder import RunFolder
    from exprlearn.training.observers import Observer

OTHERWISE = 3

ReferenceArgument = Annotated[
    str, typer.Argument(metavar="RUN|RECIPE", help="A recipe's name, or a run: a path, a name, or latest.")
]


@takes("seed backend deterministic runs progress json plugin plugins strict_plugins")
def reproduce(options: Options, reference: ReferenceArgument) -> None:
    """Do a run or a recipe again in a new run folder; exit 3 when it comes out otherwise.

    A run is done with its own seed, backend and grammar for as many epochs as it did, and must give the same numbers
    to the last bit. A recipe's final score must lie in the band that is expected of it.
    """
    from exprlearn.recipes.catalogue import recipe_names

    plugins = load_plugins(options)
    if reference in recipe_names():
        components = read_settings(replace(options, recipe=reference), plugins).components
        with show_training(options.progress, reference) as observer:
            _recipe_again(reference, components, observer, options)
        return
    folder = _run_folder(reference, options)
    components = _components(folder, plugins, bool(options.deterministic))
    with show_training(options.progress, folder.name) as observer:
        _run_again(folder, components, observer, options)


def _recipe_again(name: str, components: Components, observer: Observer, options: Options) -> None:
    from exprlearn.recipes.catalogue import find_recipe
    from exprlearn.recipes.reproduction import check_band
    from exprlearn.walk import learn

    report = learn(components.config, components, runs=options.runs, observer=observer)
    judged = check_band(find_recipe(name), report.scores)
    _leave_when_interrupted(report)
    if options.json:
        print_document({"recipe": name, **judged.document(), "scores": report.document()})
    else:
        print_view(report)
        echo(f"\n{verdict_on_recipe(name, judged)}")
    if judged.in_band is False:
        raise typer.Exit(OTHERWISE)


def _run_again(folder: RunFolder, components: Components, observer: Observer, options: Options) -> None:
    from exprlearn.recipes.reproduction import changed_versions, rerun

    changed = changed_versions(folder, components)
    for name, (then, now) in changed.items():
        note(f"{name} was {then or 'not there'} and is {now or 'not there'}: the numbers may differ")
    report, compared = rerun(folder, components, runs=options.runs, observer=observer)
    if options.json:
        versions = {name: {"recorded": then, "again": now} for name, (then, now) in changed.items()}
        runs_compared = {"run": str(folder.path), "again": str(report.run)}
        print_document({**runs_compared, **compared.document(), "changed_versions": versions})
    else:
        echo(f"run    {folder.path}\nagain  {report.run}\n\n{verdict_on_run(compared)}")
    _leave_when_interrupted(report)
    if not compared.identical:
        raise typer.Exit(OTHERWISE)


def verdict_on_recipe(name: str, judged: BandCheck) -> str:
    """Sum up in a line whether a recipe came out as expected."""
    from exprlearn.cli.recipes import expected
    from exprlearn.scoring import percent

    shares = judged.metric == "exact_match"
    value = f"exact match {percent(judged.value)}" if shares else f"rmse {judged.value:.6g}"
    if judged.band is None:
        return f"{name}: {value}; nothing is expected yet, for it was not measured before"
    return f"{name}: {value}, {'as' if judged.in_band else 'not as'} expected: {expected(judged.band)}"


def verdict_on_run(compared: RunComparison) -> str:
    """Sum up in a line or two how far the rerun is the run again."""
    if compared.first is not None:
        first = compared.first
        size = f", a difference of {first.size:.3g}" if first.size is not None else ""
        before = f"identical through epoch {compared.same}; " if compared.same else ""
        said = f"{first.what} is {first.again!r} instead of {first.recorded!r}{size}"
        return f"{before}epoch {first.epoch} is the first that differs: {said}"
    weights = {True: ", and so are the last weights", False: ", but the last weights differ", None: ""}
    through = f"identical through epoch {compared.same}{weights[compared.weights]}"
    missing = compared.recorded - compared.again
    return f"{through}; {missing} epochs were not done again" if missing else through


def _run_folder(reference: str, options: Options) -> RunFolder:
    """Find the run; what a run brings itself cannot be asked for."""
    from exprlearn.errors import OptionError, RunError
    from exprlearn.runs.run_folder import find

    try:
        folder = find(reference, options.runs)
    except RunError as error:
        raise RunError(f"{error}\nor name a recipe: exprlearn recipes list") from None
    own = {"--seed": options.seed, "--backend": options.backend}
    problems = [
        f"{flag}: a run is done again with its own; leave it out" for flag, value in own.items() if value is not None
    ]
    if problems:
        raise OptionError(problems)
    return folder


def _components(folder: RunFolder, loaded: Plugins, deterministic: bool) -> Components:
    from exprlearn.config import resolve
    from exprlearn.runs.starting import kept_components

    components = kept_components(folder, loaded)
    processes = components.config.training.processes
    if not deterministic and processes == 1:
        return components
    if processes > 1:
        note(f"the run was trained by {processes} processes and one does it again: the last bits may differ")
    changed = {"deterministic": deterministic or components.config.training.deterministic, "processes": 1}
    training = components.config.training.model_copy(update=changed)
    return resolve(components.config.model_copy(update={"training": training}), loaded)


def _leave_when_interrupted(report: Report) -> None:
    if report.stopped_by in EXIT_CODES:
        raise typer.Exit(EXIT_CODES[report.stopped_by])
