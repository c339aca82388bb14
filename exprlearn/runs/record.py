"""What a run folder holds, read whole and checked line by line."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exprlearn.errors import RunError
from exprlearn.runs.run_files import read_json, read_row, read_text, read_toml, rows_of
from exprlearn.runs.run_folder import state_of
from exprlearn.runs.schema import Answered, Epoch, Facts, KeptCube, Sample, Settings, Written


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """The files of a run, read.

    Attributes:
        path: the run folder.
        config: what config.toml holds.
        config_text: config.toml as it stands.
        grammar_text: grammar.lark as it stands, blank without one.
        run: what run.json holds.
        epochs: the lines of metrics.jsonl.
        samples: the lines of samples.jsonl.
        predictions: the lines of predictions.jsonl.
        written: the lines of steps.jsonl.
        beyond: what beyond.json holds.
        lengths: what lengths.json holds.
    """

    path: Path
    config: dict[str, Any]
    config_text: str
    grammar_text: str
    run: dict[str, Any]
    epochs: list[Epoch]
    samples: list[Sample]
    predictions: list[Answered]
    written: list[Written]
    beyond: KeptCube
    lengths: KeptCube

    @property
    def state(self) -> Any:
        """Return the state of the run, which is `interrupted` when its process is gone."""
        return state_of(self.path, self.run)

    @property
    def best(self) -> Epoch | None:
        """Return the first epoch with the highest exact match."""
        return max(self.epochs, key=lambda epoch: epoch.exact_match or 0.0, default=None)


def read_record(path: Path) -> RunRecord:
    """Read a run folder; metrics, samples, predictions, steps and grammar may be missing, config and run may not.

    Raises:
        RunError: no such run, or a file of it that is missing or damaged.
    """
    if not path.is_dir():
        raise RunError(f"no run folder at {path}: exprlearn runs list")
    config, config_text = read_toml(path / "config.toml", Settings)
    grammar = path / "grammar.lark"
    return RunRecord(
        path=path,
        config=config,
        config_text=config_text,
        grammar_text=read_text(grammar) if os.path.exists(grammar) else "",
        run=read_json(path / "run.json", Facts),
        epochs=list(rows_of(path / "metrics.jsonl", Epoch, grows=True)),
        samples=list(rows_of(path / "samples.jsonl", Sample, grows=True)),
        predictions=list(rows_of(path / "predictions.jsonl", Answered)),
        written=list(rows_of(path / "steps.jsonl", Written)),
        beyond=_cube(path / "beyond.json"),
        lengths=_cube(path / "lengths.json"),
    )


def _cube(file: Path) -> KeptCube:
    """Read a cube; an empty one where nobody asked."""
    return read_row(file, KeptCube) if os.path.exists(file) else KeptCube()
