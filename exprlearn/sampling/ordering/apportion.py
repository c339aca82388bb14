"""How many items of each stratum a stream holds after t items: exact, in closed form, and never taken back.

Stratum s wants its k-th item at time k / weight; the items before t are the t earliest of all (the divisor method of
D'Hondt). So counts follow the weights, add up exactly, and only ever grow with t: a stream can be entered anywhere,
and a dataset can be made longer without moving an item.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from heapq import heapify, heappop, heappush
from math import lcm, prod

from exprlearn.errors import SizeError
from exprlearn.grammar.numerals import count_text

#: A weight for each stratum; only their ratios count.
Mix = tuple[Fraction, ...]


def uniform_mix(size_vectors: Sequence[Mapping[str, int]], masses: Sequence[Fraction | int]) -> Mix:
    """Weigh strata evenly by their first measure, within a value of it evenly by the second, and so on.

    Args:
        size_vectors: the sizes of each stratum, all with the same measures in the same order.
        masses: how strata with equal sizes share what falls to these sizes; 0 leaves a stratum out.

    >>> two, three = {"terms": 2, "brackets": 0}, {"terms": 3, "brackets": 0}
    >>> [str(weight) for weight in uniform_mix([two, three, three | {"brackets": 1}], [81, 729, 1458])]
    ['1/2', '1/4', '1/4']
    """
    vectors = [tuple(sizes.values()) for sizes in size_vectors]
    together: defaultdict[tuple[int, ...], Fraction] = defaultdict(Fraction)
    branches: defaultdict[tuple[int, ...], set[int]] = defaultdict(set)
    for vector, mass in zip(vectors, masses, strict=True):
        together[vector] += mass
        for measure, value in enumerate(vector if mass else ()):
            branches[vector[:measure]].add(value)
    return tuple(
        Fraction(mass) / together[vector] / prod(len(branches[vector[:measure]]) for measure in range(len(vector)))
        if mass
        else Fraction(0)
        for vector, mass in zip(vectors, masses, strict=True)
    )


def terms_mix(size_vectors: Sequence[Mapping[str, int]], even: Mix, shares: Mapping[int, Fraction | int]) -> Mix:
    """Weigh strata by their number of terms as asked, within it as in an even mix; other terms weigh nothing.

    Raises:
        SizeError: no stratum has a number of terms that is asked for.

    >>> two, three = {"terms": 2, "brackets": 0}, {"terms": 3, "brackets": 0}
    >>> vectors = [two, three, three | {"brackets": 1}]
    >>> whole_weights(terms_mix(vectors, uniform_mix(vectors, [1, 1, 1]), {2: 1, 3: 3}))
    (2, 3, 3)
    """
    available = sorted({sizes["terms"] for sizes in size_vectors})
    if unknown := sorted(shares.keys() - available):
        shown = ", ".join(map(str, available))
        raise SizeError(f"a mix asks for {unknown[0]} terms, but the space has {shown}: name these, or widen terms")
    return tuple(
        weight * Fraction(shares.get(sizes["terms"], 0)) for sizes, weight in zip(size_vectors, even, strict=True)
    )


def whole_weights(mix: Sequence[Fraction | int]) -> tuple[int, ...]:
    """Write weights as integers with the same ratios.

    Raises:
        SizeError: a weight is negative or all are zero.

    >>> whole_weights([Fraction(1, 2), Fraction(1, 3)])
    (3, 2)
    """
    weights = [Fraction(weight) for weight in mix]
    if min(weights, default=Fraction(0)) < 0 or not any(weights):
        shown = ", ".join(map(str, weights)) or "none"
        raise SizeError(f"a mix needs weights of zero or more, at least one above zero; got {shown}")
    scale = lcm(*(weight.denominator for weight in weights))
    return tuple(int(weight * scale) for weight in weights)


def apportion(weights: Sequence[int], total: int) -> tuple[int, ...]:
    """Count the items of each stratum among the first `total` of an endless stream.

    >>> apportion((3, 1), 4), apportion((3, 1), 5)
    ((3, 1), (4, 1))
    """
    whole = sum(weights)
    return _settle(weights, [total * weight // whole for weight in weights], total, None)


def water_fill(sizes: Sequence[int], mix: Sequence[Fraction | int], total: int) -> tuple[int, ...]:
    """Count the items of each stratum in a dataset of `total` without repeats: by the mix, as far as each reaches.

    What a small stratum cannot give is shared by the others. A larger total never takes an item away.

    Raises:
        SizeError: the strata that the mix names hold fewer than `total` expressions.

    >>> water_fill([81, 10_000, 10_000], [1, 1, 1], 1_000)
    (81, 460, 459)
    """
    weights = whole_weights(mix)
    available = sum(size for size, weight in zip(sizes, weights, strict=True) if weight)
    if total > available:
        raise SizeError(
            f"{total} different expressions asked for, but the sizes hold only {count_text(available)}: "
            f"ask for at most {count_text(available)}, or widen terms, brackets or range"
        )
    return _settle(weights, _levels(sizes, weights, total), total, sizes)


def _levels(sizes: Sequence[int], weights: Sequence[int], total: int) -> list[int]:
    """Fill every stratum to one level, strata that are full aside; rounded down."""
    counts = [0] * len(sizes)
    rest, width = total, sum(weights)
    # The stratum that runs out first at the lowest level comes first.
    order = sorted(
        (index for index, weight in enumerate(weights) if weight), key=lambda at: _fullness(at, sizes, weights)
    )
    for number, index in enumerate(order):
        if sizes[index] * width > rest * weights[index]:
            for at in order[number:]:
                counts[at] = rest * weights[at] // width
            break
        counts[index] = sizes[index]
        rest, width = rest - sizes[index], width - weights[index]
    return counts


def _fullness(index: int, sizes: Sequence[int], weights: Sequence[int]) -> Fraction:
    return Fraction(sizes[index], weights[index])


def _settle(weights: Sequence[int], counts: list[int], total: int, sizes: Sequence[int] | None) -> tuple[int, ...]:
    """Give what rounding down has left over to the strata whose next item is due first."""
    left = total - sum(counts)
    if not left:
        return tuple(counts)
    # Times in units in which all are whole.
    whole = lcm(*(weight for weight in weights if weight))
    waiting = [
        ((counts[index] + 1) * (whole // weight), index)
        for index, weight in enumerate(weights)
        if weight and (sizes is None or counts[index] < sizes[index])
    ]
    heapify(waiting)
    for _ in range(left):
        _, index = heappop(waiting)
        counts[index] += 1
        if sizes is None or counts[index] < sizes[index]:
            heappush(waiting, ((counts[index] + 1) * (whole // weights[index]), index))
    return tuple(counts)
