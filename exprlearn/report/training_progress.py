"""A training as it happens: a table in a terminal, a line an epoch elsewhere, with the fixed samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from time import monotonic
from typing import Any, Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, TaskID, TextColumn
from rich.progress import Progress as Bars
from rich.text import Text

from exprlearn.counts import amount, counted, estimated
from exprlearn.plugin import Header, Sample
from exprlearn.report.wording import lasting
from exprlearn.working import spaced_lines

WIDTHS = {"epoch": 6, "loss": 9, "exact": 20, "digits": 9, "workings": 10, "time": 13}
#: In characters: the bar of a share, and that of an epoch's steps.
BAR, STEPS_BAR = 10, 30
EIGHTHS = " ▏▎▍▌▋▊▉"
#: What is shown of an answer that an early model did not write.
NONE = "nothing"
#: After so many seconds without a line, one tells how far the epoch is.
SILENCE = 30.0


class LineWriter(Protocol):
    """Writes an event as a line, where lines are how work is shown."""

    def write(self, text: str | None, document: Mapping[str, Any] | None = None) -> None:
        """Write an event, as text or as a JSON document; None where a form says nothing of it."""


class TrainingLines:
    """Writes what decides the result, then a line an epoch; some within long epochs, where lines are text."""

    def __init__(self, lines: LineWriter, title: str = "", clock: Callable[[], float] = monotonic) -> None:
        self.title, self._lines, self._clock = title, lines, clock
        self._bar, self._last_line = EpochBar(clock), clock()

    def started(self, header: Header) -> None:
        """Write what decides the result; for programs the run folder holds it."""
        for line in header_lines(header, self.title):
            self._lines.write(line)
        self._last_line = self._clock()

    def advanced(self, epoch: int, done: int, steps: int, batch: int) -> None:
        """Write how far a long epoch is."""
        self._bar.advance(epoch, done, steps, batch)
        if self._clock() - self._last_line >= SILENCE:
            self._last_line = self._clock()
            self._lines.write(self._bar.line())

    def epoch(self, record: Mapping[str, Any], samples: Sequence[Sample], *, best: bool) -> None:
        """Write the epoch: as the line of metrics.jsonl with `best` and the samples, or in words."""
        self._last_line = self._clock()
        numbers = "  ".join(f"{name} {value}" for name, value in (cells(record) | further(record)).items())
        answers = "   ".join(_answer(sample) for sample in samples)
        text = [f"{numbers}{'  best' if best else '      '}  {answers}".rstrip()]
        for name, exact, examples in stages(record):
            text.append(f"         stage {name}  exact {padded_percent(exact)}  trained on {counted(examples)}")
        listed = [sample.document() for sample in samples]
        self._lines.write("\n".join(text), {**record, "best": best, "samples": listed})

    def noted(self, message: str) -> None:
        """Write the message."""
        self._lines.write(message, {"note": message})

    def finished(self, reason: str) -> None:
        """Say nothing: the result tells it."""


class LiveTable:
    """Draws rows that stay and a region below them that changes."""

    def __init__(self, title: str, terminal: Console) -> None:
        self.title, self.console = title, terminal
        self._live = Live(console=self.console, auto_refresh=False, redirect_stdout=False, redirect_stderr=False)
        self._last = 0
        self._bar = EpochBar()
        self._answers: list[Text] = []

    def started(self, header: Header) -> None:
        """Draw what decides the result and the headings."""
        self._last = header.epochs
        names = [name for name in WIDTHS if header.lines or name != "workings"]
        for line in header_lines(header, self.title):
            self.console.print(Text(line, style="dim"))
        headings = "".join(name.rjust(WIDTHS[name]) for name in names)
        self.console.print(Text(f"\n{headings}", style="bold"))
        self._live.start()
        self._show(Text("  compiling the first step …", style="dim"))

    def advanced(self, epoch: int, done: int, steps: int, batch: int) -> None:
        """Redraw the bar of the epoch, below the answers after the last one."""
        self._bar.advance(epoch, done, steps, batch)
        self._show(Group(*self._answers, self._bar.drawing.get_renderable()))

    def epoch(self, record: Mapping[str, Any], samples: Sequence[Sample], *, best: bool) -> None:
        """Add a row, exact match as a bar and a number, and redraw the samples."""
        shown = cells(record)
        shown["exact"] = f"{bar(record['exact_match'])} {shown['exact']}"
        row = Text("".join(value.rjust(WIDTHS[name]) for name, value in shown.items()))
        row.append("".join(f"  {name} {value}" for name, value in further(record).items()), style="dim")
        self.console.print(row.append("  ← best", style="green") if best else row)
        self._answers = [Text(), samples_line(samples), *stage_lines(record)]
        self._show(Group(*self._answers, Text(f"  epoch {record['epoch']} of {self._last} done", style="dim")))

    def noted(self, message: str) -> None:
        """Write the message above the samples."""
        self.console.print(Text(message, style="yellow"))

    def finished(self, reason: str) -> None:
        """Leave the table as it is, apart from what follows."""
        if self._live.is_started:
            self._live.stop()
            self.console.print()

    def _show(self, region: Text | Group) -> None:
        self._live.update(region, refresh=True)


class EpochBar:
    """Draws and words the steps of one epoch after the other; the first call, which compiles, counts for no rate.

    Args:
        clock: tells seconds.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        columns = (
            TextColumn("  {task.description}"),
            BarColumn(STEPS_BAR),
            TextColumn("{task.percentage:3.0f} %  {task.fields[words]}"),
        )
        self.drawing = Bars(*columns, auto_refresh=False, get_time=clock)
        self._epoch, self._task = 0, TaskID(0)

    def advance(self, epoch: int, done: int, steps: int, batch: int) -> None:
        """Note that so many steps of an epoch are done, each of `batch` examples."""
        if epoch != self._epoch:
            for task in self.drawing.task_ids:
                self.drawing.remove_task(task)
            self._epoch, self._task = epoch, self.drawing.add_task(f"epoch {epoch}", total=steps, words="")
        self.drawing.update(self._task, completed=done)
        self.drawing.update(self._task, words=self._words(done == steps, batch))

    def _words(self, is_done: bool, batch: int) -> str:
        """Say what happens now."""
        task = self.drawing.tasks[0]
        if is_done:
            return "answering held-out expressions"
        if not task.speed or task.time_remaining is None:
            return ""
        return f"{counted(round(task.speed * batch))} examples a second  {lasting(task.time_remaining)} left"

    def line(self) -> str:
        """Write the epoch as a line without a bar."""
        task = self.drawing.tasks[0]
        return f"{task.description}  {task.percentage:.0f} %  {task.fields['words']}".rstrip()


