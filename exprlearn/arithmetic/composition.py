"""How the choices of a grammar calculate: when the value of a whole follows from the values of its parts.

A choice of the chart writes tokens around at most two parts. Each part is a text of its own, and its value counts only
if the tokens beside it leave it whole: after `2*`, the part `3+4` does not mean 7 any more. So every part has a kind:

    ATOM     a number, or anything in brackets; whole everywhere
    PRODUCT  has `*` or `/` outside of brackets; not whole behind `*`, `/` or a sign
    SUM      has `+` or `-` outside of brackets; not whole behind any operator, nor before `*` or `/`

Grammars that give every operator its own rule, as precedence demands, always leave parts whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntFlag

import numpy as np

from exprlearn.arithmetic.programs import NOTHING, Programs, compile_skeletons
from exprlearn.arithmetic.signs import plain_signs
from exprlearn.errors import GrammarError
from exprlearn.sampling.choices import Choice
from exprlearn.sampling.skeletons import SLOT as _PART
from exprlearn.sampling.skeletons import SkeletonTable


class Kind(IntFlag):
    """What the texts of a part may look like outside of brackets."""

    ATOM = 1
    PRODUCT = 2
    SUM = 4


_KINDS = {"+": Kind.SUM, "-": Kind.SUM, "*": Kind.PRODUCT, "/": Kind.PRODUCT}


@dataclass(frozen=True, slots=True)
class Step:
    """One calculation: an operation of `programs`, and where its operands stand among operands and earlier results."""

    operation: int
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """A choice, its parts seen as numbers.

    Attributes:
        operands: how many parts and numbers there are, from left to right.
        steps: the calculations; number j counts as operand `operands + j`.
        result: which operand is the value.
        beside: for each operand, the signs before and behind it; empty at an edge or a bracket.
        outer: the kinds that the operators outside of brackets make.
        is_bare: whether it is one part with nothing but signs around it.
    """

    operands: int
    steps: tuple[Step, ...]
    result: int
    beside: tuple[tuple[str, str], ...]
    outer: Kind
    is_bare: bool

    def kinds(self, parts: Sequence[Kind]) -> Kind | None:
        """Tell what the texts of the choice look like, given what its parts do; None when a part loses its value."""
        if not all(stays_whole(kind, beside) for kind, beside in zip(parts, self.beside, strict=True)):
            return None
        return parts[0] if self.is_bare else self.outer or Kind.ATOM


def read_pattern(choice: Choice, literals: tuple[str, ...]) -> Pattern | None:
    """Read a choice as a calculation; None when it is no whole expression.

    >>> from exprlearn.sampling.choices import Choice
    >>> read_pattern(Choice(1, 1, (), (0, 0), (0,), (1, 0)), ("+",)).steps
    (Step(operation=1, left=0, right=1),)
    """
    tokens = _tokens(choice)
    if not tokens:
        return None
    table = SkeletonTable(np.array([tokens], np.int16), np.arange(tokens.count(_PART))[None].astype(np.int16), literals)
    try:
        programs = compile_skeletons(table)
    except GrammarError:
        return None
    if programs.by_text[0]:
        return None
    texts = ["" if token == _PART else plain_signs(literals[token]).strip() for token in tokens]
    places = [place for place, token in enumerate(tokens) if token == _PART]
    beside = tuple((_sign_at(texts, place - 1), _sign_at(texts, place + 1)) for place in places)
    outer = _outer(texts)
    is_bare = not outer and "(" not in texts
    return Pattern(len(places), _steps(programs), int(programs.results[0]), beside, outer, is_bare)


def stays_whole(kinds: Kind, beside: tuple[str, str]) -> bool:
    """Tell whether a part of some kinds keeps its value between two signs.

    >>> stays_whole(Kind.PRODUCT, ("+", "*")), stays_whole(Kind.SUM, ("+", "")), stays_whole(Kind.ATOM, ("*", "/"))
    (True, False, True)
    """
    before, behind = beside
    if Kind.SUM in kinds and (before or behind in ("*", "/")):
        return False
    return Kind.PRODUCT not in kinds or before not in ("*", "/", "sign")


def _tokens(choice: Choice) -> list[int]:
    """Write a choice with its parts as open slots."""
    runs = [*choice.before]
    runs += [_PART, *choice.between] if choice.first is not None else []
    runs += [_PART, *choice.after] if choice.second is not None else []
    return [token if token >= 0 else _PART for token in runs]


def _steps(programs: Programs) -> tuple[Step, ...]:
    columns = (programs.operations[0], programs.left[0], programs.right[0])
    steps = zip(*(column.tolist() for column in columns), strict=True)
    return tuple(Step(*step) for step in steps if step[0] != NOTHING)


def _sign_at(texts: Sequence[str], place: int) -> str:
    """Name the operator at a place, `sign` when it stands before one operand alone, nothing at edges and brackets."""
    text = texts[place] if 0 <= place < len(texts) else ""
    if text in ("", "(", ")"):
        return ""
    before = texts[place - 1] if place else "("
    return text if before in ("", ")") else "sign"


def _outer(texts: Sequence[str]) -> Kind:
    """Collect the kinds of the operators with two operands that stand outside of brackets."""
    depth, found = 0, Kind(0)
    for place, text in enumerate(texts):
        depth += (text == "(") - (text == ")")
        sign = _sign_at(texts, place)
        if not depth and sign in _KINDS:
            found |= _KINDS[sign]
    return found
