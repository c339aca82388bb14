"""What holds for every run observer: it hears whole runs and cut ones, and leaves what it hears as it is."""

from __future__ import annotations

import contextlib
import copy
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from exprlearn.plugin import Ending, Header, RunObserver, Sample
from exprlearn.testing.check import Subject, demand, demand_silence
from exprlearn.testing.contract import Contract

EPOCHS = 4
HEADER = Header(
    run="mixed-1",
    grammar="mixed",
    model="seq2seq",
    backend="tensorflow",
    versions="keras 3.15 on tensorflow 2.21",
    seed=0,
    counts={"train": 0, "validation": 1000, "test": 2000},
    shared=0,
    expressions=10**15,
    source="·12+·34",
    target="64⏎",
    vocabulary_size=15,
    parameters=184271,
    epochs=EPOCHS,
    config={"seed": 0, "model": {"name": "seq2seq", "units": 128}, "data": {"constraints": [{"name": "integer"}]}},
)
SAMPLES = (Sample("12+34", "46", "46"), Sample("7*8", "65", "56"))
FILES = ("config.toml", "grammar.lark", "run.json", "samples.jsonl", "vocabulary.json")
REPORT = {
    "format": 1,
    "run": "mixed-1",
    "split": "test",
    "exact_match": {"value": 0.5, "low": 0.4, "high": 0.6, "count": 2000},
    "digit_accuracy": 0.75,
    "stopped_by": "all 4 epochs done",
    "epochs": EPOCHS,
    "examples": 65536,
    "seconds": 60.0,
}
WHOLE, CUT = Ending(reason="all 4 epochs done", report=REPORT), Ending(reason="interrupted")


class ObserverContract(Contract, kind="observer"):
    """What every run observer promises."""


@ObserverContract.check()
def making_it_touches_nothing(subject: Subject) -> None:
    """Make it in an empty folder: settings are read more often than models are trained."""
    with _folder() as folder:
        subject.make()
        left = sorted(path.name for path in folder.rglob("*"))
    demand(not left, f"making it leaves {', '.join(left)}: wait until a run has started")


@ObserverContract.check()
def it_hears_a_whole_run(subject: Subject) -> None:
    """Tell a run from the start to the report."""
    with _folder() as folder:
        _tell(subject.make(), folder)


@ObserverContract.check(needs=it_hears_a_whole_run)
def it_hears_a_run_that_goes_on(subject: Subject) -> None:
    """Tell a short run, and tell another observer how it goes on in the same folder."""
    with _folder() as folder:
        _tell(subject.make(), folder, last=EPOCHS // 2)
        _tell(subject.make(), folder, done=EPOCHS // 2)


@ObserverContract.check(needs=it_hears_a_whole_run)
def it_hears_of_a_run_without_a_report(subject: Subject) -> None:
    """End a run before it is evaluated, after some epochs and before any."""
    for last in (2, 0):
        with _folder() as folder:
            _tell(subject.make(), folder, last=last, ending=CUT)


@ObserverContract.check(needs=it_hears_a_whole_run)
def it_prints_nothing_to_standard_output(subject: Subject) -> None:
    """Listen while it hears a run: standard output is for results."""
    with _folder() as folder, demand_silence(": write to standard error or to a file"):
        _tell(subject.make(), folder)


@ObserverContract.check(needs=it_hears_a_whole_run)
def it_changes_nothing_that_it_hears(subject: Subject) -> None:
    """Keep a copy of everything it is handed."""
    with _folder() as folder:
        for heard, copied in _tell(subject.make(), folder):
            demand(heard == copied, f"it made {heard!r} of {copied!r}: copy what is to be changed")


@ObserverContract.check(needs=it_hears_a_whole_run)
def it_leaves_the_files_of_the_run_alone(subject: Subject) -> None:
    """Compare what the run folder held before and after."""
    with _folder() as folder:
        _tell(subject.make(), folder)
        changed = [name for name in FILES if (folder / "run" / name).read_text(encoding="utf-8") != name]
        rows = (folder / "run" / "metrics.jsonl").read_text(encoding="utf-8")
    demand(not changed and rows == _lines(EPOCHS), f"it changes {', '.join(changed or ['metrics.jsonl'])} of the run")


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """Work in an empty folder for a while."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        yield Path(folder)


def _tell(
    observer: RunObserver, folder: Path, *, done: int = 0, last: int = EPOCHS, ending: Ending = WHOLE
) -> list[tuple[Any, Any]]:
    """Tell an observer of a run that lies below `folder`; return what it was handed, each beside an earlier copy."""
    run = folder / "run"
    run.mkdir(exist_ok=True)
    for name in FILES:
        (run / name).write_text(name, encoding="utf-8")
    (run / "metrics.jsonl").write_text(_lines(done), encoding="utf-8")
    header = replace(HEADER, folder=run, config=copy.deepcopy(HEADER.config), done=done)
    records = [_record(epoch) for epoch in range(done + 1, last + 1)]
    handed: Sequence[Any] = (header.config, *records, ending.report)
    copied = copy.deepcopy(handed)
    observer.started(header)
    observer.noted("the checkpoint epoch-00003 is damaged; using the one before")
    for number, record in enumerate(records, start=done + 1):
        (run / "metrics.jsonl").write_text(_lines(number), encoding="utf-8")
        observer.epoch(record, list(SAMPLES), best=number % 2 == 1)
    observer.finished(ending)
    return list(zip(handed, copied, strict=True))


def _record(epoch: int) -> dict[str, Any]:
    learned = epoch / EPOCHS
    return {
        "epoch": epoch,
        "examples": 16384 * epoch,
        "loss": 1 - learned,
        "exact_match": learned / 2,
        "digit_accuracy": learned,
        "learning_rate": 3e-3,
        "seconds": 10.0 * epoch,
    }


def _lines(epochs: int) -> str:
    rows: list[Mapping[str, Any]] = [_record(epoch) for epoch in range(1, epochs + 1)]
    return "".join(f"{json.dumps(row)}\n" for row in rows)
