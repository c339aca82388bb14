"""`exprlearn sweep`: many trainings over settings, each a run folder; run again, it goes on where it stopped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from exprlearn.cli.app import EXIT_CODES
from exprlearn.cli.data_build import tools_for
from exprlearn.cli.options import CommandOptions, Progress
from exprlearn.cli.output import TextTable, console, echo, note, print_document, print_table, warn
from exprlearn.cli.progress import Lines, shown_as
from exprlearn.cli.settings import load_plugins, open_engine, refuse_unused
from exprlearn.config.origins import parse_set
from exprlearn.runs.run_files import rows_of
from exprlearn.runs.schema import EvaluatedEpoch, MonitorRow
from exprlearn.sweep import End, SweepObserver, SweepOutcome, SweepPlan, SweepSection, Trial, read_plan, sweep_page
from exprlearn.sweep import sweep as run_sweep
from exprlearn.sweep.search import make_search
from exprlearn.sweep.section import describe_settings, describe_value
from exprlearn.sweep.sweep_folder import SweepFolder
from exprlearn.visible import visible_line

SWEEPS = Path("sweeps")
GOES_ON = "what is finished is kept; the same command goes on where it stopped"
#: Rows of the live table; the others are counted.
MOST_ROWS = 30
STYLES = {"failed": "red", "stopped": "dim", "waiting": "dim", "done": "green"}


def sweep(options: CommandOptions) -> None:
    """List the trials of a sweep, or run it and print its table."""
    file = options.file
    plugins, sets = load_plugins(options), options.set_ or ()
    plan = read_plan(file, options.settings(), sets, plugins)
    refuse_unused("sweep", plan.base.config, {parse_set(item)[0]: "--set" for item in sets})
    for sentence in plan.notes:
        note(sentence)
    folder = options.sweep_folder or SWEEPS / file.stem
    if options.list_:
        _print_trials(plan, SweepFolder(folder))
        return
    tools = tools_for(options, [each.resolve() for each in options.plugin or ()])
    try:
        with (
            open_engine(options, plugins, fresh=True) as engine,
            show_trials(options.progress, plan) as observer,
        ):
            outcome = run_sweep(plan, folder, tools, engine=engine, again=options.again, observer=observer)
    except KeyboardInterrupt:
        note(GOES_ON)
        raise
    if outcome.cut:
        note(GOES_ON)
        raise typer.Exit(EXIT_CODES[outcome.cut])
    _print_outcome(plan, outcome, json=options.json)
    if outcome.failed:
        raise typer.Exit(1)


def _print_trials(plan: SweepPlan, folder: SweepFolder) -> None:
    """Print the trials that do not depend on how others end."""
    keys = list(plan.section.parameters)
    trials = {trial.name: trial for trial in folder.named(plan.trials(next(make_search(plan.section))), plan.base)}
    rows = [(trial.name, *(describe_value(trial.settings[key]) for key in keys)) for trial in trials.values()]
    print_table(("trial", *keys), rows)


def _print_outcome(plan: SweepPlan, outcome: SweepOutcome, *, json: bool) -> None:
    """Print the result: a document, or the table and what it says."""
    page = sweep_page.write_page(plan, outcome, note)
    for line in sweep_page.describe_failures(outcome):
        warn(f"failed, tried twice: {line}")
    if json:
        print_document({**sweep_page.sweep_document(plan.section, outcome), "report": str(page)})
        return
    rows = [sweep_page.row(plan, end) for end in outcome.ends]
    print_table(sweep_page.columns(plan), rows, right=(plan.monitor.name, "exact", "95 %", "epochs"))
    compared = sweep_page.compare_best(outcome)
    echo(f"\n{sweep_page.describe_best(outcome)}")
    echo(f"the best two  {compared if isinstance(compared, str) else compared.verdict}")
    for name, said in (("report", str(page)), ("next", sweep_page.compare_command(outcome))):
        if said:
            echo(f"{name.ljust(12)}  {said}")


@contextmanager
def show_trials(progress: Progress, plan: SweepPlan) -> Iterator[SweepObserver]:
    """Show a sweep as it happens: a table of its trials in a terminal, a line a trial elsewhere."""
    form = shown_as(progress)
    if form != "live":
        yield TrialLines(Lines(form))
        return

    table = TrialTable(plan.section, plan.monitor)
    with Live(
        get_renderable=table.drawn,
        console=console(stderr=True),
        refresh_per_second=1,
        redirect_stdout=False,
        redirect_stderr=False,
    ):
        yield table


class TrialLines:
    """Writes a line for every trial that has ended."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self.count = self.ends = 0

    def asked(self, folder: Path, trials: Sequence[Trial]) -> None:
        """Write how many trials there are by now."""
        self.count += len(trials)
        self._lines.write(f"{self.count} trials, runs in {folder / 'trials'}")

    def ended(self, end: End) -> None:
        """Write how a trial ended."""
        self.ends += 1
        said = _said(end) if end.result else end.failure and end.failure.said
        settings = describe_settings(end.trial.settings)
        text = f"{self.ends}/{self.count}  {end.trial.name}  {settings}  {end.state}: {said}"
        document = {"trial": end.trial.name, "settings": dict(end.trial.settings), "state": end.state}
        exact = {"exact_match": end.exact_match.value, "epochs": end.epochs} if end.result else {}
        self._lines.write(text, {**document, **exact})


