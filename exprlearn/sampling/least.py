"""The canonical index: of several that write the same expression only the least counts.

So every expression of an ambiguous grammar is drawn equally often, and item t of a stream is still a function of t.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from exprlearn.grammar.specification import Specification
from exprlearn.sampling.neighbours import neighbours, numbers_stay_apart
from exprlearn.sampling.stratum import Stratum

if TYPE_CHECKING:
    from exprlearn.sampling.block import Block

# Skeletons remembered of one stratum.
_MOST_KNOWN = 1 << 20

# Whether skeletons are least, for strata where that does not depend on the numbers.
_KNOWN: WeakKeyDictionary[Stratum, dict[int, bool]] = WeakKeyDictionary()


def is_least(stratum: Stratum, expression: str, index: int) -> bool:
    """Tell whether no derivation of an expression has an index below this one of its stratum."""
    place = stratum.ranker.rank(expression)
    return (place.vector, place.index) == (stratum.state[1], index)


def least_rows(block: Block) -> NDArray[np.bool_]:
    """Tell which rows of a block have the least index of their expression; bool [n]."""
    stratum = block.stratum
    if not stratum.is_ambiguous or not len(block):
        return np.ones(len(block), bool)
    if skeletons_decide(stratum.chart.specification):
        _, rows, places = np.unique(block.rows, return_index=True, return_inverse=True)
        return _by_skeleton(block.chosen(rows))[places]
    pairs = zip(block.expressions.tolist(), block.indices, strict=True)
    return np.array([is_least(stratum, expression, index) for expression, index in pairs], bool)


def _by_skeleton(block: Block) -> NDArray[np.bool_]:
    stratum = block.stratum
    known = _KNOWN.setdefault(stratum, {})
    if len(known) > _MOST_KNOWN:
        known.clear()
    skeletons = [index // stratum.fillings for index in block.indices]
    for row, skeleton in enumerate(skeletons):
        if skeleton not in known:
            known[skeleton] = is_least(stratum, str(block.expressions[row]), block.indices[row])
    return np.array([known[skeleton] for skeleton in skeletons], bool)


@lru_cache(maxsize=64)
def skeletons_decide(specification: Specification) -> bool:
    """Tell whether all derivations of an expression cut it into the same numbers of the same language."""
    digits = any(character.isdigit() for text in specification.literals for character in text)
    return len(specification.languages) == 1 and not digits and numbers_stay_apart(neighbours(specification))
