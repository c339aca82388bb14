"""A run and the same run done again, compared epoch by epoch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from exprlearn.errors import CheckpointError
from exprlearn.runs.checkpoint import newest
from exprlearn.runs.run_files import read_lines
from exprlearn.runs.run_folder import RunFolder
from exprlearn.runs.schema import Epoch, Sample

# What does not depend on how fast or busy the machine is.
COMPARED = ("examples", "learning_rate", "loss", "exact_match", "digit_accuracy")

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """The first thing that came out otherwise.

    Attributes:
        epoch: in which epoch.
        what: a key of metrics.jsonl, or `answer to EXPRESSION`.
        recorded: what the run says.
        again: what the rerun says.
    """

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
        said = {"epoch": self.epoch, "what": self.what, "recorded": self.recorded, "again": self.again}
        return {**said, "difference": self.size}


@dataclass(frozen=True)
class Comparison:
    """How far a rerun is the run again.

    Attributes:
        recorded: epochs of the run.
        again: epochs of the rerun.
        same: epochs from the first on that are identical.
        first: the first difference.
        weights: whether the last weights, those of the optimizer too, are identical to the bit; None when the two
            stopped at different moments or one left no whole checkpoint.
    """

    recorded: int
    again: int
    same: int
    first: Difference | None
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


def compare(recorded: RunFolder, again: RunFolder) -> Comparison:
    """Compare two run folders.

    Raises:
        RunError: one of them is damaged.
    """
    lines, lines_again = (read_lines(folder.path / "metrics.jsonl", Epoch) for folder in (recorded, again))
    samples, samples_again = (_by_epoch(folder) for folder in (recorded, again))
    same, first = 0, None
    for row, other in zip(lines, lines_again, strict=False):
        epoch = row["epoch"]
        found = [*differences(row, other), *sample_differences(epoch, samples.get(epoch), samples_again.get(epoch))]
        if found:
            first = found[0]
            break
        same = epoch
    return Comparison(len(lines), len(lines_again), same, first, same_weights(recorded, again))


def differences(row: Row, other: Row) -> Iterator[Difference]:
    """Yield what differs between two lines of metrics.jsonl.

    >>> list(differences({"epoch": 2, "loss": 0.5, "seconds": 1.0}, {"epoch": 2, "loss": 0.25, "seconds": 9.0}))
    [Difference(epoch=2, what='loss', recorded=0.5, again=0.25)]
    """
    for key in ("epoch", *COMPARED):
        if row.get(key) != other.get(key):
            yield Difference(row["epoch"], key, row.get(key), other.get(key))


def sample_differences(epoch: int, rows: list[Row] | None, others: list[Row] | None) -> Iterator[Difference]:
    """Yield the fixed samples of an epoch that are answered otherwise."""
    answers, answers_again = ({row["expression"]: row["answer"] for row in side or ()} for side in (rows, others))
    for expression in {**answers, **answers_again}:
        told, again = answers.get(expression), answers_again.get(expression)
        if told != again:
            yield Difference(epoch, f"answer to {expression}", told, again)


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


def _by_epoch(folder: RunFolder) -> dict[int, list[Row]]:
    samples: dict[int, list[Row]] = {}
    for row in read_lines(folder.path / "samples.jsonl", Sample):
        samples.setdefault(row["epoch"], []).append(row)
    return samples
