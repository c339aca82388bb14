"""What run folders hold: one read whole and checked line by line, and many side by side, a line each."""

from __future__ import annotations

import fnmatch
import os
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from exprlearn.errors import OptionError, RunError, suggest
from exprlearn.runs.run_files import read_json, read_row, read_text, read_toml, rows_of
from exprlearn.runs.run_folder import run_folders, state_of
from exprlearn.runs.schema import AnsweredRow, EpochRow, Facts, KeptCube, MonitorRow, SampleRow, SettingsRow, Written
from exprlearn.tables import Records


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """The files of a run, read.

    Attributes:
        config: what config.toml holds.
        grammar_text: grammar.lark as it stands, blank without one.
        run: what run.json holds.
        epochs: the lines of metrics.jsonl.
        written: the lines of steps.jsonl.
        beyond: what beyond.json holds; without cells where nobody asked, as `lengths` of lengths.json.
    """

    path: Path
    config: dict[str, Any]
    config_text: str
    grammar_text: str
    run: dict[str, Any]
    epochs: list[EpochRow]
    samples: list[SampleRow]
    predictions: list[AnsweredRow]
    written: list[Written]
    beyond: KeptCube
    lengths: KeptCube

    @property
    def state(self) -> Any:
        """Return the state of the run, which is `interrupted` when its process is gone."""
        return state_of(self.path, self.run)

    @property
    def best(self) -> EpochRow | None:
        """Return the epoch whose weights are used: the last with the best score by the metric that decides."""
        return self.monitor.best(self.epochs)

    @property
    def monitor(self) -> MonitorRow:
        """Return the metric that decides."""
        return MonitorRow.model_validate(self.run.get("monitor", {}))


def read_record(path: Path) -> RunRecord:
    """Read a run folder, of which config and run.json must be there; a RunError names what is missing or damaged."""
    if not path.is_dir():
        raise RunError(f"no run folder at {path}: exprlearn runs list")
    config, config_text = read_toml(path / "config.toml", SettingsRow)
    grammar, beyond, lengths = path / "grammar.lark", path / "beyond.json", path / "lengths.json"
    return RunRecord(
        path=path,
        config=config,
        config_text=config_text,
        grammar_text=read_text(grammar) if os.path.exists(grammar) else "",
        run=read_json(path / "run.json", Facts),
        epochs=list(rows_of(path / "metrics.jsonl", EpochRow, grows=True)),
        samples=list(rows_of(path / "samples.jsonl", SampleRow, grows=True)),
        predictions=list(rows_of(path / "predictions.jsonl", AnsweredRow)),
        written=list(rows_of(path / "steps.jsonl", Written)),
        beyond=read_row(beyond, KeptCube) if os.path.exists(beyond) else KeptCube(),
        lengths=read_row(lengths, KeptCube) if os.path.exists(lengths) else KeptCube(),
    )


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What a run is, in a line.

    Attributes:
        run: its name.
        started: when its training began, in ISO 8601 with the time zone; of an older run when it was last written.
        state: `training`, `interrupted`, `finished`, …
        seconds: how long its epochs took.
        count: test expressions it was evaluated on.
        exact_match: share of them answered exactly; None before it is evaluated.
    """

    run: str
    path: str
    started: str
    grammar: str | None
    model: str | None
    seed: int
    state: str | None
    epochs: int
    seconds: float | None
    count: int
    exact_match: float | None

    def document(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        return asdict(self)


KEYS = tuple(name for name in Summary.__dataclass_fields__ if name != "path")
"""What summaries can be sorted and chosen by."""


def summarize(folder: Path) -> Summary:
    """Read what a run is and how well it does on its test split, without holding what it was tested on.

    A RunError names what is missing or damaged.
    """
    settings = SettingsRow.model_validate(read_toml(folder / "config.toml", SettingsRow)[0])
    facts = read_json(folder / "run.json", Facts)
    epochs, seconds, count, right = 0, None, 0, 0
    for epoch in rows_of(folder / "metrics.jsonl", EpochRow, grows=True):
        epochs, seconds = epochs + 1, epoch.seconds
    for row in rows_of(folder / "predictions.jsonl", AnsweredRow):
        count, right = count + 1, right + row.correct
    written = datetime.fromtimestamp(os.stat(folder / "run.json").st_mtime, UTC)
    return Summary(
        run=folder.name,
        path=str(folder),
        started=facts.get("started") or written.isoformat(timespec="seconds"),
        grammar=settings.subject,
        model=settings.model.name,
        seed=settings.seed or 0,
        state=state_of(folder, facts),
        epochs=epochs,
        seconds=seconds,
        count=count,
        exact_match=right / count if count else None,
    )


def list_runs(folder: str | Path = "runs") -> Records:
    """List the runs below a folder, a row each, the one that was written last at the end.

    What cannot be read is warned of and passed over.
    """
    rows = Records()
    for path in run_folders(Path(folder)):
        try:
            rows.append(summarize(path).document())
        except RunError as error:
            warnings.warn(f"{path} is passed over: {error}", stacklevel=2)
    return rows


def choose_summaries(summaries: Iterable[Summary], patterns: Sequence[str]) -> list[Summary]:
    """Return the summaries that fit every `key=pattern`; in a pattern `*` and `?` stand for anything.

    An OptionError names the items without `=`, or with a key that there is not.
    """
    pairs = [pattern.partition("=") for pattern in patterns]
    problems = [
        f"--where {key}{equals}{wanted}: write key=value, such as --where state=finished; {suggest(key, KEYS)}"
        for key, equals, wanted in pairs
        if key not in KEYS or not equals
    ]
    if problems:
        raise OptionError(problems)
    return [each for each in summaries if all(_fits(getattr(each, key), wanted) for key, _, wanted in pairs)]


def sort_summaries(summaries: Iterable[Summary], key: str, *, is_reversed: bool = False) -> list[Summary]:
    """Return the summaries by one of their keys, the smallest first; those that lack it come last either way."""

    def order(each: Summary) -> Any:
        return datetime.fromisoformat(each.started) if key == "started" else getattr(each, key)

    listed = list(summaries)
    known = sorted((each for each in listed if getattr(each, key) is not None), key=order)
    return [*(reversed(known) if is_reversed else known), *(each for each in listed if getattr(each, key) is None)]


def _fits(value: object, pattern: str) -> bool:
    return fnmatch.fnmatchcase("" if value is None else str(value), pattern)
