"""Texts that come again and again are kept less and less often, so that more different ones are learned from."""

from __future__ import annotations

from collections import Counter
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
    """Keeps a text that comes for the k-th time with the probability `chance` ** (k - 1).

    Args:
        chance: above 0; 1 keeps all.
        random: decides; so many numbers are drawn from it as texts come.

    >>> thinning = Thinning(1e-9, np.random.default_rng(0))
    >>> thinning.keep(np.array(["1+2", "3*4", "1+2"])).tolist(), thinning.keep(np.array(["3*4", "5-6"])).tolist()
    ([True, True, False], [False, True])
    """

    def __init__(self, chance: float, random: np.random.Generator) -> None:
        self.chance, self.random = chance, random
        self._seen: Counter[str] = Counter()

    def keep(self, texts: NDArray[np.str_]) -> NDArray[np.bool_]:
        """Decide on the next texts, '<U' [n]; bool [n]."""
        kept: NDArray[np.bool_] = self.random.random(len(texts)) < self.chance ** self._times_before(texts)
        return kept

    def _times_before(self, texts: NDArray[np.str_]) -> NDArray[np.int64]:
        """Count how often each text came before, here and in earlier calls; int64 [n]."""
        different, places, counts = np.unique(texts, return_inverse=True, return_counts=True)
        names = different.tolist()
        before = np.array([self._seen[name] for name in names], np.int64)
        self._seen.update(dict(zip(names, counts.tolist(), strict=True)))
        # Texts b a b: places 1 0 1, in order 1 0 2; the runs begin at 0 and 1, so that they come for the times 0 0 1.
        order = np.argsort(places, kind="stable")
        times = np.empty(len(texts), np.int64)
        times[order] = np.arange(len(texts)) - np.repeat(np.cumsum(counts) - counts, counts)
        return times + before[places]


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
            kept = thinning.keep(found.expressions) | (drawn >= _MOST_DRAWN * count)
            pieces.append(found[kept])
            drawn, missing = drawn + len(found), missing - int(kept.sum())
        return Examples.concatenate(pieces), cursor
