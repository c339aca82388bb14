"""`exprlearn recipes` and `reproduce`: experiments ready to be run, and runs and recipes done again."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import replace
from textwrap import fill

import typer

from exprlearn.cli.app import EXIT_CODES
from exprlearn.cli.options import CommandOptions
from exprlearn.cli.output import console, echo, note, print_document, print_table, print_view
from exprlearn.cli.progress import show_training
from exprlearn.cli.settings import load_plugins, read_settings
from exprlearn.config import Components, resolve
from exprlearn.errors import OptionError, RunError
from exprlearn.plugin.manager import Plugins
from exprlearn.recipes.catalogue import copy, find_recipe, recipe_names, recipe_text, settings_text
from exprlearn.recipes.catalogue import recipes as all_recipes
from exprlearn.recipes.recipe import Band, Measurement, Recipe
from exprlearn.recipes.reproduction import BandCheck, RunComparison, changed_versions, check_band, rerun
from exprlearn.report import Report
from exprlearn.runs.run_folder import RunFolder, find
from exprlearn.runs.starting import make_components
from exprlearn.scoring import Interval, percent
from exprlearn.training.observers import Observer
from exprlearn.walk import learn

#: The exit code when what is done again comes out otherwise.
OTHERWISE = 3
UNMEASURED = "not measured yet"
WIDTH, MARGIN = 100, 11


def list_recipes(options: CommandOptions) -> None:
    """List the recipes, with what is expected of them and what was measured."""
    if options.json:
        print_document({"recipes": [recipe.document() for recipe in all_recipes()]})
        return
    rows = [(recipe.name, recipe.about.title, *_numbers(recipe)) for recipe in all_recipes()]
    print_table(("recipe", "learns", "ours", "expected"), rows, fold=("learns", "ours", "expected"))


def show_recipe(options: CommandOptions) -> None:
    """Show where a recipe comes from, what is claimed, measured and expected, and its settings."""
    recipe = find_recipe(options.recipe_name)
    if options.json:
        print_document(recipe.document())
        return
    echo(f"{recipe.name}: {recipe.about.title}\n")
    width = min(WIDTH, console().width)
    for name, said in _facts(recipe):
        echo(fill(said, width=width, initial_indent=f"{name:<{MARGIN}}", subsequent_indent=" " * MARGIN))
    echo(f"\n{settings_text(recipe_text(options.recipe_name))}", nl=False)


def copy_recipe(options: CommandOptions) -> None:
    """Copy a recipe to a config file that can be changed and trained."""
    copy(options.recipe_name, options.file)
    echo(options.file)
    note(f"train it with: exprlearn train --config {shlex.quote(str(options.file))}")


def _facts(recipe: Recipe) -> Iterator[tuple[str, str]]:
    about = recipe.about
    ours, expected = _numbers(recipe)
    yield "source", about.source
    yield "claim", about.claim
    yield "measured", about.measured
    yield "otherwise", about.otherwise
    if about.question and about.pair:
        yield "question", about.question
        yield "pair", about.pair
    yield "ours", f"{ours}; {about.ours.by}" if about.ours else ours
    if about.band:
        yield "expected", expected


def _numbers(recipe: Recipe) -> tuple[str, str]:
    """Write what was measured and what is expected."""
    ours, band = recipe.about.ours, recipe.about.band
    return (UNMEASURED, "–") if ours is None or band is None else (_measured(ours, band), _expected(band))


def _measured(ours: Measurement, band: Band) -> str:
    """Write a measurement with its interval."""
    if band.metric == "exact_match":
        return f"exact {Interval(ours.value, ours.low, ours.high, ours.count)}"
    return f"rmse {ours.value:.3g} (95 %: {ours.low:.3g} – {ours.high:.3g}, n = {ours.count})"


def _expected(band: Band) -> str:
    """Write a band as a person reads it."""
    if band.metric == "exact_match":
        return f"exact {percent(band.low)} – {percent(band.high)}"
    return f"rmse {band.low:g} – {band.high:g}"


def reproduce(options: CommandOptions) -> None:
    """Do a run or a recipe again in a new run folder, and leave with 3 when it comes out otherwise."""
    plugins, reference = load_plugins(options), options.reference
    if reference in recipe_names() or reference.endswith(".toml"):
        components = read_settings(replace(options, recipe=reference), plugins=plugins).components
        with show_training(options.progress, reference) as observer:
            _recipe_again(reference, components, observer, options)
        return
    folder = _run_folder(options)
    components = _components(folder, plugins, bool(options.deterministic))
    with show_training(options.progress, folder.name) as observer:
        _run_again(folder, components, observer, options)


def _recipe_again(name: str, components: Components, observer: Observer, options: CommandOptions) -> None:
    report = learn(components.config, components, runs=options.runs, observer=observer)
    check = check_band(find_recipe(name), report.scores)
    _leave_when_interrupted(report)
    if options.json:
        print_document({"recipe": name, **check.document(), "scores": report.document()})
    else:
        print_view(report)
        echo(f"\n{_verdict_on_recipe(name, check)}")
    if check.in_band is False:
        raise typer.Exit(OTHERWISE)


def _run_again(folder: RunFolder, components: Components, observer: Observer, options: CommandOptions) -> None:
    changed = changed_versions(folder, components)
    for name, (then, now) in changed.items():
        note(f"{name} was {then or 'not there'} and is {now or 'not there'}: the numbers may differ")
    report, compared = rerun(folder, components, runs=options.runs, observer=observer)
    if options.json:
        versions = {name: {"recorded": then, "again": now} for name, (then, now) in changed.items()}
        runs_compared = {"run": str(folder.path), "again": str(report.run)}
        print_document({**runs_compared, **compared.document(), "changed_versions": versions})
    else:
        echo(f"run    {folder.path}\nagain  {report.run}\n\n{_verdict_on_run(compared)}")
    _leave_when_interrupted(report)
    if not compared.identical:
        raise typer.Exit(OTHERWISE)


def _verdict_on_recipe(name: str, check: BandCheck) -> str:
    """Sum up in a line whether a recipe came out as expected."""
    exact = check.metric == "exact_match"
    value = f"exact match {percent(check.value)}" if exact else f"rmse {check.value:.6g}"
    if check.band is None:
        return f"{name}: {value}; nothing is expected yet, for it was not measured before"
    return f"{name}: {value}, {'as' if check.in_band else 'not as'} expected: {_expected(check.band)}"


def _verdict_on_run(compared: RunComparison) -> str:
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


def _run_folder(options: CommandOptions) -> RunFolder:
    """Find the run; what a run brings itself cannot be asked for."""
    try:
        folder = find(options.reference, options.runs)
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
    components = make_components(folder, loaded)
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
