"""`exprlearn sweep`: many trainings over settings, each a run folder; run again, it goes on where it stopped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from exprlearn.cli.data_build import tools_for
from exprlearn.cli.engine import open_engine
from exprlearn.cli.group import EXIT_CODES
from exprlearn.cli.loading import load_plugins
from exprlearn.cli.options import (
    OUTPUT,
    TRAINING,
    BackendOption,
    EngineOption,
    EpochsOption,
    JsonOption,
    PluginFilesOption,
    PluginNamesOption,
    ProgressOption,
    RayAddressOption,
    SeedOption,
    SetOption,
    StrictPluginsOption,
    WorkersOption,
)
from exprlearn.cli.output import echo, note, print_document, print_table, warn
from exprlearn.cli.sweep_progress import shown_trials
from exprlearn.cli.uses import refuse_unused

if TYPE_CHECKING:
    from exprlearn.sweep import SweepOutcome, SweepPlan

FileArgument = Annotated[Path, typer.Argument(metavar="FILE.toml", help="A config file with a section [sweep].")]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="The folder of the sweep [sweeps/FILE].", rich_help_panel=OUTPUT),
]
AgainOption = Annotated[
    bool, typer.Option("--again", help="Try what failed in an earlier run anew.", rich_help_panel=TRAINING)
]
ListOption = Annotated[
    bool, typer.Option("--list", help="Print the trials that come first, then stop.", rich_help_panel=OUTPUT)
]
SWEEPS = Path("sweeps")
GOES_ON = "what is finished is kept; the same command goes on where it stopped"


def sweep(
    file: FileArgument,
    out: OutOption = None,
    set_: SetOption = None,
    seed: SeedOption = None,
    backend: BackendOption = None,
    epochs: EpochsOption = None,
    again: AgainOption = False,
    engine: EngineOption = None,
    workers: WorkersOption = None,
    ray_address: RayAddressOption = None,
    list_: ListOption = False,
    progress: ProgressOption = "auto",
    json: JsonOption = False,
    plugin: PluginFilesOption = None,
    plugins: PluginNamesOption = None,
    strict_plugins: StrictPluginsOption = False,
) -> None:
    """Train over settings, each trial a run of its own; run again, it goes on where it stopped."""
    from exprlearn.config.origins import parse_set
    from exprlearn.sweep import read_plan
    from exprlearn.sweep import sweep as carried_out

    loaded = load_plugins(plugin, plugins, strict_plugins)
    flags = {"seed": seed, "training.backend": backend, "training.epochs": epochs}
    plan = read_plan(file, flags, set_ or (), loaded)
    refuse_unused("sweep", plan.base.config, {parse_set(item)[0]: "--set" for item in set_ or ()})
    for sentence in plan.notes:
        note(sentence)
    if list_:
        _print_trials(plan)
        return
    folder = out or SWEEPS / file.stem
    tools = tools_for([each.resolve() for each in plugin or ()], plugins)
    try:
        with (
            open_engine(loaded, engine, workers, ray_address, fresh=True) as opened,
            shown_trials(progress, plan.section) as observer,
        ):
            outcome = carried_out(plan, folder, tools, engine=opened, again=again, observer=observer)
    except KeyboardInterrupt:
        note(GOES_ON)
        raise
    if outcome.cut:
        note(GOES_ON)
        raise typer.Exit(EXIT_CODES[outcome.cut])
    _tell(plan, outcome, json=json)
    if outcome.failed:
        raise typer.Exit(1)


def _print_trials(plan: SweepPlan) -> None:
    """Print the trials that do not depend on how others end."""
    from exprlearn.sweep.search import make_search
    from exprlearn.sweep.section import describe_value

    keys = list(plan.section.parameters)
    trials = {trial.name: trial for trial in plan.trials(make_search(plan.section).ask())}
    rows = [(trial.name, *(describe_value(trial.settings[key]) for key in keys)) for trial in trials.values()]
    print_table(("trial", *keys), rows)


def _tell(plan: SweepPlan, outcome: SweepOutcome, *, json: bool) -> None:
    """Print the result: a document, or the table and what it says."""
    from exprlearn.sweep import summary
    from exprlearn.sweep.sweep_page import write_page

    page = write_page(plan, outcome, note)
    for line in summary.failures(outcome):
        warn(f"failed, tried twice: {line}")
    if json:
        print_document({**summary.document(plan.section, outcome), "report": str(page)})
        return
    rows = [summary.row(plan.section, end) for end in outcome.ends]
    print_table(summary.columns(plan.section), rows, right=("exact", "95 %", "epochs"))
    compared = summary.comparison(outcome)
    echo(f"\n{summary.chosen(outcome)}")
    echo(f"the best two  {compared if isinstance(compared, str) else compared.verdict}")
    for name, said in (("report", str(page)), ("next", summary.compare_command(outcome))):
        if said:
            echo(f"{name.ljust(12)}  {said}")
