"""Constraints on how expressions are written: with which signs, and with brackets that say something."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from exprlearn.arithmetic import plain_signs
from exprlearn.arithmetic.parsing import quoted
from exprlearn.errors import UnknownOperator
from exprlearn.plugin import Options

if TYPE_CHECKING:
    from exprlearn.arithmetic import Values
    from exprlearn.sampling.writing.block import Block

_SIGNS = "+-*/"
_KNOWN = frozenset(_SIGNS + "0123456789(). ")
_TOKEN = re.compile(r"[0-9]+|[-+*/()]")
_SUM, _PRODUCT = ("+", "-"), ("*", "/")


class SignsOptions(Options):
    """Which signs an expression may have, and which it must have."""

    only: str = Field(default=_SIGNS, pattern=r"^[-+*/]+$", description="the signs that may occur, such as +-")
    all: str = Field(default="", pattern=r"^[-+*/]*$", description="signs each of which must occur")
    any: str = Field(default="", pattern=r"^[-+*/]*$", description="signs one of which must occur")
    minimum: int = Field(default=0, ge=0, le=len(_SIGNS), description="different signs at least")

    @model_validator(mode="after")
    def _what_must_occur_may(self) -> Self:
        if missing := sorted({*self.all} - {*self.only}):
            raise ValueError(f"all={self.all} asks for {missing[0]}, which only={self.only} leaves out")
        if self.any and not {*self.any} & {*self.only}:
            raise ValueError(f"any={self.any} asks for signs that only={self.only} leaves out")
        if self.minimum > len({*self.only}):
            raise ValueError(f"minimum={self.minimum} asks for more different signs than only={self.only} has")
        return self


class SignsConstraint:
    """Keeps expressions with the wanted operators and signs, and without any other.

    >>> constraint = SignsConstraint(SignsOptions(only="+-"))
    >>> [constraint.holds(text, Fraction(0)) for text in ("1+(2-3)", "-1+2", "1+2*3", "4/2")]
    [True, True, False, False]
    >>> constraint = SignsConstraint(SignsOptions(any="*/", minimum=2))
    >>> [constraint.holds(text, Fraction(0)) for text in ("1+2*3", "4/2*2", "1+2-3", "4*2*2")]
    [True, True, False, False]
    """

    def __init__(self, options: SignsOptions | None = None) -> None:
        self.options = options or SignsOptions()
        self._only, self._all, self._any = (
            np.array([sign in signs for sign in _SIGNS])
            for signs in (self.options.only, self.options.all, self.options.any)
        )

    def __str__(self) -> str:
        asked = {name: value for name, value in self.options.model_dump(exclude={"only"}).items() if value}
        return " ".join(["signs", self.options.only, *(f"{name}={value}" for name, value in asked.items())])

    def keep(self, block: Block, values: Values) -> NDArray[np.bool_]:
        """Tell for each row of a block whether it has the wanted signs; bool [n]."""
        table = block.skeletons
        # Behind the literals come the two negative tokens, where negative indices find them.
        of_literals = np.stack([_signs_in(literal) for literal in (*table.literals, "", "")])
        found: NDArray[np.bool_] = np.any(of_literals[table.tokens], axis=1)[block.rows]
        # A negative number brings a sign that no fixed text shows.
        found[:, _SIGNS.index("-")] |= (block.numbers < 0).any(axis=1)
        return self._wanted(found)

    def holds(self, expression: str, value: Fraction) -> bool:
        """Tell whether `expression` has the wanted signs."""
        return bool(self._wanted(_signs_in(expression)[None])[0])

    def _wanted(self, found: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Check which signs are found, bool [n, 5], as `_signs_in` tells them; bool [n]."""
        signs = found[:, : len(_SIGNS)]
        kept: NDArray[np.bool_] = ~found[:, -1] & ~signs[:, ~self._only].any(axis=1) & signs[:, self._all].all(axis=1)
        if self._any.any():
            kept &= signs[:, self._any].any(axis=1)
        kept &= signs.sum(axis=1) >= self.options.minimum
        return kept


