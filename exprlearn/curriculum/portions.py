"""How many examples of an epoch come from which stage."""

from __future__ import annotations

from collections.abc import Sequence


def portions(shares: Sequence[float], size: int) -> list[int]:
    """Divide `size` examples by shares, the largest remainders rounded up, the first among equals.

    >>> portions([0.5, 0.25, 0.25], 10), portions([1.0, 0.0], 7)
    ([5, 3, 2], [7, 0])
    """
    total = sum(shares)
    wanted = [size * share / total for share in shares]
    counts = [int(number) for number in wanted]
    by_remainder = sorted(range(len(shares)), key=lambda place: counts[place] - wanted[place])
    for place in by_remainder[: size - sum(counts)]:
        counts[place] += 1
    return counts
