"""How far the workings of answers are right, line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from exprlearn.intervals import Interval, estimate_share
from exprlearn.working import WorkingCheck


@dataclass(frozen=True)
class WorkingScores:
    """What is said of the workings of one split.

    Attributes:
        right: the share of answers whose every line is right, with its interval.
        lines: which share of the lines is right before the first wrong one; a mean over the answers.
        faults: how many first wrong lines there are of each kind, the most frequent first.
    """

    right: Interval
    lines: float
    faults: Mapping[str, int]

    def document(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        return {"right": asdict(self.right), "lines": self.lines, "first_wrong_lines": dict(self.faults)}


def score_workings(checks: Sequence[WorkingCheck], forms: Sequence[Hashable]) -> WorkingScores:
    """Score n checked workings; `forms` say which of them ask the same, as of `estimate_share`."""
    faults = Counter(check.fault.kind for check in checks if check.fault is not None)
    return WorkingScores(
        right=estimate_share([check.fault is None for check in checks], forms),
        lines=sum(check.share for check in checks) / len(checks),
        faults=dict(faults.most_common()),
    )
