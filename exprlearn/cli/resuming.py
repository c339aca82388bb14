"""Training a new run, or going on with one where it stopped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from exprlearn.cli.output import note
from exprlearn.errors import OptionError, RunError

if TYPE_CHECKING:
    from exprlearn.config import Components, RunConfig
    from exprlearn.plugin.manager import Plugins
    from exprlearn.report import Report
    from exprlearn.training.observer import Observer
    from exprlearn.training.run_folder import RunFolder

CHANGEABLE = tuple(
    f"training.{key}"
    for key in ("epochs", "max_time", "target", "patience", "backend", "processes", "metrics", "observers")
)


def resumed_folder(
    resume: str | None, runs: Path, *, config: Path | None, recipe: str | None, name: str | None
) -> RunFolder | None:
    """Find the run to go on with; None when a new one is wanted, whose name is checked.

    Raises:
        OptionError: `--config`, `--recipe` or `--name` beside `--resume`, or a name that no run can have.
        RunError: there is no such run, or one of the name for a new one.
    """
    from exprlearn.training.run_folder import check_name, find

    if resume is None:
        if name is not None:
            check_name(runs, name)
        return None
    given = {"--config": config, "--recipe": recipe, "--name": name}
    problems = [
        f"{flag}: a resumed run keeps its own; leave it out" for flag, value in given.items() if value is not None
    ]
    if problems:
        raise OptionError(problems)
    return find(resume, runs)


def train_new_or_on(
    components: Components, folder: RunFolder | None, observer: Observer, *, runs: Path, name: str | None
) -> Report:
    """Train a new run, or the one in `folder` from its newest whole checkpoint on.

    Raises:
        OptionError: a setting that a run cannot change on its way.
        RunError: the run is damaged.
    """
    from exprlearn.walk import learn, resume

    if folder is None:
        return learn(components.config, components, runs=runs, name=name, observer=observer)
    refuse_changes(folder, components.config)
    return resume(folder, components, observer=observer)


def tell_how_to_go_on(folder: Path) -> None:
    """Print the newest checkpoint of an interrupted run and the command that goes on from it."""
    from exprlearn.report.wording import run_reference
    from exprlearn.training.checkpoint import places

    checkpoints = places(folder / "checkpoints")
    if checkpoints:
        note(f"the checkpoint {checkpoints[0]} is left; go on with: exprlearn train --resume {run_reference(folder)}")


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
    from exprlearn.training.run_folder import find

    with suppress(RunError):
        folder = resumed or find("latest", runs)
        if resumed or folder.read_json("run.json").get("state") == "training":
            tell_how_to_go_on(folder.path)


@contextmanager
def told_what_to_install(resumed: RunFolder | None, plugins: Plugins) -> Iterator[None]:
    """Add to what is wrong with the settings of a resumed run how to install what its components came from."""
    from exprlearn.training.starting import installation_hints

    try:
        yield
    except OptionError as error:
        hints = installation_hints(resumed.read_json("run.json"), plugins) if resumed else []
        raise OptionError([*error.problems, *hints]) from None


def refuse_changes(folder: RunFolder, asked: RunConfig) -> None:
    """See to it that the config that a run goes on with differs in nothing but when to stop and where to run.

    Raises:
        OptionError: every setting that differs otherwise.
    """
    from exprlearn.config import leaves
    from exprlearn.training.starting import kept_config

    before, now = (dict(leaves(config.model_dump(mode="json"))) for config in (kept_config(folder), asked))
    changed = [key for key in {**before, **now} if before.get(key) != now.get(key) and key not in CHANGEABLE]
    if changed:
        can = ", ".join(CHANGEABLE)
        raise OptionError([f"{key}: a run goes on as it began; what can change is {can}" for key in changed])