def _said(end: End) -> str:
    """Write what a trial came to, that which decides first."""
    assert end.result is not None
    monitor = end.result.monitor
    decides = "" if monitor.is_exact_match else f"{monitor.name} {end.score}, "
    return f"{decides}exact {end.exact_match}, {end.epochs} epochs"


class TrialTable:
    """Draws every trial: its settings, where it stands, what decides. Epochs are read from the run folders."""

    def __init__(self, section: SweepSection, monitor: MonitorRow | None = None) -> None:
        self.section, self.monitor = section, monitor or MonitorRow()
        self._folder = Path()
        self._trials: dict[str, Trial] = {}
        self._ends: dict[str, End] = {}

    def asked(self, folder: Path, trials: Sequence[Trial]) -> None:
        """Add rows."""
        self._trials |= {trial.name: trial for trial in trials}
        self._folder = folder

    def ended(self, end: End) -> None:
        """Note how a trial ended."""
        self._ends[end.trial.name] = end

    def drawn(self) -> RenderableType:
        """Draw the table as it is now: trials at work first, then those that ended last, then those that wait."""
        rows = sorted(map(self._row, self._trials.values()), key=lambda row: not row[-2].startswith("learning"))
        decides = "exact" if self.monitor.is_exact_match else self.monitor.name
        columns = ("trial", *self.section.parameters, "state", decides)
        styles = [STYLES.get(row[-2], "") for row in rows[:MOST_ROWS]]
        table = TextTable(columns, rows[:MOST_ROWS], fold=tuple(self.section.parameters), styles=styles)
        hidden = f", {len(rows) - MOST_ROWS} not shown" if len(rows) > MOST_ROWS else ""
        return Group(table, Text(f"{len(self._ends)} of {len(rows)} ended{hidden}", style="dim"))

    def _row(self, trial: Trial) -> list[str]:
        settings = [visible_line(describe_value(trial.settings[key])) for key in self.section.parameters]
        end = self._ends.get(trial.name)
        if end is not None:
            exact = str(end.exact_match) if end.result and self.monitor.is_exact_match else end.score
            return [trial.name, *settings, end.state, exact]
        epochs = self._epochs(trial)
        if epochs is None:
            return [trial.name, *settings, "waiting", ""]
        best = self.monitor.best(epochs)
        score = None if best is None else self.monitor.score(best)
        written = "" if score is None else self.monitor.write(score)
        return [trial.name, *settings, f"learning {len(epochs)}/{trial.epochs}", written]

    def _epochs(self, trial: Trial) -> list[EvaluatedEpoch] | None:
        """Read the epochs that a trial has done; None before it has begun."""
        run = self._folder / "trials" / trial.name
        return list(rows_of(run / "metrics.jsonl", EvaluatedEpoch, grows=True)) if run.is_dir() else None
