"""Pairs of question and answer that somebody brings, in place of a grammar that writes them.

`read_pairs` reads them from files, `pairs_of` takes them from Python, and `divide` splits them: expressions by their
canonical form, other texts by themselves, or as a column `split` says, whose leaks are found and left out.
"""

from __future__ import annotations

from exprlearn.dataset.pairs.dividing import PairSplits, divide
from exprlearn.dataset.pairs.pair_files import keys_of, named_pairs, pairs_of, read_pairs
from exprlearn.dataset.pairs.pairs import Pairs

__all__ = [
    "PairSplits",
    "Pairs",
    "divide",
    "keys_of",
    "named_pairs",
    "pairs_of",
    "read_pairs",
]
