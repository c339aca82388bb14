"""What training examples are mixed of: how often each size comes, and which operators.

Held-out examples are always drawn evenly by size, none twice, so that a size that holds few is soon used up. Training
comes back to it again and again, unless it is told to mind how far the expressions of a size last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

import numpy as np

from exprlearn.dataset.drawing.split import Answering, RowFilter
from exprlearn.errors import DataError, SizeError
from exprlearn.plugin.kinds.drawing import DrawingContext, TrainingMix
from exprlearn.sampling import ExpressionSpace, Stratum, Stream
from exprlearn.sampling.ordering.permutation import keyed_permutation
from exprlearn.sampling.stream import stratum_mix, uniform_mix, water_fill

#: Among so many expressions none needs to come twice, as far as the sizes hold enough: as ten usual tests.
LASTING: Final = 20_000

# How often a part is drawn from is told by its first examples: so many are found, or so many expressions looked at.
_ENOUGH, _BLOCK, _MOST = 256, 1 << 10, 1 << 15
# An example of a size may take so many tries without becoming rarer, and so many at most.
_RARE, _RAREST = 1 << 8, 1 << 10
# Weights of parts are whole numbers that come to about so much.
_SCALE: Final = 1 << 20


def mixed_stream(context: DrawingContext) -> Stream:
    """Make the stream that training examples are drawn from, mixed by size or by operators.

    Raises:
        DataError: operators are to come equally often, and there are too many to tell apart, or none has an example.
    """
    space, seed = context.space, context.seed
    if context.training == "size":
        even = stratum_mix(space.strata, context.mix)
        return Stream(space, seed, "train", lasting_mix([stratum.size for stratum in space.strata], even, LASTING))
    try:
        finer = space.by_operators()
    except SizeError as error:
        raise DataError(f"data.mix: operators cannot be told apart here, choose data.mix=size: {error}") from error
    return Stream(finer, seed, "train", operator_mix(replace(context, space=finer)))


def expression_stream(space: ExpressionSpace, seed: int, purpose: str, mix: TrainingMix) -> Stream:
    """Make a stream of all expressions, mixed as training is, whether they are examples or not; a `SizeError` says
    that there are too many operators to tell apart.
    """
    sizes = [stratum.size for stratum in space.strata]
    if mix == "size":
        return Stream(space, seed, purpose, lasting_mix(sizes, stratum_mix(space.strata, None), LASTING))
    if mix == "terms":
        return Stream(space, seed, purpose)
    finer = space.by_operators()
    return Stream(finer, seed, purpose, _weigh_operators(finer.strata, [Fraction(1)] * len(finer.strata)))


def lasting_mix(sizes: Sequence[int], even: Sequence[Fraction | int], total: int) -> tuple[int, ...]:
    """Weigh strata as `even` does, but none so that among `total` items one of its expressions must come again.

    >>> lasting_mix([324, 11_664, 23_328, 10**6], [2, 1, 1, 2], 20_000)
    (324, 4919, 4919, 9838)
    """
    available = sum(size for size, weight in zip(sizes, even, strict=True) if weight)
    counts = water_fill(sizes, even, min(total, available))
    return tuple(max(count, int(weight > 0)) for count, weight in zip(counts, even, strict=True))


def operator_mix(context: DrawingContext) -> tuple[int, ...]:
    """Weigh the strata of a space divided by operators: every set of operators gives equally many examples.

    Few expressions with a division are examples where it must come out, so that they are tried the more often. Within
    a set of operators the sizes are mixed as far as their examples last.
    """
    strata = context.space.strata
    return _weigh_operators(strata, [_share_of_examples(context, stratum) for stratum in strata])


def _weigh_operators(strata: Sequence[Stratum], shares: Sequence[Fraction]) -> tuple[int, ...]:
    """Weigh strata divided by operators, given the share of examples in each."""
    sets = sorted({stratum.operators for stratum, share in zip(strata, shares, strict=True) if share})
    if not sets:
        raise DataError("data.mix: no expression is an example here: loosen the constraints")
    weights = [Fraction(0)] * len(strata)
    for operators in sets:
        places = [place for place, each in enumerate(strata) if each.operators == operators and shares[place]]
        masses = [strata[place].mass * shares[place] for place in places]
        even = uniform_mix([strata[place].sizes for place in places], masses)
        examples = [max(1, int(strata[place].size * shares[place])) for place in places]
        counts = lasting_mix(examples, even, LASTING // len(sets))
        # What comes out too rarely leaves its place to other sizes of the set; where all do, the set comes less often.
        portions = [
            min(Fraction(1), shares[place] * _RARE) * count for place, count in zip(places, counts, strict=True)
        ]
        whole = sum(portions, Fraction(0))
        for place, portion in zip(places, portions, strict=True):
            weights[place] = portion / whole / max(shares[place], Fraction(1, _RAREST))
    whole = sum(weights, Fraction(0))
    return tuple(max(round(weight * _SCALE / whole), int(weight > 0)) for weight in weights)


def _share_of_examples(context: DrawingContext, stratum: Stratum) -> Fraction:
    """Tell which share of the expressions of a stratum are training examples, from the first of them in an order."""
    # Held-out lines are left aside: looking at workings takes long, and shifts what comes by less than a fifth.
    answering = Answering(
        context.answering.division, context.answering.constraints, operators=context.answering.operators
    )
    rule = RowFilter(context.space, answering, "train", level=context.level, salt=context.salt)
    order = keyed_permutation(stratum.all_radices, "mix", stratum.name)
    tried = kept = 0
    while kept < _ENOUGH and tried < min(stratum.size, _MOST):
        stop = min(tried + _BLOCK, stratum.size)
        kept += len(rule.keep(stratum.block(order.indices(np.arange(tried, stop, dtype=np.int64)))).rows)
        tried = stop
    return Fraction(kept, tried)
