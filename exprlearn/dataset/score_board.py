"""Scores of answers, put together by how hard the questions were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from exprlearn.dataset.sequence import Entry
from exprlearn.intervals import wilson
from exprlearn.tables import Records

Group = tuple[str, tuple[tuple[str, Any], ...]]


class ScoreBoard:
    """Keeps how many answers there were, and their scores, for each dataset and each difficulty in it.

    >>> board = ScoreBoard()
    >>> entry = {"metadata": {"source_dataset": "sums", "difficulty": {"terms": 2}}}
    >>> for score in (1.0, 1.0, 0.0):
    ...     board.add(entry, score)
    >>> board.records()
    [{'source_dataset': 'sums', 'terms': 2, 'answers': 3, 'score': 0.667, 'low': 0.208, 'high': 0.939}]
    """

    def __init__(self, rows: Iterable[tuple[str, Mapping[str, Any], float, int]] = ()) -> None:
        self._groups: dict[Group, tuple[float, int]] = {
            (source, tuple(difficulty.items())): (total, count) for source, difficulty, total, count in rows
        }

    def add(self, entry: Entry | Mapping[str, Any], score: float) -> None:
        """Note the score, 0 … 1, of an answer to an entry that says `source_dataset` and `difficulty`."""
        metadata = entry["metadata"]
        group = metadata["source_dataset"], tuple(metadata["difficulty"].items())
        total, count = self._groups.get(group, (0.0, 0))
        self._groups[group] = total + score, count + 1

    def rows(self) -> list[tuple[str, dict[str, Any], float, int]]:
        """Return dataset, difficulty, sum of scores and number of answers of each group, for JSON."""
        return [(source, dict(items), total, count) for (source, items), (total, count) in self._groups.items()]

    def records(self) -> Records:
        """Return a row for each group, with its mean score and the ends of the 95 % interval, rounded for reading."""
        return Records(
            {"source_dataset": source, **difficulty, "answers": count, **_mean(total, count)}
            for source, difficulty, total, count in self.rows()
        )


def _mean(total: float, count: int) -> dict[str, float]:
    found = wilson(total, count)
    return {"score": round(found.value, 3), "low": round(found.low, 3), "high": round(found.high, 3)}
