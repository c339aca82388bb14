"""One key for all expressions that say the same: what splits, duplicates and leaks are judged by.

Levels, from fine to coarse:

    string       the text itself
    commutative  the order of terms and factors does not count, nor do brackets that change nothing:
                 `1+(2+3)` and `(3+1)+2` share a key, `3-5` and `5-3` do not
    operands     only the numbers count, in any order

The commutative key never sorts. Every value has two pairs of hash sums, modulo 2**64: the terms it adds and
subtracts, seen as a sum, and the factors above and below the line, seen as a product. `+` adds the sums of its
sides, `-` swaps those of its right side first, `*` and `/` do the same with the factors; a sum seen as a
product is one factor, and the other way round.

Keys must never change: they decide which split an expression belongs to, in old datasets as in new ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Literal

from exprlearn.arithmetic import UNLIMITED, Limits, Tree, parse
from exprlearn.arithmetic.parsing import BRACKETS, NEGATE
from exprlearn.errors import ExpressionSyntaxError
from exprlearn.sampling.ordering.hashing import GOLDEN, mix

Level = Literal["string", "commutative", "operands"]

WORD = (1 << 64) - 1


def _constant(name: str) -> int:
    return int.from_bytes(blake2b(f"exprlearn canonical form 1: {name}".encode(), digest_size=8).digest(), "little")


NUMBER, FACTOR, PRODUCT, OPERAND, TEXT = map(_constant, ("number", "factor", "product", "operand", "text"))
# Odd, so that multiplying by them loses nothing.
SUBTRACTED, BELOW = _constant("subtracted") | 1, _constant("below") | 1

#: Hash sums of one value: terms added, terms subtracted, factors above, factors below the line.
Sums = tuple[int, int, int, int]


def canonical_key(expression: str, level: Level = "commutative", *, limits: Limits = UNLIMITED) -> int:
    """Compute the 64-bit key of an expression.

    Raises:
        ExpressionSyntaxError: at the levels that read the expression, when it is none.
        ExpressionTooLarge: it is larger than `limits`.

    >>> canonical_key("1+(2+3)") == canonical_key("(3 + 1)+2")
    True
    >>> canonical_key("3-5") == canonical_key("5-3")
    False
    >>> canonical_key("3-5", "operands") == canonical_key("5*3", "operands")
    True
    """
    if level == "string":
        return _text_key(expression)
    tree = parse(expression, limits=limits)
    return _operands_key(tree) if level == "operands" else commutative_key(tree)


def canonical_forms(expressions: Iterable[str]) -> list[int]:
    """Return the commutative key of each expression; a text that is no expression says only what itself says.

    >>> one, other, third, fourth = canonical_forms(["3+5", "5+3", "3-5", "three"])
    >>> one == other, one == third, third == fourth
    (True, False, False)
    """
    return [_form(expression) for expression in expressions]


def _form(text: str) -> int:
    try:
        return canonical_key(text)
    except ExpressionSyntaxError:
        return _text_key(text)


def _text_key(text: str) -> int:
    """Hash the code points, two to a word; words of zeros count nothing, so padding is free."""
    data = text.encode("utf-32-le", "surrogatepass")
    words = (int.from_bytes(data[start : start + 8], "little") for start in range(0, len(data), 8))
    return mix(sum(mix(word + place * GOLDEN ^ TEXT) for place, word in enumerate(words, 1) if word))


def number_key(number: int) -> int:
    """Hash a number ≥ 0 of any size, 64 bits at a time."""
    key = mix(number & WORD ^ NUMBER)
    while number := number >> 64:
        key = mix(number & WORD ^ key)
    return key


def _operands_key(tree: Tree) -> int:
    return mix(sum(mix(number_key(number) ^ OPERAND) for number in tree.numbers))


def commutative_key(tree: Tree) -> int:
    """Compute the 64-bit key of a parsed expression, as `canonical_key` does at the level commutative."""
    values: list[Sums] = []
    for step in tree.steps:
        if isinstance(step, int):
            values.append(_as_sum(number_key(step), 0))
        elif step == NEGATE:
            added, subtracted, _, _ = values.pop()
            values.append(_as_sum(subtracted, added))
        elif step != BRACKETS:
            right, left = values.pop(), values.pop()
            values.append(_joined(step, left, right))
    return _sum_key(*values[-1][:2])


def _joined(operator: str, left: Sums, right: Sums) -> Sums:
    if operator == "+":
        return _as_sum(left[0] + right[0], left[1] + right[1])
    if operator == "-":
        return _as_sum(left[0] + right[1], left[1] + right[0])
    if operator == "*":
        return _as_product(left[2] + right[2], left[3] + right[3])
    return _as_product(left[2] + right[3], left[3] + right[2])


def _sum_key(added: int, subtracted: int) -> int:
    # Linear, so that a sum of one term has that term's key.
    return (added + subtracted * SUBTRACTED) & WORD


def _as_sum(added: int, subtracted: int) -> Sums:
    return added & WORD, subtracted & WORD, mix(_sum_key(added, subtracted) ^ FACTOR), 0


def _as_product(above: int, below: int) -> Sums:
    return mix((above + below * BELOW) & WORD ^ PRODUCT), 0, above & WORD, below & WORD
