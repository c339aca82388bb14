"""The expressions of a cell: drawn evenly from all there are, none of which a training by content may draw."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset import Answering, Examples, Level, split_of
from exprlearn.dataset.splits import fixed_set, part_streams
from exprlearn.errors import DataError, EvaluationError
from exprlearn.plugin import Division
from exprlearn.sampling import ExpressionSpace
from exprlearn.scoring.breakdown import OPERATOR, depth
from exprlearn.scoring.cube.places import Place

#: Numbers of more digits do not fit the machine's integers: such expressions are made one by one.
MOST_DIGITS = 17

_PURPOSE = int.from_bytes(b"cube")
_PATIENCE = 200


class InCell:
    """Keeps the expressions of a place: brackets exactly so deep, and at least two operators where it names several."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def __str__(self) -> str:
        return f"cell of {self.place}"

    def keep(self, block: Any, values: object) -> NDArray[np.bool_]:
        """Tell for each row of a block whether it belongs to the cell; bool [n]."""
        return np.array([self._belongs(text) for text in block.expressions.tolist()], bool)

    def holds(self, expression: str, value: Fraction) -> bool:
        """Tell whether an expression belongs to the cell."""
        return self._belongs(expression)

    def _belongs(self, expression: str) -> bool:
        several = len(self.place.signs) > 1
        if several and len(set(OPERATOR.findall(expression))) < 2:
            return False
        return not self.place.depth or int(depth(expression)) == self.place.depth


def grammar_of(place: Place) -> str:
    """Write a grammar for the expressions of a place; brackets stand around calculations and within one.

    >>> print(grammar_of(Place(2, 3, 0, "+ *")))
    start: inner
    ?inner: sum "+" product | product "*" NUMBER
    ?sum: product | sum "+" product
    ?product: NUMBER | product "*" NUMBER
    NUMBER: /0|[1-9][0-9]{0,1}/
    """
    atom = "atom" if place.depth else "NUMBER"
    sums = [f'sum "{sign}" product' for sign in place.signs if sign in "+-"]
    products = [f'product "{sign}" {atom}' for sign in place.signs if sign in "*/"]
    rules = ["start: inner", f"?inner: {' | '.join(sums + products)}"]
    rules += [f"?sum: {' | '.join(['product', *sums])}"] if sums else []
    rules += [f"?product: {' | '.join([atom, *products])}"]
    rules += ['?atom: NUMBER | "(" inner ")"'] if place.depth else []
    return "\n".join([*rules, f"NUMBER: /0|[1-9][0-9]{{0,{place.digits - 1}}}/"])


def space_of(place: Place, lowest: int = 0) -> ExpressionSpace:
    """Count the expressions of a place, those with shallower brackets too; numbers of one digit begin with `lowest`."""
    low = 10 ** (place.digits - 1) if place.digits > 1 else min(max(lowest, 0), 9)
    return ExpressionSpace.from_text(
        grammar_of(place), terms=place.terms, depth=(0, place.depth), ranges=(low, 10**place.digits - 1)
    )


def examples_of(
    place: Place, division: Division, *, count: int, lowest: int = 0, level: Level = "commutative", seed: int = 0
) -> Examples:
    """Draw different test examples of a place, or as many as there are; perhaps none.

    They belong to the test part by content, so that no training that is split by content can have drawn one, nor one
    that says the same.

    >>> from exprlearn.arithmetic.divisions import ExactOnlyPolicy
    >>> examples_of(Place(2, 2, 0, "+"), ExactOnlyPolicy(), count=2).expressions.tolist()
    ['22+95', '53+76']
    """
    space = space_of(place, lowest)
    if place.digits > MOST_DIGITS:
        return _one_by_one(space, place, Answering(division, [InCell(place)]), count, level, seed)
    needs_rule = place.depth > 0 or len(place.signs) > 1
    answering = Answering(division, [InCell(place)] if needs_rule else [])
    try:
        return fixed_set(part_streams(space, answering, seed=seed, level=level)("test"), count)
    except DataError:
        return Examples.of([])


def _one_by_one(
    space: ExpressionSpace, place: Place, answering: Answering, count: int, level: Level, seed: int
) -> Examples:
    draw = np.random.default_rng([seed, _PURPOSE, place.digits])
    found: dict[str, str] = {}
    size, width = space.size, (space.size.bit_length() + 7) // 8 + 8
    for _ in range(count * _PATIENCE):
        if len(found) == count:
            break
        text = space[int.from_bytes(draw.bytes(width)) % size]
        if split_of(text, level) == "test":
            answer = _answer(answering, text)
            found |= {} if answer is None else {text: answer}
    return Examples.of(list(found.items()))


def _answer(answering: Answering, expression: str) -> str | None:
    try:
        return answering.answer(expression)
    except EvaluationError:
        return None
