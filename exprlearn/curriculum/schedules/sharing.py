"""How shares of an epoch are made: one stage, stages by weight, and a part kept for what was learned before."""

from __future__ import annotations

from collections.abc import Sequence


def by_weight(weights: Sequence[float]) -> list[float]:
    """Divide an epoch in proportion to weights.

    >>> by_weight([1, 3])
    [0.25, 0.75]
    """
    total = sum(weights)
    return [weight / total for weight in weights]


def only(stage: int, count: int) -> list[float]:
    """Give an epoch to one stage of `count`.

    >>> only(1, 3)
    [0.0, 1.0, 0.0]
    """
    return [float(place == stage) for place in range(count)]


def mixed(first: Sequence[float], second: Sequence[float], share: float) -> list[float]:
    """Take `share` of an epoch from the second division and the rest from the first.

    >>> mixed([1.0, 0.0], [0.5, 0.5], 0.5)
    [0.75, 0.25]
    """
    return [(1 - share) * one + share * other for one, other in zip(first, second, strict=True)]


def with_replay(stage: int, weights: Sequence[float], replay: float) -> list[float]:
    """Give an epoch to one stage, less a part for those before it, by weight; the first stage has none before it.

    Models forget what they do not see any more; a small part of old examples keeps it.

    >>> with_replay(2, [1, 1, 1, 1], 0.2)
    [0.1, 0.1, 0.8, 0.0]
    """
    alone = only(stage, len(weights))
    if stage == 0 or replay == 0:
        return alone
    earlier = [weight if place < stage else 0.0 for place, weight in enumerate(weights)]
    return mixed(alone, by_weight(earlier), replay)
