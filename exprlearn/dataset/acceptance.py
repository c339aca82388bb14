"""How much of a space is left under a division policy and constraints: counted when small, else estimated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from exprlearn.arithmetic.numerals import count_digits
from exprlearn.dataset.answering import Answering
from exprlearn.intervals import wilson
from exprlearn.sampling.ordering.permutation import keyed_permutation

if TYPE_CHECKING:
    from exprlearn.sampling import ExpressionSpace, Stratum
    from exprlearn.sampling.writing.block import Block

_BLOCK = 1 << 15

_LENGTHS = 20


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """How many expressions of one stratum, or of a whole space, are examples.

    Attributes:
        size: expressions in all.
        tried: expressions looked at; `size` when the count is exact.
        kept: those of them that are examples.
        rejected: how many of `tried` each rule rejects, taken alone.
        digits: by digits of the longest number, how many were tried and how many of them are examples.
    """

    size: int
    tried: int
    kept: int
    rejected: Mapping[str, int]
    digits: Mapping[int, tuple[int, int]] = field(default_factory=dict)

    @property
    def is_exact(self) -> bool:
        """Tell whether every expression was looked at."""
        return self.tried == self.size

    @property
    def share(self) -> float:
        """Return the share that is kept."""
        return self.kept / self.tried

    @property
    def interval(self) -> tuple[float, float]:
        """Bound the share with 95 % confidence (Wilson); both bounds are the share when it is exact."""
        if self.is_exact:
            return self.share, self.share
        found = wilson(self.kept, self.tried)
        return found.low, found.high

    def __str__(self) -> str:
        """Say the count, marked as an estimate where it is one."""
        if self.is_exact:
            return f"{self.kept} of {self.size}"
        low, high = self.interval
        return f"about {self.share:.2%} of {self.size} ({low:.2%} to {high:.2%})"


def acceptance(
    space: ExpressionSpace, answering: Answering, *, seed: int = 0, tries: int = 1 << 15, countable: int = 1 << 17
) -> tuple[Acceptance, ...]:
    """Measure the acceptance of every stratum of a space, in the order of its strata.

    Args:
        space: the expressions.
        answering: the rules.
        seed: decides which expressions are looked at where not all are.
        tries: expressions looked at in each stratum that is too large to count.
        countable: strata up to this size are counted in full.
    """
    return tuple(
        _measure(stratum, answering, seed, None if stratum.size <= countable else min(tries, stratum.size))
        for stratum in space.strata
    )


def _measure(stratum: Stratum, answering: Answering, seed: int, tries: int | None) -> Acceptance:
    rejected, digits = Counter[str](), np.zeros((2, _LENGTHS), np.int64)
    for block in _blocks(stratum, seed, tries):
        answered = answering.answer_block(block)
        rejected.update(answered.rejected)
        lengths = count_digits(np.abs(block.numbers).max(axis=1, initial=0))
        digits += [np.bincount(lengths[rows], minlength=_LENGTHS) for rows in (slice(None), answered.kept)]
    tried, kept = (int(count) for count in digits.sum(axis=1))
    by_digits = {place: (int(digits[0, place]), int(digits[1, place])) for place in np.flatnonzero(digits[0]).tolist()}
    return Acceptance(size=stratum.size, tried=tried, kept=kept, rejected=dict(rejected), digits=by_digits)


def _blocks(stratum: Stratum, seed: int, tries: int | None) -> Iterator[Block]:
    """Yield all of a stratum, or so many different expressions of it."""
    if tries is None:
        for start in range(0, stratum.size, _BLOCK):
            yield stratum.block(np.arange(start, min(start + _BLOCK, stratum.size), dtype=np.int64))
        return
    radices = stratum.skeleton_count, *stratum.radices
    order = keyed_permutation(radices, seed, "acceptance", stratum.name)
    for start in range(0, tries, _BLOCK):
        yield stratum.block(order.indices(np.arange(start, min(start + _BLOCK, tries), dtype=np.int64)))
