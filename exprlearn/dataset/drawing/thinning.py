"""What comes again and again is kept less and less often, so that more different examples are learned from."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset.drawing.example_stream import ExampleStream
from exprlearn.dataset.drawing.rows import Examples

# The second entry of a seed: what the random numbers are for.
THINNING: Final = 6

# When so many times the examples asked for were drawn, the space has too few: all are kept then.
_MOST_DRAWN: Final = 8


class Thinning:
    """Keeps what comes for the k-th time, such as a text, with the probability `chance` ** (k - 1).

    Args:
        chance: above 0; 1 keeps all.
        random: decides; so many numbers are drawn from it as there are things to decide on.

    >>> thinning = Thinning(1e-9, np.random.default_rng(0))
    >>> thinning.keep(["1+2", "3*4", "1+2"]).tolist(), thinning.keep(["3*4", "5-6"]).tolist()
    ([True, True, False], [False, True])
    """

    def __init__(self, chance: float, random: np.random.Generator) -> None:
        self.chance, self.random = chance, random
        self._known: dict[Hashable, int] = {}
        self._came = np.empty(0, np.int64)

    def keep(self, things: Sequence[Hashable]) -> NDArray[np.bool_]:
        """Decide on the next n things; bool [n]."""
        numbers = np.array([self._known.setdefault(each, len(self._known)) for each in things], np.int64)
        self._came = np.concatenate([self._came, numbers])
        times = number_in_groups(self._came)[len(self._came) - len(things) :]
        kept: NDArray[np.bool_] = self.random.random(len(things)) < self.chance ** (times - 1)
        return kept


def number_in_groups(groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number the members of each group from 1, in their order, given the group of each, (n,).

    >>> number_in_groups(np.array([7, 9, 7, 7, 9])).tolist()
    [1, 1, 2, 3, 2]
    """
    order = np.argsort(groups, kind="stable")
    numbers = np.empty_like(groups)
    numbers[order] = np.arange(len(groups)) - np.searchsorted(groups[order], groups[order]) + 1
    return numbers


class ThinnedStream(ExampleStream):
    """A stream of examples of which each request, such as that for an epoch, is thinned by itself.

    The same request always gives the same examples, whatever was asked for before.

    Args:
        drawn: the stream.
        chance: as of `Thinning`.
        seed: decides, together with where a request begins.
    """

    def __init__(self, drawn: ExampleStream, chance: float, seed: int) -> None:
        by_content = drawn.filter.by_content
        super().__init__(
            drawn.stream, drawn.answering, drawn.split, level=drawn.level, salt=drawn.salt, by_content=by_content
        )
        self.chance, self.seed = chance, seed

    def take(self, count: int, start: int = 0) -> tuple[Examples, int]:
        """Take the next examples that are kept, as `ExampleStream.take` does; raises what it raises."""
        thinning = Thinning(self.chance, np.random.default_rng([self.seed, THINNING, start]))
        pieces: list[Examples] = []
        missing, drawn, cursor = count, 0, start
        while missing > 0:
            found, cursor = super().take(missing, cursor)
            kept = thinning.keep(found.expressions.tolist()) | (drawn >= _MOST_DRAWN * count)
            pieces.append(found[kept])
            drawn, missing = drawn + len(found), missing - int(kept.sum())
        return Examples.concatenate(pieces), cursor
