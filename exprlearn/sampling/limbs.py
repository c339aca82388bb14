"""Indices past 64 bits as limbs: mixed-radix digits, each of which fits an int64 array.

The index of an expression within its stratum is a mixed-radix number whose digits are the skeleton and the fillers
of its slots. A limb is a run of neighbouring digits, so limbs turn into digits without wide arithmetic. Only a
single digit of 2**63 or more, which a huge number of skeletons can be, stays an array of Python integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import prod
from operator import mul
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.sampling.feistel import Limbs

#: A limb holds numbers below this, so that sums of two fit 64 bits unsigned.
LIMB_BOUND = 1 << 63


def limb_groups(radices: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Cut radices into runs whose products are below 2**63, halving at the most even place while one is not.

    >>> limb_groups((4, 999, 999))
    ((4, 999, 999),)
    >>> limb_groups((10**9, 10**6, 10**6, 10**9))
    ((1000000000, 1000000), (1000000, 1000000000))
    """
    if prod(radices) < LIMB_BOUND or len(radices) == 1:
        return (tuple(radices),)
    whole, before = prod(radices), list(accumulate(radices, mul))
    cut = min(range(1, len(radices)), key=lambda place: max(before[place - 1], whole // before[place - 1]))
    return limb_groups(radices[:cut]) + limb_groups(radices[cut:])


def limb_sizes(radices: Sequence[int]) -> tuple[int, ...]:
    """Multiply each run of `limb_groups`."""
    return tuple(prod(group) for group in limb_groups(radices))


def split_number(number: int, sizes: Sequence[int]) -> tuple[int, ...]:
    """Write one number in mixed radix, most significant digit first; what is left over joins the first digit.

    >>> split_number(7 * 24 + 13, (7, 24))
    (7, 13)
    """
    digits: list[int] = []
    for size in reversed(sizes[1:]):
        number, digit = divmod(number, size)
        digits.append(digit)
    return (number, *reversed(digits))


def join_number(digits: Sequence[int], sizes: Sequence[int]) -> int:
    """Undo `split_number`."""
    number = 0
    for digit, size in zip(digits, sizes, strict=True):
        number = number * size + digit
    return number


def split_array(numbers: NDArray[Any], sizes: Sequence[int]) -> Limbs:
    """Write numbers in mixed radix: int64 [n] to one int64 [n] for each size; a single size takes any numbers.

    >>> [digit.tolist() for digit in split_array(np.array([13, 25]), (7, 24))]
    [[0, 1], [13, 1]]
    """
    digits: list[NDArray[Any]] = []
    for size in reversed(sizes[1:]):
        if size < LIMB_BOUND:
            quotient = numbers // np.int64(size)
            digits.append(numbers - quotient * np.int64(size))
            numbers = quotient
        else:
            digits.append(numbers)
            numbers = np.zeros_like(numbers)
    return (numbers, *reversed(digits))


def split_objects(numbers: Sequence[int], sizes: Sequence[int]) -> Limbs:
    """Write Python integers of any size in mixed radix, as arrays [n] of int64 where the size is below 2**63."""
    rows = [split_number(number, sizes) for number in numbers]
    return tuple(
        np.array([row[place] for row in rows], np.int64 if size < LIMB_BOUND else object)
        for place, size in enumerate(sizes)
    )


def join_arrays(digits: Limbs, sizes: Sequence[int]) -> list[int]:
    """Read mixed-radix digits, arrays [n], as Python integers of any size.

    >>> join_arrays((np.array([0, 1]), np.array([13, 1])), (7, 24))
    [13, 25]
    """
    if prod(sizes) >= LIMB_BOUND:
        return [join_number(row, sizes) for row in zip(*(digit.tolist() for digit in digits), strict=True)]
    numbers = digits[0]
    for digit, size in zip(digits[1:], sizes[1:], strict=True):
        numbers = numbers * np.int64(size) + digit
    joined: list[int] = numbers.tolist()
    return joined
