"""How the choices of a grammar calculate: when the value of a whole follows from the values of its parts.

A choice of the chart writes tokens around at most two parts. Each part is a text of its own, and its value counts only
if the tokens beside it leave it whole: after `2*`, the part `3+4` does not mean 7 any more. So every part has a kind:

    ATOM     a number, or anything in brackets; whole everywhere
    PRODUCT  has `*` or `/` outside of brackets; not whole behind `*`, `/` or a sign
    SUM      has `+` or `-` outside of brackets; not whole behind any operator, nor before `*` or `/`

Grammars that give every operator its own rule, as precedence demands, always leave parts whole. Whatever is known of
the values of such a grammar's expressions is computed once a state of the chart, and never once an expression.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntFlag
from functools import lru_cache
from typing import Protocol, TypeVar

import numpy as np

from exprlearn.arithmetic.parsing import plain_signs
from exprlearn.arithmetic.programs import compile_skeletons
from exprlearn.errors import GrammarError
from exprlearn.grammar.languages import Language
from exprlearn.sampling.counting.chart import CountChart, DerivationChoice, State
from exprlearn.sampling.writing.block import SLOT, SkeletonTable
from exprlearn.sampling.writing.skeletons import parents_first

Part = TypeVar("Part")


class TermKind(IntFlag):
    """What the texts of a part may look like outside of brackets."""

    ATOM = 1
    PRODUCT = 2
    SUM = 4


_KINDS = {"+": TermKind.SUM, "-": TermKind.SUM, "*": TermKind.PRODUCT, "/": TermKind.PRODUCT}


class PartAlgebra(Protocol[Part]):
    """What is made of the parts of expressions, such as the bounds of their values."""

    def number(self, language: Language) -> Part:
        """Return what stands for one text of a language."""

    def calculate(self, code: int, left: Part, right: Part, *, is_last: bool) -> Part:
        """Return what an operation makes of two parts; a sign only uses the right one."""

    def join(self, parts: Sequence[Part], *, is_last: bool) -> Part:
        """Return what stands for any one of some parts; `is_last` where nothing is calculated from it any more."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A choice, its parts seen as numbers.

    Attributes:
        steps: the calculations, each an operation of `programs` and where its operands stand among all operands, from
            left to right, and the results before.
        result: which of operands and results is the value.
        beside: for each operand, the signs before and behind it; empty at an edge or a bracket.
        outer: the kinds that the operators outside of brackets make.
        is_bare: whether it is one part with nothing but signs around it.
    """

    steps: tuple[tuple[int, int, int], ...]
    result: int
    beside: tuple[tuple[str, str], ...]
    outer: TermKind
    is_bare: bool

    def kinds(self, parts: Sequence[TermKind]) -> TermKind | None:
        """Tell what the texts of the choice look like, given what its parts do; None when a part loses its value."""
        if not all(stays_whole(kind, beside) for kind, beside in zip(parts, self.beside, strict=True)):
            return None
        return parts[0] if self.is_bare else self.outer or TermKind.ATOM


Known = dict[tuple[CountChart, State], tuple[Part, TermKind]]
"""What has been made of states."""


def fold_rules(
    chart: CountChart, state: State, algebra: PartAlgebra[Part], known: Known[Part] | None = None
) -> Part | None:
    """Make one thing of all expressions of a state, parts first; None when its rules do not follow precedence.

    Args:
        chart: the counts of a grammar.
        state: the rule and size vector.
        algebra: what is made of parts.
        known: what has been made of other states by the same algebra; it grows.
    """
    known = {} if known is None else known
    for part in reversed(parents_first(chart, state)):
        if (chart, part) not in known:
            found = _fold_state(chart, part, algebra, known, is_last=False)
            if found is None:
                return None
            known[chart, part] = found
    whole = _fold_state(chart, state, algebra, known, is_last=True)
    return whole and whole[0]


def _fold_state(
    chart: CountChart, state: State, algebra: PartAlgebra[Part], known: Known[Part], *, is_last: bool
) -> tuple[Part, TermKind] | None:
    languages, literals = chart.specification.languages, chart.specification.literals
    parts, kinds = [], TermKind(0)
    for choice in chart.choices(state).choices:
        pattern = read_pattern(choice, literals)
        operands = [
            known[chart, each] if isinstance(each, tuple) else (algebra.number(languages[each]), TermKind.ATOM)
            for each in _operands(choice)
        ]
        kind = pattern.kinds([kind for _, kind in operands]) if pattern is not None else None
        if pattern is None or kind is None:
            return None
        values = [part for part, _ in operands]
        for index, (code, left, right) in enumerate(pattern.steps, len(values)):
            is_end = is_last and index == pattern.result
            values.append(algebra.calculate(code, values[left], values[right], is_last=is_end))
        parts.append(values[pattern.result])
        kinds |= kind
    return algebra.join(parts, is_last=is_last), kinds


def _operands(choice: DerivationChoice) -> list[int | State]:
    """List the languages and states that a choice is made of, from left to right."""
    return [
        item if isinstance(item, tuple) else -1 - item for item in choice.items if isinstance(item, tuple) or item < 0
    ]


def read_pattern(choice: DerivationChoice, literals: tuple[str, ...]) -> Pattern | None:
    """Read a choice as a calculation; None when it is no whole expression.

    >>> from exprlearn.sampling.counting.chart import DerivationChoice
    >>> read_pattern(DerivationChoice(1, 1, ((0, 0), 0, (1, 0))), ("+",)).steps
    ((1, 0, 1),)
    """
    tokens = tuple(SLOT if isinstance(item, tuple) else max(item, SLOT) for item in choice.items)
    return _read_pattern(tokens, literals)


@lru_cache(maxsize=4096)
def _read_pattern(tokens: tuple[int, ...], literals: tuple[str, ...]) -> Pattern | None:
    if not tokens:
        return None
    columns = np.arange(tokens.count(SLOT), dtype=np.int16)[None]
    try:
        programs = compile_skeletons(SkeletonTable(np.array([tokens], np.int16), columns, literals))
    except GrammarError:
        return None
    if programs.by_text[0]:
        return None
    texts = ["" if token == SLOT else plain_signs(literals[token]).strip() for token in tokens]
    slots = [index for index, token in enumerate(tokens) if token == SLOT]
    beside = tuple((_sign_at(texts, index - 1), _sign_at(texts, index + 1)) for index in slots)
    outer = _outer(texts)
    return Pattern(programs.steps(0), int(programs.results[0]), beside, outer, not outer and "(" not in texts)


def stays_whole(kinds: TermKind, beside: tuple[str, str]) -> bool:
    """Tell whether a part of some kinds keeps its value between two signs.

    >>> stays_whole(TermKind.PRODUCT, ("+", "*")), stays_whole(TermKind.SUM, ("+", ""))
    (True, False)
    """
    before, behind = beside
    if TermKind.SUM in kinds and (before or behind in ("*", "/")):
        return False
    return TermKind.PRODUCT not in kinds or before not in ("*", "/", "sign")


def _sign_at(texts: Sequence[str], index: int) -> str:
    """Name the operator at an index, `sign` where it stands before one operand alone, nothing at edges and brackets."""
    text = texts[index] if 0 <= index < len(texts) else ""
    if text in ("", "(", ")"):
        return ""
    before = texts[index - 1] if index else "("
    return text if before in ("", ")") else "sign"


def _outer(texts: Sequence[str]) -> TermKind:
    """Collect the kinds of the operators with two operands that stand outside of brackets."""
    depth, found = 0, TermKind(0)
    for index, text in enumerate(texts):
        depth += (text == "(") - (text == ")")
        sign = _sign_at(texts, index)
        if not depth and sign in _KINDS:
            found |= _KINDS[sign]
    return found
