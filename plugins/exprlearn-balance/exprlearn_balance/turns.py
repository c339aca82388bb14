"""Whose turn it is: the sizes that can give an answer take turns, each as often as the mix says.

The n-th time that an answer is drawn, its size and how often this size had its turn before follow from n in closed
form. Turns are dealt in rounds, exactly by the weights, and every answer shuffles its rounds in its own way.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from exprlearn.sampling.ordering.hashing import GOLDEN, mix_array
from exprlearn.sampling.stream import apportion, whole_weights

Column = NDArray[np.int64]

#: Turns in a round: a power of two, so that times an odd number plus any is a shuffle.
ROUND = 64


class Turns:
    """Turns of the same strata, for any number of answers.

    Args:
        places: the strata.
        weights: how often each has its turn, in proportion.
    """

    def __init__(self, places: Sequence[int], weights: Sequence[Fraction]) -> None:
        self.places = tuple(places)
        self._weights = whole_weights(weights)
        self._round = lru_cache(maxsize=256)(self._dealt)

    def of(self, times: Column, keys: NDArray[np.uint64]) -> tuple[Column, Column]:
        """Tell whose turn it is.

        Args:
            times: int64 [n], how often each answer was drawn before.
            keys: uint64 [n], of the answers.

        Returns:
            The place of a stratum, and how often it had its turn before with this answer; int64 [n] each.

        >>> turns = Turns([4, 7], [Fraction(3), Fraction(1)])
        >>> places, before = turns.of(np.arange(64), np.zeros(64, np.uint64))
        >>> int((places == 4).sum()), sorted(before[places == 7].tolist()) == list(range(16))
        (48, True)
        """
        if len(self.places) == 1:
            return np.full_like(times, self.places[0]), times
        rounds = times // ROUND
        slots = _shuffled(times - rounds * ROUND, rounds, keys)
        met, which = np.unique(rounds, return_inverse=True)
        tables = np.stack([self._round(number) for number in met.tolist()]) if len(met) else np.zeros((0, ROUND, 2))
        places, before = tables[which, slots].astype(np.int64).T
        return places, before

    def _dealt(self, number: int) -> Column:
        """Deal one round; int64 [ROUND, 2]."""
        before, after = (apportion(self._weights, (number + more) * ROUND) for more in (0, 1))
        pairs = [
            (place, turn)
            for place, first, last in zip(self.places, before, after, strict=True)
            for turn in range(first, last)
        ]
        return np.array(pairs, np.int64)


class TurnsByAnswer:
    """Turns of the strata that can give an answer, for answers that have different ones.

    Args:
        places: the strata.
        weights: how often each has its turn, in proportion.
        available: bool [strata, A], which stratum can give which answer.
        keys: uint64 [A], of the answers.
    """

    def __init__(
        self,
        places: Sequence[int],
        weights: Sequence[Fraction],
        available: NDArray[np.bool_],
        keys: NDArray[np.uint64],
    ) -> None:
        patterns, self._group = np.unique(available.T, axis=0, return_inverse=True)
        self._keys = keys
        self._turns = [self._of_pattern(places, weights, pattern.tolist()) for pattern in patterns]

    def of(self, answers: Column, times: Column) -> tuple[Column, Column]:
        """Choose a stratum for each draw, and tell how often it had its turn before with this answer.

        Args:
            answers: int64 [n], by number; some stratum can give each.
            times: int64 [n], how often each was drawn before.
        """
        places, turns = np.zeros_like(answers), np.zeros_like(answers)
        groups = self._group[answers]
        for group in np.unique(groups).tolist():
            rows = np.flatnonzero(groups == group)
            places[rows], turns[rows] = self._turns[group].of(times[rows], self._keys[answers[rows]])
        return places, turns

    @staticmethod
    def _of_pattern(places: Sequence[int], weights: Sequence[Fraction], pattern: Sequence[bool]) -> Turns:
        pairs = [pair for pair, is_there in zip(zip(places, weights, strict=True), pattern, strict=True) if is_there]
        # What no stratum can give is never asked for.
        pairs = pairs or list(zip(places, weights, strict=True))
        return Turns([place for place, _ in pairs], [weight for _, weight in pairs])


def _shuffled(slots: Column, rounds: Column, keys: NDArray[np.uint64]) -> Column:
    with np.errstate(over="ignore"):
        words = mix_array(keys + rounds.astype(np.uint64) * np.uint64(GOLDEN))
    steps = 2 * (words % np.uint64(ROUND // 2)).astype(np.int64) + 1
    offsets = (words >> np.uint64(32)).astype(np.int64)
    return (slots * steps + offsets) % ROUND
