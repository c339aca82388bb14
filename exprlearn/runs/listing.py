"""Runs side by side: what each is and how well it does, without holding what it was tested on."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from exprlearn.errors import OptionError, suggest
from exprlearn.runs.run_files import read_json, read_toml, rows_of
from exprlearn.runs.run_folder import state_of
from exprlearn.runs.schema import Answered, Epoch, Facts, Settings


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What a run is, in a line.

    Attributes:
        run: its name.
        path: its folder.
        started: when its training began, in ISO 8601 with the time zone; of an older run when it was last written.
        grammar: its grammar.
        model: its model.
        seed: its seed.
        state: `training`, `interrupted`, `finished`, …
        epochs: epochs done.
        seconds: how long they took.
        count: test expressions it was judged on.
        exact_match: share of them answered exactly; None before it is judged.
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


def summary(folder: Path) -> Summary:
    """Read what a run is and how well it does on its test split.

    Raises:
        RunError: a file of it is missing or damaged.
    """
    settings = Settings.model_validate(read_toml(folder / "config.toml", Settings)[0])
    facts = read_json(folder / "run.json", Facts)
    epochs, seconds, count, right = 0, None, 0, 0
    for epoch in rows_of(folder / "metrics.jsonl", Epoch, grows=True):
        epochs, seconds = epochs + 1, epoch.seconds
    for row in rows_of(folder / "predictions.jsonl", Answered):
        count, right = count + 1, right + row.correct
    written = datetime.fromtimestamp(os.stat(folder / "run.json").st_mtime, UTC)
    return Summary(
        run=folder.name,
        path=str(folder),
        started=facts.get("started") or written.isoformat(timespec="seconds"),
        grammar=settings.grammar.name,
        model=settings.model.name,
        seed=settings.seed or 0,
        state=state_of(folder, facts),
        epochs=epochs,
        seconds=seconds,
        count=count,
        exact_match=right / count if count else None,
    )


def chosen(summaries: Iterable[Summary], patterns: Sequence[str]) -> list[Summary]:
    """Return the summaries that fit every `key=pattern`; in a pattern `*` and `?` stand for anything.

    Raises:
        OptionError: an item without `=`, or with a key that there is not.
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


def ordered(summaries: Iterable[Summary], key: str, *, is_reversed: bool = False) -> list[Summary]:
    """Return the summaries by one of their keys, the smallest first; those that lack it come last either way."""
    listed = list(summaries)
    known = sorted((each for each in listed if getattr(each, key) is not None), key=lambda each: _order(each, key))
    return [*(reversed(known) if is_reversed else known), *(each for each in listed if getattr(each, key) is None)]


def _order(each: Summary, key: str) -> Any:
    return datetime.fromisoformat(each.started) if key == "started" else getattr(each, key)


def _fits(value: object, pattern: str) -> bool:
    return fnmatch.fnmatchcase("" if value is None else str(value), pattern)