def header_lines(header: Header, title: str) -> Iterator[str]:
    """Say everything that decides the result, in three lines."""
    opening = [title] if title else []
    subject = "data" if header.split_by else "grammar"
    chosen = [f"{subject} {header.grammar}", f"model {header.model}", header.versions, f"seed {header.seed}"]
    curriculum = header.config.get("curriculum", {"name": "none"})
    if curriculum["name"] != "none":
        chosen.append(f"curriculum {curriculum['name']} by {curriculum['schedule']['name']}")
    chosen += _shown_working(header.config.get("working", {}))
    yield " · ".join([*opening, *chosen])
    counts = {split: counted(count) if count else "generated on the fly" for split, count in header.counts.items()}
    splits = [f"{split} {count}" for split, count in counts.items()]
    shared = f"{counted(header.shared)} held-out expressions or commutative duplicates in train"
    if header.lines:
        shared += f" and {counted(header.lines)} lines of workings, {counted(header.left_out)} examples left out"
    yield " · ".join([*splits, shared, _available(header)])
    sizes = [f"vocabulary {header.vocabulary_size}", f"{counted(header.parameters)} parameters"]
    yield " · ".join([f"source {header.source}", f"target {header.target}", *sizes, f"run {header.run}"])


def _shown_working(working: Mapping[str, Any]) -> list[str]:
    """Say how much of its working a model shows in the end; nothing where that is all of it."""
    drop = working.get("drop", 0)
    if not drop:
        return []
    left_out = "part" if drop == 1 else f"{drop} parts"
    return [f"working {working['name']}, " + ("answers alone" if drop == "all" else f"without its first {left_out}")]


