"""Skeletons to programs: the calculations of every expression pattern of a table, all patterns at once.

Registers 0 … slots-1 hold an expression's numbers; calculation j writes register slots + j. Between two
neighbouring numbers stands exactly one of `+ - * /`, so ordering the operations by bracket depth, then
precedence, then position, and joining the runs of numbers at both sides, parses without a stack.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic.operators import Operators, advise_package, signs_of
from exprlearn.arithmetic.parsing import parse, plain_signs, quoted
from exprlearn.errors import ExpressionSyntaxError, GrammarError

if TYPE_CHECKING:
    from exprlearn.sampling import ExpressionSpace
    from exprlearn.sampling.writing.block import SkeletonTable

NOTHING, ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATE = range(6)
#: Tokens of all patterns that are looked at before any expression of a space is drawn.
MOST_TOKENS = 40_000

OPERATORS: Final = {"+": ADD, "-": SUBTRACT, "*": MULTIPLY, "/": DIVIDE}

#: What tokens hold besides literals: a number, and nothing.
NUMBER_TOKEN, PAD_TOKEN = -1, -2
_END, _NUMBER, _SUM, _PRODUCT, _OPEN, _CLOSE, _OTHER = range(7)
_UNDERSTOOD = frozenset("0123456789+-*/() ")
_KINDS = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "(": _OPEN, ")": _CLOSE}

# _FOLLOWS[a, b]: a token of kind b may stand right after one of kind a; a pattern begins as after "(".
_FOLLOWS = np.zeros((7, 7), bool)
_FOLLOWS[np.ix_([_SUM, _PRODUCT, _OPEN], [_NUMBER, _SUM, _OPEN])] = True
_FOLLOWS[np.ix_([_NUMBER, _CLOSE], [_SUM, _PRODUCT, _CLOSE, _END])] = True
_FOLLOWS[_END, _END] = True


class ExpressionBlock(Protocol):
    """n expressions, drawn from a grammar or read from texts, as far as their values and keys need them."""

    @property
    def skeletons(self) -> SkeletonTable:
        """The patterns."""

    @property
    def rows(self) -> NDArray[np.int64]:
        """The pattern of each; int64 [n]."""

    @property
    def numbers(self) -> NDArray[np.int64]:
        """The numbers of each from left to right; int64 [n, slots]."""

    @property
    def expressions(self) -> NDArray[np.str_]:
        """The texts; '<U' [n]."""

    def __len__(self) -> int:
        """How many there are."""


@dataclass(frozen=True, eq=False)
class Programs:
    """Three-address code of K skeletons, at most S calculations each.

    Attributes:
        slots: numbers in a skeleton.
        operations: int8 [K, S], codes ADD … NEGATE, NOTHING behind the last calculation.
        left: int16 [K, S], register of the left operand, or of the only one.
        right: int16 [K, S], register of the right operand.
        results: int16 [K], register of the value of the whole expression.
        by_text: bool [K], skeletons that only their text explains, such as those whose literals hold digits.
    """

    slots: int
    operations: NDArray[np.int8]
    left: NDArray[np.int16]
    right: NDArray[np.int16]
    results: NDArray[np.int16]
    by_text: NDArray[np.bool_]

    @cached_property
    def by_step(self) -> tuple[NDArray[np.int8], NDArray[np.int16], NDArray[np.int16]]:
        """Return operations, left and right with a row for each calculation, [S, K], which blocks gather from."""
        rows = np.ascontiguousarray
        return rows(self.operations.T), rows(self.left.T), rows(self.right.T)

    @cached_property
    def fixed(self) -> tuple[tuple[int | None, int | None], ...]:
        """For each calculation the left and right register, where it is the same in all skeletons; else None."""
        return tuple((_only(left), _only(right)) for left, right in zip(self.left.T, self.right.T, strict=True))

    @cached_property
    def fixed_result(self) -> int | None:
        """The register of the whole value, where it is the same in all skeletons; else None."""
        return _only(self.results)

    def steps(self, row: int) -> tuple[tuple[int, int, int], ...]:
        """List the calculations of one skeleton: operation, left and right register."""
        columns = zip(*(each[row].tolist() for each in (self.operations, self.left, self.right)), strict=True)
        return tuple(step for step in columns if step[0] != NOTHING)

    @property
    def registers(self) -> int:
        """Count the registers: numbers and calculations."""
        return self.slots + int(self.operations.shape[1])


def _only(registers: NDArray[np.int16]) -> int | None:
    first = int(registers[0]) if len(registers) else None
    return first if (registers == first).all() else None


# Forgotten together with a table: those of strata stay, those of single blocks do not pile up.
_COMPILED: WeakKeyDictionary[SkeletonTable, Programs] = WeakKeyDictionary()


def compile_skeletons(table: SkeletonTable) -> Programs:
    """Parse every skeleton of a table, once; one that is no arithmetic is a `GrammarError` that shows it."""
    found = _COMPILED.get(table)
    if found is None:
        found = _COMPILED[table] = _compile(table)
    return found


def are_regular(table: SkeletonTable) -> NDArray[np.bool_]:
    """Tell which skeletons are made of single numbers, operators and matched brackets, and so are arithmetic; bool [K].

    Those that are not may be arithmetic as well, where literals hold digits or several signs.
    """
    return ~_irregular(_look_up(table)[0])


def _compile(table: SkeletonTable) -> Programs:
    kinds, codes = _look_up(table)
    slots = int((table.tokens == NUMBER_TOKEN).sum(axis=1).max(initial=0))
    by_text = _irregular(kinds)
    for row in table.tokens[by_text]:
        _check_pattern(row[row != PAD_TOKEN].tolist(), table.literals, table.operators)
    kinds[by_text], codes[by_text] = _END, NOTHING
    return _join(slots, *_operations(kinds, codes), by_text)


def _look_up(table: SkeletonTable) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Give each token its kind and, to operators, their code; both int8 [K, T]."""
    signs = [plain_signs(literal).strip() for literal in table.literals]
    # Behind the literals come the two negative tokens, where negative indices find them.
    kinds = np.array([_KINDS.get(sign, _OTHER) for sign in signs] + [_END, _NUMBER], np.int8)
    codes = np.array([OPERATORS.get(sign, NOTHING) for sign in signs] + [NOTHING, NOTHING], np.int8)
    return kinds[table.tokens], codes[table.tokens]


