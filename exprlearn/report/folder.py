"""What a report reads of a run folder, checked line by line."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json

from exprlearn.errors import RunError
from exprlearn.scoring import Interval
from exprlearn.scoring.cube import THRESHOLD
from exprlearn.training.run_folder import state_of


class Row(BaseModel):
    """A line of a JSONL file; keys that a report does not show are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class StageRow(Row):
    """How a stage of a curriculum stood after an epoch."""

    stage: str
    examples: int
    right: int
    count: int


class Epoch(Row):
    """A line of metrics.jsonl; with the stages of a curriculum, where there is one."""

    epoch: int
    examples: int | None = None
    loss: float | None = None
    exact_match: float | None = None
    digit_accuracy: float | None = None
    learning_rate: float | None = None
    seconds: float | None = None
    stages: list[StageRow] = []


class WrongStepRow(Row):
    """Where a wrong answer went wrong: the token written and the right one, with the probabilities of both."""

    step: int
    chosen: str
    chosen_probability: float
    right: str
    right_probability: float


class Answered(Row):
    """A line of predictions.jsonl; of a wrong answer with the name of its mistake, if one was given."""

    expression: str
    answer: str
    truth: str
    probability: float | None = None
    mistake: str | None = None
    wrong_step: WrongStepRow | None = None

    @property
    def correct(self) -> bool:
        """Tell whether the answer is the truth, character for character."""
        return self.answer == self.truth


class Sample(Answered):
    """A line of samples.jsonl: what a fixed expression was answered in one epoch."""

    epoch: int


class WrittenStep(Row):
    """One step of an answer: the token written, `<end>` at the end mark, and the next most probable ones."""

    chosen: str
    probability: float
    # JSON has no tuples, and a strict row takes none for a list.
    others: list[tuple[str, float]] = Field(default=[], strict=False)


class Written(Answered):
    """A line of steps.jsonl: how an answer was written."""

    steps: list[WrittenStep]
    back_to_front: bool = False


class CubeCell(Row):
    """A cell of the cube that `evaluate --beyond` and `--lengths` ask."""

    digits: int
    terms: int
    depth: int
    operators: str
    distribution: Literal["in", "partly", "out"]
    exact_match: Interval | None
    reason: str = ""


class KeptCube(Row):
    """What beyond.json and lengths.json hold; without cells where nobody asked."""

    threshold: float = THRESHOLD
    cells: list[CubeCell] = []


RowType = TypeVar("RowType", bound=Row)


@dataclass(frozen=True, kw_only=True)
class Folder:
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


def read_folder(path: Path) -> Folder:
    """Read a run folder; metrics, samples, predictions, steps and grammar may be missing, config and run may not.

    Raises:
        RunError: no such run, or a file of it that is missing or damaged.
    """
    if not path.is_dir():
        raise RunError(f"no run folder at {path}: exprlearn runs list")
    config_text = _text(path / "config.toml", needed=True)
    return Folder(
        path=path,
        config=_toml(path / "config.toml", config_text),
        config_text=config_text,
        grammar_text=_text(path / "grammar.lark"),
        run=_document(path / "run.json"),
        epochs=_rows(path / "metrics.jsonl", Epoch, grows=True),
        samples=_rows(path / "samples.jsonl", Sample, grows=True),
        predictions=_rows(path / "predictions.jsonl", Answered),
        written=_rows(path / "steps.jsonl", Written),
        beyond=_cube(path / "beyond.json"),
        lengths=_cube(path / "lengths.json"),
    )


def _text(file: Path, *, needed: bool = False) -> str:
    if not needed and not file.exists():
        return ""
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise RunError(f"{file.parent} has no {file.name}: it is no complete run (exprlearn runs list)") from None
    except (OSError, UnicodeDecodeError) as error:
        raise RunError(f"cannot read {file}: {error}") from error


def _toml(file: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RunError(f"{file} is damaged: {error}") from error


def _document(file: Path) -> dict[str, Any]:
    try:
        document = from_json(_text(file, needed=True))
    except ValueError as error:
        raise RunError(f"{file} is damaged: {error}") from error
    if not isinstance(document, dict):
        raise RunError(f"{file} is damaged: it holds a {type(document).__name__}, not an object")
    return document


def _cube(file: Path) -> KeptCube:
    text = _text(file).strip()
    return _row(file, 1, text, KeptCube) if text else KeptCube()


def _rows(file: Path, row: type[RowType], *, grows: bool = False) -> list[RowType]:
    """Read every line; of a file that grows, a last line without its end is one that a crash or a moment cut off."""
    text = _text(file)
    # Only a line feed ends a line: splitlines would also cut at characters that JSON strings may hold.
    lines = (text.rpartition("\n")[0] if grows else text).split("\n")
    return [_row(file, number, line, row) for number, line in enumerate(lines, start=1) if line.strip()]


def _row(file: Path, number: int, line: str, row: type[RowType]) -> RowType:
    try:
        return row.model_validate_json(line)
    except ValidationError as error:
        problem = error.errors()[0]
        key = ".".join(map(str, problem["loc"])) or "line"
        raise RunError(f"{file}:{number} is damaged: {key}: {problem['msg'].lower()}") from error
