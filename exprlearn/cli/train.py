"""`exprlearn train`: learn, show it happening, print the test table."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Annotated

import typer

from exprlearn.cli.group import EXIT_CODES
from exprlearn.cli.loading import load_plugins
from exprlearn.cli.options import (
    OUTPUT,
    RUNS,
    BackendOption,
    ConfigOption,
    CurriculumOption,
    DeterministicOption,
    DivisionOption,
    EpochsOption,
    GrammarOption,
    JsonOption,
    MaxTimeOption,
    MetricOption,
    ModelOption,
    ObserverOption,
    PaddingOption,
    PluginFilesOption,
    PluginNamesOption,
    PrintConfigOption,
    ProcessesOption,
    ProgressOption,
    RecipeOption,
    ResumeOption,
    ReversalOption,
    RunsOption,
    ScheduleOption,
    SeedOption,
    SetOption,
    StrictPluginsOption,
    TargetOption,
    TokenizerOption,
)
from exprlearn.cli.output import echo, print_document, print_view
from exprlearn.cli.progress import shown
from exprlearn.cli.resuming import (
    resumed_folder,
    tell_how_to_go_on,
    tell_what_time_left,
    told_what_to_install,
    told_when_cut_short,
    train_new_or_on,
)
from exprlearn.cli.settings import Settings, settings
from exprlearn.cli.together import Seat, check_count, seated, start_together
from exprlearn.distributed.workers import this_worker

NameOption = Annotated[
    str | None, typer.Option("--name", metavar="NAME", help="Name of the run folder.", rich_help_panel=OUTPUT)
]


def train(
    grammar: GrammarOption = None,
    model: ModelOption = None,
    config: ConfigOption = None,
    recipe: RecipeOption = None,
    set_: SetOption = None,
    seed: SeedOption = None,
    curriculum: CurriculumOption = None,
    schedule: ScheduleOption = None,
    division: DivisionOption = None,
    tokenizer: TokenizerOption = None,
    padding: PaddingOption = None,
    reversal: ReversalOption = None,
    backend: BackendOption = None,
    processes: ProcessesOption = None,
    epochs: EpochsOption = None,
    max_time: MaxTimeOption = None,
    target: TargetOption = None,
    metric: MetricOption = None,
    observer: ObserverOption = None,
    deterministic: DeterministicOption = None,
    resume: ResumeOption = None,
    name: NameOption = None,
    runs: RunsOption = RUNS,
    progress: ProgressOption = "auto",
    print_config: PrintConfigOption = False,
    json: JsonOption = False,
    plugin: PluginFilesOption = None,
    plugins: PluginNamesOption = None,
    strict_plugins: StrictPluginsOption = False,
) -> None:
    """Train a model on a grammar; without arguments, learn two-digit addition in about a minute."""
    worker = this_worker()
    flags = {
        "grammar.name": grammar,
        "model.name": model,
        "seed": seed,
        "division.policy": division,
        "tokenizer.name": tokenizer,
        "padding.name": padding,
        "reversal.name": reversal,
        "curriculum.schedule.name": schedule,
        "training.backend": backend,
        "training.processes": worker.count if processes is None and worker is not None else processes,
        "training.epochs": epochs,
        "training.max_time": max_time,
        "training.target": target,
        "training.metrics": metric,
        "training.observers": observer,
        "training.deterministic": deterministic,
    }
    loaded = load_plugins(plugin, plugins, strict_plugins)
    folder = resumed_folder(resume, runs, config=config, recipe=recipe, name=name)
    file = config if folder is None else folder.path / "config.toml"
    with told_what_to_install(folder, loaded):
        chosen = settings(
            loaded, flags, file=file, sets=set_, recipe=recipe, quickstart=file is None, curriculum=curriculum
        )
    if print_config:
        echo(chosen.toml(), nl=False)
        return
    wanted = chosen.components.config.training.processes
    check_count(worker, wanted)
    if worker is None and wanted > 1:
        raise typer.Exit(start_together(wanted, folder, runs))
    with seated(worker, Seat(chosen.components, folder, runs, progress)) as seat:
        _train_here(seat, chosen, name=name, json=json)


def _train_here(seat: Seat, chosen: Settings, *, name: str | None, json: bool) -> None:
    """Train in this process, and print the test table unless nobody looks."""
    with ExitStack() as stack:
        if not seat.silent:
            stack.enter_context(told_when_cut_short(seat.folder, seat.runs))
        display = stack.enter_context(shown(seat.progress, chosen.title))
        claimed = chosen.claimed()
        report = train_new_or_on(seat.components, seat.folder, display, runs=seat.runs, name=name, recipe=claimed)
    if not seat.silent:
        print_document(report.document()) if json else print_view(report)
        tell_what_time_left(report, seat.components.config)
    if report.stopped_by in EXIT_CODES:
        if not seat.silent:
            tell_how_to_go_on(report.run)
        raise typer.Exit(EXIT_CODES[report.stopped_by])
