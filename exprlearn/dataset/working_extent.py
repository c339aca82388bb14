"""How long the workings of a space get, measured: the bounds that hold for every expression are twice as wide."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from exprlearn.arithmetic import UNLIMITED
from exprlearn.dataset.drawing.split import Answering
from exprlearn.plugin import Constraint, Division, Working
from exprlearn.sampling import ExpressionSpace, Stratum, Stream
from exprlearn.working import write_working

#: Expressions that are looked at in all, and of each stratum at least; fewer of those with many terms.
TRIES, FEWEST = 1 << 14, 1 << 6
#: Characters of room beyond the longest that was found, where not every expression was looked at.
ROOM = 2

_USUAL_TERMS = 4


def longest_working(
    space: ExpressionSpace, working: Working, division: Division, constraints: Sequence[Constraint] = ()
) -> int:
    """Return a number of characters that next to no working of a space exceeds, answer included.

    The expressions that are looked at follow from the space alone, so that every run of it has rows of one width.

    Raises:
        DataError: an answer cannot be found again in the text of its working.

    >>> from exprlearn.arithmetic.divisions import ExactOnlyPolicy
    >>> from exprlearn.working.forms import ExpressionsWorking
    >>> space = ExpressionSpace.from_file("sums", terms=3, ranges="1..9")
    >>> longest_working(space, ExpressionsWorking(), ExactOnlyPolicy())
    7
    """
    answering, stream = Answering(division, constraints), Stream(space, seed=0, purpose="length of workings")
    longest, looked_at_all = 0, True
    for index, stratum in enumerate(space.strata):
        tries = min(stratum.size, _tries(stratum, len(space.strata)))
        looked_at_all = looked_at_all and tries == stratum.size
        block = stream.draw(index, np.arange(tries, dtype=np.int64))
        answered = answering.answer_block(block)
        pairs = zip(block.expressions[answered.kept].tolist(), answered.answers[answered.kept].tolist(), strict=True)
        texts = (write_working(text, working, division, truth=truth, limits=UNLIMITED) for text, truth in pairs)
        longest = max(longest, max(map(len, texts), default=0))
    return longest if looked_at_all else longest + ROOM


def _tries(stratum: Stratum, strata: int) -> int:
    """Choose how many expressions to look at: the text of a working grows as the square of its terms."""
    length = max(stratum.sizes["terms"] / _USUAL_TERMS, 1.0)
    return max(FEWEST, int(TRIES / strata / length**2))
