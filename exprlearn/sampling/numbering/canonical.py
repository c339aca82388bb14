"""The canonical index: of several that write the same expression only the least counts.

So every expression of an ambiguous grammar is drawn equally often, and item t of a stream is still a function of t.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from exprlearn.grammar.specification import Specification
from exprlearn.sampling.numbering.neighbours import neighbours, numbers_stay_apart

if TYPE_CHECKING:
    from exprlearn.sampling.stratum import Stratum


def is_canonical(stratum: Stratum, expression: str, index: int) -> bool:
    """Tell whether no derivation of an expression has an index below this one of its stratum."""
    rank = stratum.ranker.rank(expression)
    return (rank.vector, rank.index) == (stratum.state[1], index)


@lru_cache(maxsize=64)
def skeletons_decide(specification: Specification) -> bool:
    """Tell whether all derivations of an expression cut it into the same numbers of the same language."""
    digits = any(character.isdigit() for text in specification.literals for character in text)
    return len(specification.languages) == 1 and not digits and numbers_stay_apart(neighbours(specification))
