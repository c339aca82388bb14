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

from collections.abc import Iterable, Sequence
from enum import IntFlag
from functools import lru_cache
from typing import Protocol, TypeVar

from exprlearn.arithmetic.operators import NEGATE
from exprlearn.arithmetic.parsing import BRACKETS, UNLIMITED, parse, plain_signs
from exprlearn.arithmetic.programs import NEGATE as SIGN
from exprlearn.arithmetic.programs import OPERATORS
from exprlearn.errors import ExpressionSyntaxError
from exprlearn.grammar.languages import Language
from exprlearn.sampling.counting.chart import CountChart, DerivationChoice, State
from exprlearn.sampling.writing.block import SLOT
from exprlearn.sampling.writing.skeletons import parents_first

Part = TypeVar("Part")


class TermKind(IntFlag):
    """What the texts of a part may look like outside of brackets."""

    ATOM = 1
    PRODUCT = 2
    SUM = 4


_SIGNS = frozenset("+-*/()")
_KINDS = {"+": TermKind.SUM, "-": TermKind.SUM, "*": TermKind.PRODUCT, "/": TermKind.PRODUCT}


class PartAlgebra(Protocol[Part]):
    """What is made of the parts of expressions, such as the bounds of their values."""

    def number(self, language: Language) -> Part:
        """Return what stands for one text of a language."""

    def calculate(self, code: int, left: Part, right: Part, *, is_last: bool) -> Part:
        """Return what an operation makes of two parts; a sign only uses the right one."""

    def join(self, parts: Sequence[Part], *, is_last: bool) -> Part:
        """Return what stands for any one of some parts; `is_last` where nothing is calculated from it any more."""


Known = dict[tuple[CountChart, State], tuple[Part, TermKind]]
"""What has been made of states."""


def fold_rules(
    chart: CountChart, state: State, algebra: PartAlgebra[Part], known: Known[Part] | None = None
) -> Part | None:
    """Make one thing of all expressions of a state, parts first; None when its rules do not follow precedence.

    `known` is what the same algebra has made of other states; it grows.
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
        steps = read_steps(choice, literals)
        operands = [
            known[chart, item] if isinstance(item, tuple) else (algebra.number(languages[-1 - item]), TermKind.ATOM)
            for item in choice.items
            if isinstance(item, tuple) or item < 0
        ]
        found = steps and _fold_steps(steps, operands, algebra, is_last=is_last)
        if not found:
            return None
        parts.append(found[0])
        kinds |= found[1]
    return algebra.join(parts, is_last=is_last), kinds


def _fold_steps(
    steps: Sequence[int | str], operands: Iterable[tuple[Part, TermKind]], algebra: PartAlgebra[Part], *, is_last: bool
) -> tuple[Part, TermKind] | None:
    """Calculate with the parts of a choice as with numbers; None when one of them loses its value."""
    waiting, values = iter(operands), list[tuple[Part, TermKind]]()
    left_to_do = sum(isinstance(step, str) and step != BRACKETS for step in steps)
    for step in steps:
        if isinstance(step, int):
            values.append(next(waiting))
            continue
        right, right_kinds = values.pop()
        if step == BRACKETS:
            values.append((right, TermKind.ATOM))
            continue
        left, left_kinds = (right, TermKind.ATOM) if step == NEGATE else values.pop()
        if not stay_whole(step, left_kinds, right_kinds):
            return None
        left_to_do -= 1
        code = SIGN if step == NEGATE else OPERATORS[step]
        result = algebra.calculate(code, left, right, is_last=is_last and not left_to_do)
        values.append((result, _KINDS.get(step, TermKind.ATOM)))
    return values[-1]


def stay_whole(operation: str, left: TermKind, right: TermKind) -> bool:
    """Tell whether the operands of an operation, of some kinds and without brackets, keep their values.

    >>> PRODUCT, SUM = TermKind.PRODUCT, TermKind.SUM
    >>> stay_whole("+", PRODUCT, PRODUCT), stay_whole("-", SUM, SUM), stay_whole("*", PRODUCT, PRODUCT)
    (True, False, False)
    """
    if operation in ("+", "-"):
        return TermKind.SUM not in right
    return TermKind.SUM not in left | right and TermKind.PRODUCT not in right


def read_steps(choice: DerivationChoice, literals: tuple[str, ...]) -> tuple[int | str, ...] | None:
    """Read a choice as a calculation of its parts and numbers, each written as 1; None when it is no whole expression.

    >>> from exprlearn.sampling.counting.chart import DerivationChoice
    >>> read_steps(DerivationChoice(1, 1, ((0, 0), 0, (1, 0))), ("+",))
    (1, 1, '+')
    """
    return _read_steps(tuple(max(item, SLOT) if isinstance(item, int) else SLOT for item in choice.items), literals)


@lru_cache(maxsize=4096)
def _read_steps(tokens: tuple[int, ...], literals: tuple[str, ...]) -> tuple[int | str, ...] | None:
    signs = ["1" if token == SLOT else plain_signs(literals[token]).strip() for token in tokens]
    if any(sign not in _SIGNS for token, sign in zip(tokens, signs, strict=True) if token != SLOT):
        return None
    try:
        tree = parse("".join(signs), limits=UNLIMITED)
    except ExpressionSyntaxError:
        return None
    # Numbers side by side would be read as one.
    steps = tuple(step for step in tree.steps if isinstance(step, int | str))
    return steps if len(tree.numbers) == tokens.count(SLOT) else None
