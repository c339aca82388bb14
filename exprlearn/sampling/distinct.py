"""How many different expressions an ambiguous space writes: counted by writing them, where they are few."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from exprlearn.sampling.block import fill_skeletons, make_block
from exprlearn.sampling.least import skeletons_decide
from exprlearn.sampling.stratum import Stratum

MOST_CHARACTERS = 400_000
"""Characters of the skeletons, or expressions, that are written to find the equal ones among them."""


def count_texts(strata: Sequence[Stratum], most: int = MOST_CHARACTERS) -> int | None:
    """Count the different expressions of strata with the same sizes; None where they have more than `most` characters.

    >>> from exprlearn.sampling import ExpressionSpace
    >>> text = 'start: e\\ne: e "+" e | N\\nN: /[0-2]/'
    >>> space = ExpressionSpace.from_text(text, terms=3, ambiguity="strings")
    >>> space.size, count_texts(space.strata)
    (54, 27)
    """
    characters = max(stratum.longest for stratum in strata)
    if sum(stratum.skeleton_count for stratum in strata) * characters > most:
        return None
    if skeletons_decide(strata[0].chart.specification):
        return _different([_patterns(stratum) for stratum in strata]) * strata[0].fillings
    if sum(stratum.size for stratum in strata) * characters > most:
        return None
    return _different([make_block(stratum, np.arange(stratum.size)).expressions for stratum in strata])


def _patterns(stratum: Stratum) -> NDArray[np.str_]:
    """Every skeleton of a stratum with the first number in all places: they write the same texts or none in common."""
    numbers = np.arange(stratum.skeleton_count)
    return fill_skeletons(stratum, numbers, np.zeros((len(numbers), len(stratum.slots)), np.int64)).expressions


def _different(columns: Sequence[NDArray[np.str_]]) -> int:
    return len({text for column in columns for text in column.tolist()})
