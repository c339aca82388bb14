"""Scores of more answers than memory holds, added up block by block."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from operator import eq

import numpy as np
from numpy.typing import NDArray

from exprlearn.intervals import Interval
from exprlearn.scoring.breakdown import Group
from exprlearn.scoring.scores import Scores

Counts = NDArray[np.int64]


def counts_of(truths: NDArray[np.str_], wrong: NDArray[np.intp], answers: Sequence[str]) -> Counts:
    """Count what the scores of each item are made of.

    Args:
        truths: '<U' (n,), which all answers equal but the wrong ones.
        wrong: which rows are wrong, intp (m,).
        answers: the m answers to these.

    Returns:
        (n, 4) int64: 1 for the item, 1 when it is right, right characters, characters.

    >>> counts_of(np.array(["155", "7"]), np.array([0]), ["1655"]).tolist()
    [[1, 0, 2, 4], [1, 1, 1, 1]]
    """
    lengths = np.char.str_len(truths).astype(np.int64)
    ones = np.ones(len(truths), np.int64)
    counts = np.stack([ones, ones, lengths, lengths], axis=1)
    for row, answer in zip(wrong.tolist(), answers, strict=True):
        truth = str(truths[row])
        right = sum(map(eq, reversed(answer), reversed(truth)))
        counts[row] = 1, 0, right, max(len(answer), len(truth))
    return counts


class Tally:
    """Adds counts up, in all and by group."""

    def __init__(self) -> None:
        self._axes: defaultdict[str, dict[str, Counts]] = defaultdict(dict)
        self._all = np.zeros(4, np.int64)
        self._shares: dict[str, float] = {}

    @property
    def count(self) -> int:
        """Return how many items were added."""
        return int(self._all[0])

    @property
    def wrong(self) -> int:
        """Return how many of them are wrong."""
        return int(self._all[0] - self._all[1])

    def add(self, counts: Counts, labels: Mapping[str, NDArray[np.generic]], baselines: Mapping[str, float]) -> None:
        """Add a block of n items.

        Args:
            counts: of each item, as `counts_of` returns them.
            labels: for each axis the group of each item (n,).
            baselines: their scores on the block.
        """
        self._all += counts.sum(axis=0)
        for axis, values in labels.items():
            names, places = np.unique(values, return_inverse=True)
            for place, name in enumerate(names.tolist()):
                before = self._axes[axis].get(str(name), 0)
                self._axes[axis][str(name)] = before + counts[places == place].sum(axis=0)
        for name, share in baselines.items():
            self._shares[name] = self._shares.get(name, 0.0) + share * len(counts)

    def wrong_by(self, axis: str) -> dict[str, tuple[int, int]]:
        """Return for each group of an axis how many items it has and how many are wrong."""
        return {name: (int(counts[0]), int(counts[0] - counts[1])) for name, counts in self._axes[axis].items()}

    def scores(self, omitted: Mapping[str, str]) -> Scores:
        """Return the scores; every share is exact, so that its interval is a point.

        Args:
            omitted: baselines that there are none of, with the reason.
        """
        axes = {
            axis: [_group(name, groups[name]) for name in sorted(groups, key=_size)]
            for axis, groups in self._axes.items()
        }
        return Scores(
            exact_match=_exactly(self._all),
            digit_accuracy=_digits(self._all),
            baselines={name: total / self.count for name, total in self._shares.items()},
            breakdown=axes,
            omitted=omitted,
        )


def _group(name: str, counts: Counts) -> Group:
    return Group(name, _exactly(counts), _digits(counts))


def _exactly(counts: Counts) -> Interval:
    share = int(counts[1]) / int(counts[0])
    return Interval(share, share, share, int(counts[0]))


def _digits(counts: Counts) -> float:
    return int(counts[2]) / int(counts[3]) if counts[3] else 1.0


def _size(name: str) -> tuple[int, str]:
    return (int(name), "") if name.isdecimal() else (0, name)
