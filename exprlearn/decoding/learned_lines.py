"""Which lines of training expressions a rewriting model learns from, and how many it does not, and why.

A line that is held out, since it belongs to validation or test, is never learned from, provided that the grammar could
write it: `8+54` is free where numbers go up to 9, `4+9` may not be. Which numbers the grammar writes is told by the
alphabet, which is wider rather than narrower than it: no line counts as free that is not.

Short lines come again and again, and what they say is soon known: `data.thinning` leaves lines out, as it does with
examples that come again within an epoch.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress

import numpy as np

from exprlearn.arithmetic.evaluation import Operation
from exprlearn.arithmetic.numerals import read_digits
from exprlearn.dataset import Level, split_of
from exprlearn.dataset.drawing.thinning import Thinning
from exprlearn.decoding.next_lines import BLANK, lines_of, next_line
from exprlearn.working import Rule, as_expression

_DIGITS = re.compile("[0-9]+")
# Short lines come again and again.
_REMEMBERED = 2**16

Pair = tuple[str, str]
"""A line as it is read, and what is written over it."""


@dataclass
class LineCounts:
    """How many lines training expressions had, and how many were not learned from.

    Attributes:
        lines: of all expressions.
        held_out: those that belong to validation or test.
        too_long: those that have no room for what is written over them: a value may be longer than what it replaces, as
            in `1|66-8`.
        thinned: those that had come before.
    """

    lines: int = 0
    held_out: int = 0
    too_long: int = 0
    thinned: int = 0


@dataclass(frozen=True)
class LearnedLines:
    """How the lines of a run follow from one another, and which may be learned from.

    Attributes:
        operation: how `/` computes.
        level: what expressions that must not be in different splits have in common.
        rule: whether all calculations that can be done are done at once, or the first.
        spare: how many blanks a line is read with, so that the next one may be longer.
        thinning: the chance to keep a line that came before, as of `Thinning`.
    """

    operation: Operation = "exact"
    level: Level = "commutative"
    rule: Rule = "all"
    spare: int = 0
    thinning: float = 1.0

    def pair(self, line: str, longest: int) -> Pair | None:
        """Return what is read of a line and written over it, of `longest` characters or less; None without the room.

        >>> LearnedLines().pair("1|66-8", 9), LearnedLines(spare=4).pair("1|66-8", 9)
        (None, ('1|66-8...', '-725|66..'))
        """
        read, written, _ = next_line(line, self.operation, self.rule)
        room = min(len(line) + self.spare, longest)
        return None if max(len(line), len(written)) > room else (read.ljust(room, BLANK), written.ljust(room, BLANK))

    def choose(
        self,
        expressions: Iterable[str],
        longest: int,
        numbers: tuple[int, int],
        random: np.random.Generator | None = None,
    ) -> tuple[list[Pair], LineCounts]:
        """Choose lines of training expressions to learn from, and count the others; an expression itself always may.

        Args:
            expressions: as the grammar writes them.
            longest: how many characters a line may have, its blanks included.
            numbers: the smallest and the largest number that the grammar writes.
            random: decides which of the lines that come again are kept; None keeps all.

        >>> pairs, counts = LearnedLines().choose(["8+3*(9+9)"], 9, (1, 9))
        >>> pairs
        [('8+3*(9+9)', '8+3*81...'), ('8+3*81', '8+45..'), ('8+45', '26..')]
        >>> counts
        LineCounts(lines=3, held_out=0, too_long=0, thinned=0)
        """
        pairs: list[Pair] = []
        counts = LineCounts()
        for expression in expressions:
            for line in lines_of(expression, self.operation, self.rule):
                counts.lines += 1
                if line is not expression and is_held_out(line, self.level, numbers):
                    counts.held_out += 1
                elif (pair := self.pair(line, longest)) is None:
                    counts.too_long += 1
                else:
                    pairs.append(pair)
        if random is None or self.thinning == 1:
            return pairs, counts
        is_kept = Thinning(self.thinning, random).keep(pairs).tolist()
        counts.thinned = is_kept.count(False)
        return list(compress(pairs, is_kept)), counts


@lru_cache(maxsize=_REMEMBERED)
def is_held_out(line: str, level: Level, numbers: tuple[int, int]) -> bool:
    """Tell whether a line belongs to validation or test by its content, and has no number that is outside of a range.

    >>> [is_held_out(line, "commutative", (1, 9)) for line in ("9+9", "4+9", "14+9")]
    [False, True, False]
    """
    lowest, highest = numbers
    found = [read_digits(digits) for digits in _DIGITS.findall(line)]
    # A sign may belong to the number or stand in front of it.
    if min(found) < max(lowest, -highest) or max(found) > max(highest, -lowest):
        return False
    return split_of(as_expression(line), level) != "train"
