"""Doing a run or a recipe again: whether the rerun is the run to the bit, and whether a recipe scores as expected.

A run that is damaged, or has not finished an epoch, is a RunError.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from exprlearn.backend.reproducibility import versions
from exprlearn.config import Components
from exprlearn.errors import CheckpointError, DataError, RunError
from exprlearn.recipes.recipe import Band, Metric, Recipe
from exprlearn.report import Report
from exprlearn.runs.checkpoint import newest
from exprlearn.runs.preparation import read_data, restore_grammars
from exprlearn.runs.run_files import read_lines, rows_of
from exprlearn.runs.run_folder import RunFolder
from exprlearn.runs.schema import EpochRow, SampleRow
from exprlearn.runs.starting import ORIGIN
from exprlearn.scoring import Scores
from exprlearn.training.observers import Observer
from exprlearn.walk import learn

# What does not depend on how fast or busy the machine is.
COMPARED = ("examples", "learning_rate", "loss", "exact_match", "digit_accuracy")

Row = Mapping[str, Any]
Change = tuple[str | None, str | None]


@dataclass(frozen=True)
class FirstDifference:
    """The first thing that came out otherwise: a key of metrics.jsonl, or `answer to EXPRESSION`."""

    epoch: int
    what: str
    recorded: Any
    again: Any

    @property
    def size(self) -> float | None:
        """Return how far two numbers lie apart; None for texts and for what one of the two lacks."""
        both = (self.recorded, self.again)
        return abs(self.again - self.recorded) if all(isinstance(value, int | float) for value in both) else None

    def document(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        return {**asdict(self), "difference": self.size}


@dataclass(frozen=True)
class RunComparison:
    """How far a rerun is the run again.

    Attributes:
        recorded: epochs of the run.
        again: epochs of the rerun.
        same: epochs from the first on that are identical.
        weights: whether the last weights, those of the optimizer too, are identical to the bit; None when the two
            stopped at different moments or one left no whole checkpoint.
    """

    recorded: int
    again: int
    same: int
    first: FirstDifference | None
    weights: bool | None

    @property
    def identical(self) -> bool:
        """Tell whether everything is the same, to the last bit and epoch."""
        return self.first is None and self.recorded == self.again and self.weights is not False

    def document(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        return {
            "identical": self.identical,
            "epochs": self.recorded,
            "identical_through": self.same,
            "first_difference": self.first and self.first.document(),
            "weights_identical": self.weights,
        }


@dataclass(frozen=True)
class BandCheck:
    """A recipe that was run, beside what was expected of it; of one that was never measured nothing."""

    metric: Metric
    value: float
    band: Band | None

    @property
    def in_band(self) -> bool | None:
        """Tell whether the value is as expected; None when nothing is."""
        return None if self.band is None else self.value in self.band

    def document(self) -> Mapping[str, Any]:
        """Return it as plain values, for JSON."""
        band = None if self.band is None else {"low": self.band.low, "high": self.band.high}
        return {"metric": self.metric, "value": self.value, "band": band, "in_band": self.in_band}


def rerun(
    folder: RunFolder, components: Components, *, runs: Path, observer: Observer, name: str | None = None
) -> tuple[Report, RunComparison]:
    """Do a run again in a new folder, for as many epochs as it did, and compare the two.

    The grammar, or the pairs, are those that the folder keeps. What stopped the run, such as a time limit, is not asked
    again, but the learning rate follows the schedule that was laid out for all of its epochs.
    """
    rows = read_lines(folder.path / "metrics.jsonl", EpochRow)
    if not rows:
        raise RunError(f"the run {folder.path} has not finished an epoch: there is nothing to compare with")
    report = learn(
        components.config,
        restore_grammars(folder, components),
        runs=runs,
        name=name,
        observer=observer,
        **read_data(folder, components),
        until=rows[-1]["epoch"],
    )
    return report, compare(folder, RunFolder(report.run))


def compare(recorded: RunFolder, again: RunFolder) -> RunComparison:
    """Compare two run folders."""
    lines, lines_again = (read_lines(folder.path / "metrics.jsonl", EpochRow) for folder in (recorded, again))
    answers, answers_again = (_answers(folder) for folder in (recorded, again))
    same, first = 0, None
    for row, other in zip(lines, lines_again, strict=False):
        epoch = row["epoch"]
        samples = answers.get(epoch, {}), answers_again.get(epoch, {})
        found = [*differences(row, other), *sample_differences(epoch, *samples)]
        if found:
            first = found[0]
            break
        same = epoch
    return RunComparison(len(lines), len(lines_again), same, first, same_weights(recorded, again))


def differences(row: Row, other: Row) -> Iterator[FirstDifference]:
    """Yield what differs between two lines of metrics.jsonl.

    >>> list(differences({"epoch": 2, "loss": 0.5, "seconds": 1.0}, {"epoch": 2, "loss": 0.25, "seconds": 9.0}))
    [FirstDifference(epoch=2, what='loss', recorded=0.5, again=0.25)]
    """
    for key in ("epoch", *COMPARED):
        if row.get(key) != other.get(key):
            yield FirstDifference(row["epoch"], key, row.get(key), other.get(key))


def sample_differences(
    epoch: int, answers: Mapping[str, str], answers_again: Mapping[str, str]
) -> Iterator[FirstDifference]:
    """Yield the fixed samples of an epoch that are answered otherwise."""
    for expression in {**answers, **answers_again}:
        recorded, again = answers.get(expression), answers_again.get(expression)
        if recorded != again:
            yield FirstDifference(epoch, f"answer to {expression}", recorded, again)


def same_weights(recorded: RunFolder, again: RunFolder) -> bool | None:
    """Compare the newest checkpoints to the bit; None when they are not of the same moment."""
    try:
        (one, _), (other, _) = (
            newest(folder.checkpoints, parameters=folder.read_facts().get("parameters")) for folder in (recorded, again)
        )
    except CheckpointError:
        return None
    if one.moment != other.moment:
        return None
    bits = ({name: values.tobytes() for name, values in kept.variables.items()} for kept in (one, other))
    return next(bits) == next(bits)


def changed_versions(folder: RunFolder, components: Components) -> dict[str, Change]:
    """Map every package and component whose version is not the recorded one to the versions then and now."""
    facts = folder.read_facts()
    kept = {kind: tuple(map(origin.get, ORIGIN)) for kind, origin in facts.get("components", {}).items()}
    then = {**facts.get("versions", {}), **_brought(kept)}
    now = {**versions(), **_brought(components.origins)}
    return {name: (then.get(name), now.get(name)) for name in {**then, **now} if then.get(name) != now.get(name)}


def check_band(recipe: Recipe, scores: Scores) -> BandCheck:
    """Compare the scores of a recipe's run with its band; without a band, exact match stands alone.

    A DataError says that the band is about numbers and the model writes texts that are none.
    """
    band = recipe.about.band
    if band is None or band.metric == "exact_match":
        return BandCheck("exact_match", scores.exact_match.value, band)
    if scores.rmse is None:
        raise DataError(f"the recipe '{recipe.name}' expects an RMSE: choose a mapping model, such as mapping-mlp")
    return BandCheck("rmse", scores.rmse, band)


def _answers(folder: RunFolder) -> dict[int, dict[str, str]]:
    """Read by epoch what the fixed samples were answered."""
    samples: dict[int, dict[str, str]] = {}
    for row in rows_of(folder.path / "samples.jsonl", SampleRow, grows=True):
        samples.setdefault(row.epoch, {})[row.expression] = row.answer
    return samples


def _brought(origins: Mapping[str, tuple[Any, ...]]) -> dict[str, str]:
    """Write distribution and version of each component that is not built in, whose version is exprlearn's own."""
    return {kind: f"{origin[1]} {origin[2]}" for kind, origin in origins.items() if origin[0] != "exprlearn"}