def _signs_in(text: str) -> NDArray[np.bool_]:
    """Tell which of `+ - * /` a text has, and whether it has anything else that is no neutral character; bool [5]."""
    plain = plain_signs(text)
    return np.array([*(sign in plain for sign in _SIGNS), not _KNOWN.issuperset(plain)], bool)


class MeaningfulBracketsConstraint:
    """Keeps expressions without a trivial pair of brackets.

    A pair is trivial when leaving it out cannot change the answer, whatever the numbers and under every division
    policy: `(5)`, `1+(2+3)`, `(2*3)+4`, `-(2*3)`. Brackets that keep two signs apart, as in `2*(-3)`, are not.

    >>> constraint = MeaningfulBracketsConstraint()
    >>> [constraint.holds(text, Fraction(0)) for text in ("2*(3+4)", "2*(3*4)", "2*(3/4)", "1-(2-3)", "1+(2-3)")]
    [True, False, True, True, False]
    """

    def __str__(self) -> str:
        return "meaningful-brackets"

    def keep(self, block: Block, values: Values) -> NDArray[np.bool_]:
        """Tell for each row of a block whether all its brackets matter; bool [n]."""
        if block.skeletons.operators:
            # Each is asked by its text, which tells whether it has such an operator.
            return np.array([self.holds(text, Fraction(0)) for text in block.expressions.tolist()], bool)
        rows, places = np.unique(block.rows, return_inverse=True)
        patterns = [block.skeletons.pattern(row) for row in rows.tolist()]
        kept = np.array([has_only_meaningful_brackets(pattern.replace("#", "1")) for pattern in patterns], bool)[places]
        # A negative number brings a sign that the pattern does not show.
        for row in np.flatnonzero((block.numbers < 0).any(axis=1)).tolist():
            kept[row] = has_only_meaningful_brackets(str(block.expressions[row]))
        return kept

    def holds(self, expression: str, value: Fraction) -> bool:
        """Tell whether all brackets of `expression` matter."""
        return has_only_meaningful_brackets(expression)


@lru_cache(maxsize=1 << 18)
def has_only_meaningful_brackets(expression: str) -> bool:
    """Tell whether leaving out any pair of brackets would change the answer or let two signs meet.

    An expression with operators of plugins is an `UnknownOperator`.
    """
    tokens = _TOKEN.findall(plain_signs(expression))
    if len("".join(tokens)) < len("".join(expression.split())):
        raise UnknownOperator(
            f"which brackets matter is known of + - * / alone, not in {quoted(expression)}", expression=expression
        )
    opened: list[int] = []
    for place, token in enumerate(tokens):
        if token == "(":
            opened.append(place)
        elif token == ")" and _is_trivial(tokens, opened.pop(), place):
            return False
    return True


def _is_trivial(tokens: list[str], first: int, last: int) -> bool:
    """Tell whether the pair that opens at `first` and closes at `last` could be left out."""
    inside = tokens[first + 1 : last]
    before, after = tokens[first - 1] if first else "(", tokens[last + 1] if last + 1 < len(tokens) else ")"
    if inside[0] in _SUM and before != "(":
        return False
    operators = _top_operators(inside)
    if not operators or (before == "(" and after == ")"):
        return True
    outer, negated = _reach(tokens, first)
    if operators & set(_SUM):
        added = outer in ("(", "+") if not negated else outer == "-"
        return added and after not in _PRODUCT
    if outer == "/":
        return False
    # A quotient rounded down must not take in a factor or a sign from the left.
    return "/" not in operators or (outer != "*" and not negated)


def _top_operators(tokens: list[str]) -> set[str]:
    """Collect the operators with two operands that stand outside all brackets of `tokens`."""
    depth, found = 0, set()
    for previous, token in pairwise(["(", *tokens]):
        if previous not in "+-*/(" and token in "+-*/" and depth == 0:
            found.add(token)
        depth += (token == "(") - (token == ")")
    return found


def _reach(tokens: list[str], first: int) -> tuple[str, bool]:
    """Find the operator whose right side begins before the bracket at `first`, and whether signs negate it."""
    negated = False
    place = first - 1
    while place >= 0 and tokens[place] in _SUM and (place == 0 or tokens[place - 1] in "+-*/("):
        negated ^= tokens[place] == "-"
        place -= 1
    return tokens[place] if place >= 0 else "(", negated
