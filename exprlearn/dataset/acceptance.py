"""How much of a space is left under a division policy and constraints, and which sizes never come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isqrt
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from exprlearn.arithmetic.numeral_columns import count_digits
from exprlearn.counts import count_text, estimated
from exprlearn.dataset.drawing.split import Answering, named
from exprlearn.intervals import wilson
from exprlearn.sampling import ExpressionSpace
from exprlearn.sampling.ordering.permutation import keyed_permutation

if TYPE_CHECKING:
    from exprlearn.sampling import Sizes, Stratum
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
    order = keyed_permutation(stratum.all_radices, seed, "acceptance", stratum.name)
    for start in range(0, tries, _BLOCK):
        yield stratum.block(order.indices(np.arange(start, min(start + _BLOCK, tries), dtype=np.int64)))


# Spaces up to this size are counted one by one; of larger ones so many are looked at in all, and in each stratum at
# least and at most: a fraction of a second.
_COUNTED: Final = 1 << 20
_IN_ALL: Final = 1 << 17
_FEWEST, _MOST = 1 << 9, 1 << 14

# So many of a length must have been tried before it is said that it never comes.
_ENOUGH: Final = 200

# Sizes that a sentence names.
_NAMED: Final = 4

# Shares as integers, as finely as floats have them.
_UNIT: Final = 1 << 52


@dataclass(frozen=True)
class Drawable:
    """What can be drawn of a space.

    Attributes:
        expressions: how many expressions there are.
        examples: how many of them are examples under the constraints; where it is estimated and none was found, how
            many there are at most, with 95 % confidence.
        low: how many there are at least, with 95 % confidence; `examples` when each was looked at.
        high: how many there are at most.
        notes: sizes and lengths of numbers that never come, a sentence each.
    """

    expressions: int
    examples: int
    low: int
    high: int
    notes: tuple[str, ...] = ()

    @classmethod
    def all_of(cls, expressions: int) -> Drawable:
        """Say that each of so many can be drawn."""
        return cls(expressions, expressions, expressions, expressions)

    @property
    def said(self) -> Literal["exact", "estimate", "at most"]:
        """What `examples` is."""
        return "exact" if self.low == self.high else "estimate" if self.low else "at most"

    def document(self) -> dict[str, str]:
        """Return plain data; counts of any size are text."""
        said = {"count": self.examples, "low": self.low, "high": self.high}
        return {**{name: count_text(count) for name, count in said.items()}, "said": self.said, "text": str(self)}

    def __str__(self) -> str:
        """Write the count, marked with what it lies between where it is no exact one."""
        return estimated(self.examples, self.said, self.low, self.high)


def drawable(space: ExpressionSpace, answering: Answering, shares: Sequence[Acceptance] | None = None) -> Drawable:
    """Count what can be drawn, exactly where the sizes are small, else from some expressions of each.

    `shares`: what was found of each stratum, where somebody has looked already.

    >>> from exprlearn.arithmetic.divisions import ExactOnlyPolicy
    >>> from exprlearn.dataset.constraints import AnswerLengthConstraint, AnswerLengthOptions
    >>> short = Answering(ExactOnlyPolicy(), [AnswerLengthConstraint(AnswerLengthOptions(maximum=1))])
    >>> found = drawable(ExpressionSpace.from_file("addition", ranges="0..99"), short)
    >>> found.examples, found.said, found.notes
    (55, 'exact', ('no example has a number of more than 1 digits, though the grammar writes 2: answer-length 1',))
    """
    shares = shares or measure_acceptance(space, answering)
    notes = (*_lost_sizes(space, shares), *_lost_lengths(shares, answering))
    return replace(add_shares(shares), notes=notes)


def measure_acceptance(space: ExpressionSpace, answering: Answering) -> tuple[Acceptance, ...]:
    """Measure the acceptance of every stratum in about a second: of all expressions where they are a million or so."""
    each = min(_MOST, max(_FEWEST, _IN_ALL // len(space.strata)))
    return acceptance(space, answering, tries=each, countable=space.size if space.size <= _COUNTED else each)


def group_by_sizes(space: ExpressionSpace, shares: Sequence[Acceptance]) -> dict[Sizes, tuple[Acceptance, ...]]:
    """Group what was found of each stratum by its sizes."""
    found: dict[Sizes, tuple[Acceptance, ...]] = {}
    for stratum, share in zip(space.strata, shares, strict=True):
        found[stratum.sizes] = (*found.get(stratum.sizes, ()), share)
    return found


def add_shares(shares: Sequence[Acceptance]) -> Drawable:
    """Count the examples of some strata together, in integers, which hold any size.

    What the Wilson intervals of the strata are wide is added up in squares: they were drawn from one by one
    (Zou and Donner 2008, Construction of confidence limits about effect measures).

    >>> one = Acceptance(size=100, tried=100, kept=40, rejected={})
    >>> other = Acceptance(size=10**6, tried=1000, kept=500, rejected={})
    >>> found = add_shares([one, other])
    >>> found.examples, found.low, found.high, str(found)
    (500040, 469110, 530970, 'about 500 000 (469 000–531 000)')
    """
    expressions, examples = sum(found.size for found in shares), sum(map(_kept, shares))
    seen = sum(found.kept for found in shares)
    below, above = (isqrt(sum(_margin(found, end) ** 2 for found in shares)) for end in (0, 1))
    left = sum(found.tried - found.kept for found in shares)
    low, high = max(examples - below, seen), min(examples + above, expressions - left)
    return Drawable(expressions, examples or high, low, max(low, high))


def _kept(found: Acceptance) -> int:
    return found.kept * found.size // found.tried


def _margin(found: Acceptance, end: int) -> int:
    """Tell how far one end of the interval lies from the estimate, in examples."""
    return found.size * round(abs(found.interval[end] - found.share) * _UNIT) // _UNIT


def _lost_sizes(space: ExpressionSpace, shares: Sequence[Acceptance]) -> Iterator[str]:
    """Name the sizes of which not one example was found, by the rule that takes them away."""
    found = group_by_sizes(space, shares)
    lost: dict[str, list[str]] = {}
    for sizes, group in found.items():
        if not any(share.kept for share in group):
            lost.setdefault(_rule(group), []).append(str(sizes))
    for rule, names in lost.items():
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        yield f"{rule} takes away {len(names)} of {len(found)} sizes, {', '.join(names[:_NAMED])}{more}: none is drawn"


def _rule(group: Sequence[Acceptance]) -> str:
    """Name the rule that rejects most."""
    rejected = Counter[str]()
    for share in group:
        rejected.update(share.rejected)
    return rejected.most_common(1)[0][0]


def _lost_lengths(shares: Sequence[Acceptance], answering: Answering) -> Iterator[str]:
    """Say that long numbers never come."""
    tried, kept = Counter[int](), Counter[int]()
    for share in shares:
        for digits, (looked_at, examples) in share.digits.items():
            tried[digits] += looked_at
            kept[digits] += examples
    longest = max((digits for digits, count in kept.items() if count), default=0)
    is_sure = all(share.is_exact for share in shares)
    beyond = [digits for digits, count in tried.items() if digits > longest and (is_sure or count >= _ENOUGH)]
    if longest and beyond:
        rules = ", ".join(map(named, (*answering.constraints,))) or named(answering.division)
        yield (
            f"no example has a number of more than {longest} digits, though the grammar writes {max(beyond)}: {rules}"
        )
