"""`exprlearn train`: learn, show it happening, print the test table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import typer

from exprlearn.cli.app import EXIT_CODES
from exprlearn.cli.distributed import RankContext, check_count, rank_context, start_processes
from exprlearn.cli.options import CommandOptions
from exprlearn.cli.output import echo, note, print_document, print_view
from exprlearn.cli.progress import show_training
from exprlearn.cli.settings import Settings, load_plugins, read_settings
from exprlearn.config import Components, RunConfig, leaves
from exprlearn.distributed.workers import this_worker
from exprlearn.errors import OptionError, RunError
from exprlearn.plugin.manager import Plugins
from exprlearn.report import Report
from exprlearn.report.wording import run_reference
from exprlearn.runs.checkpoint import list_checkpoints
from exprlearn.runs.run_files import rows_of
from exprlearn.runs.run_folder import RunFolder, check_name, find
from exprlearn.runs.schema import EpochRow, MonitorRow
from exprlearn.runs.starting import installation_hints, read_run_config
from exprlearn.training.stopping import TIME_UP
from exprlearn.walk import learn, resume

#: What a resumed training gets when it had less than so many seconds.
MORE_TIME, MINUTES = "10m", 300
CHANGEABLE = tuple(
    f"training.{key}"
    for key in ("epochs", "max_time", "target", "patience", "backend", "processes", "metrics", "callbacks", "observers")
)


def train(options: CommandOptions) -> None:
    """Train a new run or go on with one, in as many processes as the settings say."""
    worker = this_worker()
    if worker is not None and options.processes is None:
        options = replace(options, processes=worker.count)
    plugins = load_plugins(options)
    folder = find_resumed(options)
    if folder is not None:
        options = replace(options, config=folder.path / "config.toml")
    with hint_installations(folder, plugins):
        settings = read_settings(options, plugins=plugins, quickstart=True)
    if options.print_config:
        echo(settings.toml(), nl=False)
        return
    wanted = settings.components.config.training.processes
    check_count(worker, wanted)
    if worker is None and wanted > 1:
        raise typer.Exit(start_processes(wanted, when_cut=partial(note_newest, folder, options.runs)))
    with rank_context(worker, RankContext(settings.components, folder, options.runs, options.progress)) as rank:
        _train_here(rank, settings, options)


def _train_here(rank: RankContext, settings: Settings, options: CommandOptions) -> None:
    """Train in this process, and print the test table unless nobody looks."""
    components, folder = rank.components, rank.folder
    with ExitStack() as stack:
        if not rank.silent:
            stack.enter_context(note_when_interrupted(folder, rank.runs))
        observer = stack.enter_context(show_training(rank.progress, settings.title))
        if folder is None:
            with settings.read.explained():
                report = learn(
                    components.config,
                    components,
                    runs=rank.runs,
                    name=options.name,
                    observer=observer,
                    pairs=settings.pairs,
                    recipe=settings.claimed(),
                )
        else:
            refuse_changes(folder, components)
            report = resume(folder, components, observer=observer)
    if not rank.silent:
        print_document(report.document()) if options.json else print_view(report)
        note_time_up(report, components.config, MonitorRow.of(components))
    if report.stopped_by in EXIT_CODES:
        if not rank.silent:
            note_how_to_resume(report.run)
        raise typer.Exit(EXIT_CODES[report.stopped_by])


def find_resumed(options: CommandOptions) -> RunFolder | None:
    """Find the run to go on with; None when a new one is wanted, whose name is checked."""
    if options.resume is None:
        if options.name is not None:
            check_name(options.runs, options.name)
        return None
    given = {"--config": options.config, "--recipe": options.recipe, "--name": options.name}
    problems = [
        f"{flag}: a resumed run keeps its own; leave it out" for flag, value in given.items() if value is not None
    ]
    if problems:
        raise OptionError(problems)
    return find(options.resume, options.runs)


def note_how_to_resume(folder: Path) -> None:
    """Print the newest checkpoint of an interrupted run and the command that goes on from it."""
    checkpoints = list_checkpoints(folder / "checkpoints")
    if checkpoints:
        note(f"the checkpoint {checkpoints[0]} is left; go on with: exprlearn train --resume {run_reference(folder)}")


def note_time_up(report: Report, config: RunConfig, monitor: MonitorRow) -> None:
    """Tell how far a training had come when its time was up, and the command that goes on for minutes."""
    if not report.stopped_by.startswith(TIME_UP):
        return
    best, target = monitor.best(rows_of(report.run / "metrics.jsonl", EpochRow, grows=True)), config.training.target
    name = "{} of the validation exact" if monitor.is_exact_match else f"{monitor.name} {{}} on the validation"
    score = None if best is None else monitor.score(best)
    came = "before an epoch was done" if score is None else f"with {name.format(monitor.write(score))}"
    wanted = "" if target is None else f", not the {monitor.write(target)} asked for"
    more = f" --max-time {MORE_TIME}" if (config.training.max_seconds or 0) < MINUTES else ""
    command = f"exprlearn train --resume {run_reference(report.run)}{more}"
    note(f"time was up {came}{wanted}; to go on from there, type: {command}")


@contextmanager
def note_when_interrupted(resumed: RunFolder | None, runs: Path) -> Iterator[None]:
    """Tell how to go on when a second Ctrl-C ends a training at once, before it could be evaluated."""
    try:
        yield
    except KeyboardInterrupt:
        note_newest(resumed, runs)
        raise


def note_newest(resumed: RunFolder | None, runs: Path) -> None:
    """Tell how to go on with the run that was resumed, or else with the newest one when it is not finished."""
    with suppress(RunError):
        folder = resumed or find("latest", runs)
        if resumed or folder.read_facts().get("state") == "training":
            note_how_to_resume(folder.path)


@contextmanager
def hint_installations(resumed: RunFolder | None, plugins: Plugins) -> Iterator[None]:
    """Add to what is wrong with the settings of a resumed run how to install what its components came from."""
    try:
        yield
    except OptionError as error:
        hints = installation_hints(resumed.read_facts(), plugins) if resumed else []
        raise OptionError([*error.problems, *hints]) from None


def refuse_changes(folder: RunFolder, components: Components) -> None:
    """See to it that the config that a run goes on with differs in nothing but when to stop and where to run."""
    # What a run of an earlier version does not say of a component is its usual option.
    kept = components.completed(read_run_config(folder))
    before, now = (dict(leaves(config.model_dump(mode="json"))) for config in (kept, components.config))
    changed = [key for key in {**before, **now} if before.get(key) != now.get(key) and key not in CHANGEABLE]
    if changed:
        can = ", ".join(CHANGEABLE)
        raise OptionError([f"{key}: a run goes on as it began; what can change is {can}" for key in changed])
    _note_new_schedule(before, now)


def _note_new_schedule(before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Tell that the learning rate leaves its schedule when a run goes on for another number of epochs."""
    old, new = before.get("training.epochs"), now["training.epochs"]
    if old != new and now.get("training.schedule") != "constant":
        note(
            f"the learning rate was laid out to fall until epoch {old}; from here on it is what it would be in a run "
            f"of {new} epochs, so it jumps, and what comes out is not what {new} epochs in one go would give"
        )
