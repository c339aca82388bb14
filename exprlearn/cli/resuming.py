"""Training a new run, or going on with one where it stopped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exprlearn.cli.options import Options
from exprlearn.cli.output import note
from exprlearn.errors import OptionError, RunError

if TYPE_CHECKING:
    from exprlearn.config import Components, RunConfig
    from exprlearn.plugin.manager import Plugins
    from exprlearn.report import Report
    from exprlearn.runs.run_folder import RunFolder
    from exprlearn.training.observers import Observer

#: What a resumed training gets when it had less than so many seconds.
MORE_TIME, MINUTES = "10m", 300
CHANGEABLE = tuple(
    f"training.{key}"
    for key in ("epochs", "max_time", "target", "patience", "backend", "processes", "metrics", "observers")
)


def resumed_folder(options: Options) -> RunFolder | None:
    """Find the run to go on with; None when a new one is wanted, whose name is checked.

    Raises:
        OptionError: `--config`, `--recipe` or `--name` beside `--resume`, or a name that no run can have.
        RunError: there is no such run, or one of the name for a new one.
    """
    from exprlearn.runs.run_folder import check_name, find

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


def train_new_or_on(
    components: Components,
    folder: RunFolder | None,
    observer: Observer,
    *,
    runs: Path,
    name: str | None,
    recipe: dict[str, Any] | None = None,
) -> Report:
    """Train a new run that begins with a recipe or without, or the one in `folder` from its newest whole checkpoint on.

    Raises:
        OptionError: a setting that a run cannot change on its way.
        RunError: the run is damaged.
    """
    from exprlearn.walk import learn, resume

    if folder is None:
        return learn(components.config, components, runs=runs, name=name, observer=observer, recipe=recipe)
    refuse_changes(folder, components.config)
    return resume(folder, components, observer=observer)


def tell_how_to_go_on(folder: Path) -> None:
    """Print the newest checkpoint of an interrupted run and the command that goes on from it."""
    from exprlearn.report.wording import run_reference
    from exprlearn.runs.checkpoint import places

    checkpoints = places(folder / "checkpoints")
    if checkpoints:
        note(f"the checkpoint {checkpoints[0]} is left; go on with: exprlearn train --resume {run_reference(folder)}")


def tell_what_time_left(report: Report, config: RunConfig) -> None:
    """Tell how far a training had come when its time was up, and the command that goes on for minutes."""
    from exprlearn.report.wording import run_reference
    from exprlearn.runs.run_files import read_lines
    from exprlearn.scoring import percent
    from exprlearn.training.stopping import TIME_UP

    if not report.stopped_by.startswith(TIME_UP):
        return
    shares = [row["exact_match"] for row in read_lines(report.run / "metrics.jsonl")]
    came = f"with {percent(max(shares))} of the validation exact" if shares else "before an epoch was done"
    target = config.training.target
    wanted = "" if target is None else f", not the {percent(target)} asked for"
    more = f" --max-time {MORE_TIME}" if (config.training.max_seconds or 0) < MINUTES else ""
    command = f"exprlearn train --resume {run_reference(report.run)}{more}"
    note(f"time was up {came}{wanted}; to go on from there, type: {command}")


@contextmanager
def told_when_cut_short(resumed: RunFolder | None, runs: Path) -> Iterator[None]:
    """Tell how to go on when a second Ctrl-C ends a training at once, before it could be judged."""
    try:
        yield
    except KeyboardInterrupt:
        tell_of_newest(resumed, runs)
        raise


def tell_of_newest(resumed: RunFolder | None, runs: Path) -> None:
    """Tell how to go on with the run that was resumed, or else with the newest one when it is not finished."""
    from exprlearn.runs.run_folder import find

    with suppress(RunError):
        folder = resumed or find("latest", runs)
        if resumed or folder.read_facts().get("state") == "training":
            tell_how_to_go_on(folder.path)


@contextmanager
def told_what_to_install(resumed: RunFolder | None, plugins: Plugins) -> Iterator[None]:
    """Add to what is wrong with the settings of a resumed run how to install what its components came from."""
    from exprlearn.runs.starting import installation_hints

    try:
        yield
    except OptionError as error:
        hints = installation_hints(resumed.read_facts(), plugins) if resumed else []
        raise OptionError([*error.problems, *hints]) from None


def refuse_changes(folder: RunFolder, asked: RunConfig) -> None:
    """See to it that the config that a run goes on with differs in nothing but when to stop and where to run.

    Raises:
        OptionError: every setting that differs otherwise.
    """
    from exprlearn.config import leaves
    from exprlearn.runs.starting import read_run_config

    before, now = (dict(leaves(config.model_dump(mode="json"))) for config in (read_run_config(folder), asked))
    changed = [key for key in {**before, **now} if before.get(key) != now.get(key) and key not in CHANGEABLE]
    if changed:
        can = ", ".join(CHANGEABLE)
        raise OptionError([f"{key}: a run goes on as it began; what can change is {can}" for key in changed])
    _tell_new_schedule(before, now)


def _tell_new_schedule(before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Tell that the learning rate leaves its schedule when a run goes on for another number of epochs."""
    old, new = before.get("training.epochs"), now["training.epochs"]
    if old != new and now["training.schedule"] != "constant":
        note(
            f"the learning rate was laid out to fall until epoch {old}; from here on it is what it would be in a run "
            f"of {new} epochs, so it jumps, and what comes out is not what {new} epochs in one go would give"
        )