def _available(header: Header) -> str:
    """Say how many of the expressions can be drawn."""
    if header.split_by:
        return f"{amount(header.expressions)} pairs, split {header.split_by}"
    there = f"{amount(header.expressions)} expressions"
    if header.examples is None:
        return f"{there} exist"
    if header.examples == header.expressions:
        return f"all {there} can be drawn" if header.examples_said == "exact" else f"nearly all {there} can be drawn"
    said = estimated(header.examples, header.examples_said, *header.examples_between)
    return f"{said} of {there} can be drawn"


def cells(record: Mapping[str, Any]) -> dict[str, str]:
    """Write an epoch's numbers, by heading.

    >>> list(cells({"epoch": 3, "loss": 0.5, "exact_match": 0.25, "digit_accuracy": 0.5, "seconds": 2.0}).values())
    ['3', '0.5000', ' 25.0 %', ' 50.0 %', '2.0 s']
    """
    return {
        "epoch": str(record["epoch"]),
        "loss": f"{record['loss']:.4f}",
        "exact": padded_percent(record["exact_match"]),
        "digits": padded_percent(record["digit_accuracy"]),
        **({"workings": padded_percent(record["working_right"])} if "working_right" in record else {}),
        "time": lasting(record["seconds"]),
    }


def further(record: Mapping[str, Any]) -> dict[str, str]:
    """Write the further metrics of an epoch, by name.

    >>> further({"metrics": {"rmse": 12.3456, "last-digit": 0.5}})
    {'rmse': '12.35', 'last-digit': '0.5'}
    """
    return {name: f"{value:.4g}" for name, value in record.get("metrics", {}).items()}


def stages(record: Mapping[str, Any]) -> list[tuple[str, float, int]]:
    """List the stages of a curriculum: its name, its exact match, and how many examples of the epoch were its own.

    >>> stages({"stages": [{"stage": "easy", "examples": 12000, "right": 1, "count": 4}]})
    [('easy', 0.25, 12000)]
    """
    return [(each["stage"], each["right"] / each["count"], each["examples"]) for each in record.get("stages", ())]


def stage_lines(record: Mapping[str, Any]) -> Iterator[Text]:
    """Draw the stages: exact match as a bar and a number, then examples."""
    found = stages(record)
    width = max((len(name) for name, _, _ in found), default=0)
    for name, exact, examples in found:
        line = Text(f"  {name.ljust(width)}  {bar(exact)} {padded_percent(exact)}")
        yield line.append(f"  {counted(examples):>9} examples" if examples else "", style="dim")


def samples_line(samples: Sequence[Sample]) -> Text:
    """Draw the samples: a wrong answer is red, marked and followed by the truth; workings have lines of their own."""
    line = Text()
    for place, sample in enumerate(samples):
        breaks = "\n" if place and any(each.working for each in samples) else ""
        line.append(f"{breaks}  {sample.expression} = ")
        if sample.correct:
            line.append(f"{_given(sample)} ✓ ", style="green")
        else:
            line.append(f"{_given(sample)} ✗", style="bold red").append(f" {sample.truth} ", style="dim")
    return line


def _answer(sample: Sample) -> str:
    """Write a sample: the answer given, and the truth when that was another."""
    given = sample.working or sample.answer or NONE
    return f"{sample.expression}={given} " + ("✓" if sample.correct else f"✗ {sample.truth}")


def _given(sample: Sample) -> str:
    """Write the answer given, with its working; an early model often writes none."""
    return spaced_lines(sample.working) or sample.answer or NONE


def padded_percent(share: float) -> str:
    """Write a share in percent, in seven characters; only a whole that is whole reads 100 %."""
    shown = min(round(100 * share, 1), 99.9) if share < 1 else 100.0
    return f"{shown:5.1f} %"


def bar(share: float) -> str:
    """Draw a share as a bar of ten characters.

    >>> bar(0.5)
    '█████     '
    """
    eighths = round(share * BAR * 8)
    return ("█" * (eighths // 8) + EIGHTHS[eighths % 8].strip()).ljust(BAR)
