"""Carries and borrows of sums and differences, done on paper in decimal: how many there are, and how far one runs on.

Equal signs add and may carry; unequal signs take the smaller magnitude from the larger and may borrow. Products,
quotients and sums with a fraction count nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from exprlearn.arithmetic.evaluation import Calculation
from exprlearn.arithmetic.programs import ADD, SUBTRACT
from exprlearn.arithmetic.values import Integers, Values

Count = TypeVar("Count", int, Integers)


class Carries(NamedTuple, Generic[Count]):
    """What all calculations of an expression carry: a number each, or int64 [n] each of n expressions.

    `carries` are of sums of equal signs, `borrows` of unequal ones, `cascade` is the longest run of either.
    """

    carries: Count
    borrows: Count
    cascade: Count


def carry_columns(left: int, right: int) -> list[bool]:
    """Tell for each column of `left + right`, units first, whether it carries, or borrows where the signs differ.

    >>> carry_columns(75, 48), carry_columns(1000, -1), carry_columns(909, 101)
    ([True, True], [True, True, True, False], [True, False, True])
    """
    small, large = sorted((abs(left), abs(right)))
    sign = 1 if (left < 0) == (right < 0) else -1
    columns: list[bool] = []
    carry = False
    while large or not columns:
        large, top = divmod(large, 10)
        small, bottom = divmod(small, 10)
        carry = not 0 <= top + sign * (bottom + carry) <= 9
        columns.append(carry)
    return columns


def count_carries(steps: Iterable[Calculation]) -> Carries[int]:
    """Count what the calculations of one expression carry.

    >>> from exprlearn.arithmetic import calculations, parse
    >>> count_carries(calculations(parse("88+77-(3-41)")))
    Carries(carries=4, borrows=1, cascade=2)
    """
    carries = borrows = cascade = 0
    for step in steps:
        if step.operator in "+-" and step.left[1] == step.right[1] == 1:
            left, right = step.left[0], step.right[0] if step.operator == "+" else -step.right[0]
            columns = carry_columns(left, right)
            if (left < 0) == (right < 0):
                carries += sum(columns)
            else:
                borrows += sum(columns)
            cascade = max([cascade, *(len(list(run)) for carry, run in groupby(columns) if carry)])
    return Carries(carries, borrows, cascade)


def count_block_carries(values: Values) -> Carries[Integers]:
    """Count what the calculations of n expressions carry, from the registers that computed their values."""
    working, rows = values.working, np.arange(len(values))
    carries, borrows, cascade = np.zeros((3, len(values)), np.int64)
    for step in range(working.operations.shape[1]):
        operations, left, right = (column[:, step] for column in (working.operations, working.left, working.right))
        counts = (operations == ADD) | (operations == SUBTRACT)
        counts &= (working.denominators[left, rows] == 1) & (working.denominators[right, rows] == 1)
        # Rows that count nothing add 0 and 0.
        one, other = (np.where(counts, working.numerators[side, rows], 0) for side in (left, right))
        other = np.where(operations == ADD, other, -other)
        count, longest = _count_by_column(one, other)
        is_sum = (one < 0) == (other < 0)
        carries += np.where(is_sum, count, 0)
        borrows += np.where(is_sum, 0, count)
        cascade = np.maximum(cascade, longest)
    return Carries(carries, borrows, cascade)


def _count_by_column(left: Integers, right: Integers) -> tuple[Integers, Integers]:
    """Do as `carry_columns`, one column of all n rows at a time; returns how many carry and the longest run.

    199 + 3: 9+3 carries, 9+0+1 carries, 1+0+1 does not: two, two in a row.
    """
    first, second = np.abs(left), np.abs(right)
    large, small = np.maximum(first, second), np.minimum(first, second)
    sign = np.where((left < 0) == (right < 0), np.int64(1), np.int64(-1))
    count, run, longest, carry = np.zeros((4, len(left)), np.int64)
    while small.any() or carry.any():
        large, top = np.divmod(large, 10)
        small, bottom = np.divmod(small, 10)
        column = top + sign * (bottom + carry)
        carry = ((column < 0) | (column > 9)).astype(np.int64)
        count, run = count + carry, (run + 1) * carry
        longest = np.maximum(longest, run)
    return count, longest
