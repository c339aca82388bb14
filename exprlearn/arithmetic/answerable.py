"""Whether what a space writes can be answered, asked of its smallest expressions before any are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from exprlearn.arithmetic.parsing import parse
from exprlearn.arithmetic.signs import plain_signs, quoted
from exprlearn.errors import ExpressionSyntaxError, GrammarError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from exprlearn.sampling import ExpressionSpace

MOST_TOKENS = 40_000
"""Tokens of all patterns that are looked at."""

_UNDERSTOOD = frozenset("0123456789+-*/() ")


def refuse_unanswerable(space: ExpressionSpace) -> None:
    """Refuse a space whose expressions have no value, smallest first, some of every stratum.

    Raises:
        GrammarError: an expression is no arithmetic; the message names the sign that has no value.
    """
    seen: set[str] = set()
    for tokens, literals in _patterns(space):
        pattern = "".join(literals[token] if token >= 0 else "1" for token in tokens)
        if pattern in seen:
            continue
        seen.add(pattern)
        try:
            parse(pattern)
        except ExpressionSyntaxError as error:
            shown = "".join(literals[token] if token >= 0 else "#" for token in tokens)
            raise no_arithmetic(shown, [literals[token] for token in tokens if token >= 0]) from error


def no_arithmetic(pattern: str, literals: Iterable[str]) -> GrammarError:
    """Say that a pattern of expressions (# is a number) is no arithmetic, and which of its signs are not understood.

    >>> print(no_arithmetic("#^#", ["^"]))
    the grammar writes '#^#' (# is a number), where '^' has no value; numbers, + - * / and round brackets are understood
    """
    signs = dict.fromkeys(literals)
    strange = [sign for sign in signs if set(plain_signs(sign)) - _UNDERSTOOD]
    strange = strange or [sign for sign in signs if len(sign.strip()) > 1 and set(sign) & set("+-*/")]
    named = ", ".join(map(quoted, strange))
    verb = "has" if len(strange) == 1 else "have"
    fault = f"where {named} {verb} no value" if strange else "which is no arithmetic expression"
    return GrammarError(
        f"the grammar writes {quoted(pattern)} (# is a number), {fault};"
        f" numbers, + - * / and round brackets are understood"
    )


def _patterns(space: ExpressionSpace) -> Iterator[tuple[Sequence[int], tuple[str, ...]]]:
    """Skeletons of every stratum, evenly over its numbers, as long as there are tokens left."""
    share = MOST_TOKENS // len(space.strata)
    for stratum in space.strata:
        length = len(stratum.skeleton(0).tokens)
        count = min(stratum.skeleton_count, max(1, share // max(1, length)))
        for number in range(count):
            yield stratum.skeleton(number * stratum.skeleton_count // count).tokens, stratum.literals