def _irregular(kinds: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Find the rows that are not made of single numbers, operators and matched brackets; bool [K]."""
    # `#+(#)` is followed pair by pair: ( # | # + | + ( | ( # | # ) | ) end; each pair must be allowed.
    edge = np.full((len(kinds), 1), _OPEN, np.int8)
    tail = np.full((len(kinds), 1), _END, np.int8)
    row = np.concatenate([edge, kinds, tail], axis=1)
    depth = np.cumsum((kinds == _OPEN).astype(np.int16) - (kinds == _CLOSE), axis=1)
    balanced = (depth >= 0).all(axis=1) & (depth[:, -1] == 0)
    irregular: NDArray[np.bool_] = ~(_FOLLOWS[row[:, :-1], row[:, 1:]].all(axis=1) & balanced)
    return irregular


def _check_pattern(tokens: Sequence[int], literals: Sequence[str], operators: Operators) -> None:
    """Make sure that the scalar parser understands a skeleton."""
    try:
        parse("".join(literals[token] if token >= 0 else "0" for token in tokens), operators=operators)
    except ExpressionSyntaxError as error:
        pattern = "".join(literals[token] if token >= 0 else "#" for token in tokens)
        raise no_arithmetic(pattern, [literals[token] for token in tokens if token >= 0], operators) from error


def no_arithmetic(pattern: str, literals: Iterable[str], operators: Operators = ()) -> GrammarError:
    """Say that a pattern of expressions (# is a number) is no arithmetic, and which of its signs are not understood.

    >>> print(no_arithmetic("#~#", ["~"]))
    the grammar writes '#~#' (# is a number), where '~' has no value; numbers, + - * / and round brackets are understood
    """
    signs = dict.fromkeys(literals)
    answered = set("".join(operator.sign for operator in operators))
    strange = [sign for sign in signs if set(plain_signs(sign)) - _UNDERSTOOD - answered]
    strange = strange or [sign for sign in signs if len(sign.strip()) > 1 and set(sign) & set("+-*/")]
    named = ", ".join(map(quoted, strange))
    verb = "has" if len(strange) == 1 else "have"
    fault = f"where {named} {verb} no value" if strange else "which is no arithmetic expression"
    return GrammarError(
        f"the grammar writes {quoted(pattern)} (# is a number), {fault};"
        f" numbers, {signs_of(operators).listed} and round brackets are understood{advise_package(strange)}"
    )


def _operations(kinds: NDArray[np.int8], codes: NDArray[np.int8]) -> tuple[NDArray[np.int8], NDArray[np.int16]]:
    """Order the operations of each row as they are done: codes and their tokens' indices [K, S] each.

    With them comes how many numbers stand before each token, [K, T]. In `#-(#+#)*#` the operators are tokens 1, 4, 7:
    the deepest, 4, is done first, then 7 before 1, which binds less.
    """
    previous = np.concatenate([np.full((len(kinds), 1), _OPEN, np.int8), kinds[:, :-1]], axis=1)
    is_sign = (codes != NOTHING) & (previous != _NUMBER) & (previous != _CLOSE)
    codes = np.where(is_sign, np.where(codes == SUBTRACT, NEGATE, NOTHING), codes).astype(np.int8)
    depth = np.cumsum((kinds == _OPEN).astype(np.int32) - (kinds == _CLOSE), axis=1)
    precedence = np.where(is_sign, 3, np.where(codes >= MULTIPLY, 2, 1))
    width = kinds.shape[1]
    index = np.arange(width)
    # Left to right among equals, but the sign nearest to its operand first.
    order = np.where(is_sign, width - index, index) - (4 * depth + precedence) * (width + 1)
    order[codes == NOTHING] = np.iinfo(order.dtype).max
    steps = int((codes != NOTHING).sum(axis=1).max(initial=0))
    indices = np.argsort(order, axis=1, kind="stable")[:, :steps]
    before = np.cumsum(kinds == _NUMBER, axis=1, dtype=np.int16)
    return np.take_along_axis(codes, indices, axis=1), np.take_along_axis(before, indices, axis=1)


def _join(slots: int, codes: NDArray[np.int8], before: NDArray[np.int16], by_text: NDArray[np.bool_]) -> Programs:
    """Follow the operations in order, each joining the runs of numbers at its sides into one register.

    `holder` is the register of the run that each number is in. Of `1+2*3`: 0 1 2, after * 0 3 3, after + 4 4 4.
    """
    rows, steps = codes.shape
    holder = np.tile(np.arange(slots, dtype=np.int16), (rows, 1))
    left, right = np.zeros((2, rows, steps), np.int16)
    every = np.arange(rows)
    last = max(slots - 1, 0)
    for step in range(steps):
        code = codes[:, step]
        after = np.minimum(before[:, step], last)
        first = np.where(code == NEGATE, after, np.maximum(after - 1, 0))
        left[:, step], right[:, step] = holder[every, first], holder[every, after]
        joined = (holder == left[:, step, None]) | (holder == right[:, step, None])
        holder[joined & (code != NOTHING)[:, None]] = slots + step
    results = holder[:, 0] if slots else np.zeros(rows, np.int16)
    return Programs(slots, codes, left, right, results.astype(np.int16), by_text)


def refuse_unanswerable(space: ExpressionSpace) -> None:
    """Refuse a space whose expressions have no value, asking the smallest, evenly over the skeletons of every stratum.

    The `GrammarError` names the sign that has no value.
    """
    share = MOST_TOKENS // len(space.strata)
    for stratum in space.strata:
        length = len(stratum.skeleton(0).tokens)
        count = min(stratum.skeleton_count, max(1, share // max(1, length)))
        for number in range(count):
            skeleton = stratum.skeleton(number * stratum.skeleton_count // count)
            _check_pattern(skeleton.tokens, stratum.literals, stratum.calculated_by)
