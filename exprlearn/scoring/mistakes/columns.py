"""Written arithmetic, column by column, with a slip: carries and borrows that are lost, or that there are not."""

from __future__ import annotations

from collections.abc import Iterator

from exprlearn.arithmetic.carries import carry_columns

#: Slips in one calculation that are still told from guessing.
MOST_LOST = 2

# What is open after some columns: the carry or borrow, how many were lost, the number written so far.
_State = tuple[int, int, int]


def lost_carries(left: int, right: int) -> set[int]:
    """List the wrong sums of two numbers ≥ 0 that come of one or two lost carries, or of losing all.

    >>> sorted(lost_carries(88, 77)), lost_carries(12, 34)
    ([55, 65, 155], set())
    """
    columns, states = _columns(left, right), {(0, 0, 0)}
    for place, (one, other) in enumerate(columns):
        states = {found for state in states for found in _added(state, one + other, 10**place)}
    top = 10 ** len(columns)
    sums = {written + carry * top for carry, _, written in states}
    sums.add(sum((one + other) % 10 * 10**place for place, (one, other) in enumerate(columns)))
    return sums - {left + right}


def lost_borrows(larger: int, smaller: int) -> set[int]:
    """List the wrong differences of two numbers ≥ 0 that come of borrows which the next column does not pay back.

    The commonest slip of pupils is among them: taking the smaller digit from the larger one in every column, so that
    nothing need be borrowed (Brown and Burton 1978, Diagnostic Models for Procedural Bugs).

    >>> sorted(lost_borrows(52, 17)), lost_borrows(52, 11)
    ([45], set())
    """
    columns, states = _columns(larger, smaller), {(0, 0, 0)}
    for place, (one, other) in enumerate(columns):
        states = {found for state in states for found in _taken(state, one - other, 10**place)}
    differences = {written for borrow, _, written in states if not borrow}
    differences.add(sum(abs(one - other) * 10**place for place, (one, other) in enumerate(columns)))
    return differences - {larger - smaller}


def added_carries(left: int, right: int) -> set[int]:
    """List the wrong sums of two numbers ≥ 0 that come of one carry out of a column that has none.

    >>> sorted(added_carries(26, 13))
    [49, 139]
    """
    return {left + right + 10 ** (place + 1) for place in _still(left, right)}


def added_borrows(larger: int, smaller: int) -> set[int]:
    """List the wrong differences of two numbers ≥ 0 that come of one borrow for a column that needs none.

    >>> sorted(added_borrows(58, 13))
    [35]
    """
    rest = larger - smaller
    return {rest - 10 ** (place + 1) for place in _still(larger, -smaller) if rest >= 10 ** (place + 1)}


def lost_product_carries(left: int, right: int) -> set[int]:
    """List the wrong products of two numbers ≥ 0 that come of one lost carry, in a row of the product or in their sum.

    >>> sorted(lost_product_carries(27, 3))
    [61]
    """
    rows = [left * int(digit) for digit in str(right)[::-1]]
    slips = set(_row_slips(left, right))
    total = 0
    for place, row in enumerate(rows):
        shifted = row * 10**place
        later = sum(other * 10**further for further, other in enumerate(rows[place + 1 :], place + 1))
        slips |= {wrong + later for wrong in lost_carries(total, shifted)}
        total += shifted
    return slips - {left * right}


def _row_slips(left: int, right: int) -> Iterator[int]:
    """Yield the products in which one carry of one row is lost."""
    for place, digit in enumerate(str(right)[::-1]):
        carry = 0
        for column, other in enumerate(str(left)[::-1]):
            carry = (int(other) * int(digit) + carry) // 10
            if carry:
                yield left * right - carry * 10 ** (place + column + 1)


def _still(left: int, right: int) -> list[int]:
    """List the columns out of which nothing is carried, or for which nothing is borrowed."""
    return [place for place, carries in enumerate(carry_columns(left, right)) if not carries]


def _columns(left: int, right: int) -> list[tuple[int, int]]:
    """Pair the digits of two numbers ≥ 0, units first."""
    width = max(len(str(left)), len(str(right)))
    digits = (map(int, reversed(str(number).zfill(width))) for number in (left, right))
    return list(zip(*digits, strict=True))


def _added(state: _State, both: int, weight: int) -> Iterator[_State]:
    carry, lost, written = state
    carry, digit = divmod(both + carry, 10)
    yield carry, lost, written + digit * weight
    if carry and lost < MOST_LOST:
        yield 0, lost + 1, written + digit * weight


def _taken(state: _State, rest: int, weight: int) -> Iterator[_State]:
    borrow, lost, written = state
    below, digit = divmod(rest - borrow, 10)
    yield -below, lost, written + digit * weight
    if below and lost < MOST_LOST:
        yield 0, lost + 1, written + digit * weight
