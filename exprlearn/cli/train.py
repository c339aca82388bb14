"""`exprlearn train`: learn, show it happening, print the test table."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

import typer

from exprlearn.cli.group import EXIT_CODES
from exprlearn.cli.loading import load_plugins
from exprlearn.cli.options import Options, takes
from exprlearn.cli.output import echo, print_document, print_view
from exprlearn.cli.progress import show_training
from exprlearn.cli.resuming import (
    resumed_folder,
    tell_how_to_go_on,
    tell_what_time_left,
    told_what_to_install,
    told_when_cut_short,
    train_new_or_on,
)
from exprlearn.cli.settings import Settings, read_settings
from exprlearn.cli.together import Seat, check_count, seated, start_together
from exprlearn.distributed.workers import this_worker


@takes(
    "grammar model config recipe set_ seed curriculum schedule division tokenizer padding reversal backend processes "
    "epochs max_time target metric observer deterministic resume name runs progress print_config json "
    "plugin plugins strict_plugins"
)
def train(options: Options) -> None:
    """Train a model on a grammar; without arguments, learn two-digit addition in about a minute."""
    train_as_typed(options)


def train_as_typed(options: Options) -> None:
    """Train a new run or go on with one, in as many processes as the settings say."""
    worker = this_worker()
    if worker is not None and options.processes is None:
        options = replace(options, processes=worker.count)
    plugins = load_plugins(options)
    folder = resumed_folder(options)
    if folder is not None:
        options = replace(options, config=folder.path / "config.toml")
    with told_what_to_install(folder, plugins):
        settings = read_settings(options, plugins, quickstart=True)
    if options.print_config:
        echo(settings.toml(), nl=False)
        return
    wanted = settings.components.config.training.processes
    check_count(worker, wanted)
    if worker is None and wanted > 1:
        raise typer.Exit(start_together(wanted, folder, options.runs))
    with seated(worker, Seat(settings.components, folder, options.runs, options.progress)) as seat:
        _train_here(seat, settings, options)


def _train_here(seat: Seat, settings: Settings, options: Options) -> None:
    """Train in this process, and print the test table unless nobody looks."""
    with ExitStack() as stack:
        if not seat.silent:
            stack.enter_context(told_when_cut_short(seat.folder, seat.runs))
        display = stack.enter_context(show_training(seat.progress, settings.title))
        claimed = settings.claimed()
        report = train_new_or_on(
            seat.components, seat.folder, display, runs=seat.runs, name=options.name, recipe=claimed
        )
    if not seat.silent:
        print_document(report.document()) if options.json else print_view(report)
        tell_what_time_left(report, seat.components.config)
    if report.stopped_by in EXIT_CODES:
        if not seat.silent:
            tell_how_to_go_on(report.run)
        raise typer.Exit(EXIT_CODES[report.stopped_by])
