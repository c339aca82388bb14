"""Features and scores of whole blocks, column by column, from the registers that computed their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic import Operation, Values, block_values, compile_skeletons
from exprlearn.arithmetic.carries import count_block_carries
from exprlearn.arithmetic.numeral_columns import count_digits
from exprlearn.arithmetic.programs import ADD, DIVIDE, MULTIPLY, NEGATE, NOTHING, SUBTRACT
from exprlearn.arithmetic.values import Integers
from exprlearn.dataset.difficulty.features import FEATURES, UNKNOWN, WEIGHTS, features_of, points_of, scores
from exprlearn.errors import ExpressionSyntaxError, UnknownOperator
from exprlearn.sampling import ExpressionSpace
from exprlearn.sampling.stream import Stream
from exprlearn.sampling.writing.block import Block


def block_features(block: Block, values: Values) -> Integers:
    """Measure every expression of a block, int64 [n, features] as `FEATURES` come; zeros for a division by zero.

    >>> from exprlearn.arithmetic import block_values, compile_skeletons
    >>> from exprlearn.sampling import ExpressionSpace
    >>> block = ExpressionSpace.from_file("addition").strata[0].block([95008])
    >>> values = block_values(block, compile_skeletons(block.skeletons))
    >>> dict(zip(FEATURES, block_features(block, values)[0].tolist()))["carries"], str(block.expressions[0])
    (2, '95+8')
    """
    with np.errstate(all="ignore"):
        columns = dict(_of_text(block)) | dict(_of_values(values)) | _of_steps(values)
    features = np.stack([columns[name] for name in FEATURES], axis=1)
    features[~values.defined] = 0
    for row in np.flatnonzero(~values.fits & values.defined).tolist():
        features[row] = _features_of(str(values.expressions[row]), values.operation)
    return features


def _features_of(expression: str, operation: Operation) -> list[int]:
    try:
        measured = features_of(expression, operation)
    except (ExpressionSyntaxError, UnknownOperator) as error:
        # The expression has a value, so it is only read with operators that are not known here.
        raise UnknownOperator(
            f"difficulty is known of whole numbers and + - * / alone, not of '{expression}'", expression=expression
        ) from error
    return [measured[name] for name in FEATURES]


def block_scores(block: Block) -> Integers:
    """Tell the difficulty of every expression of a block; int64 [n]. Quotients are taken exactly.

    Expressions with decimals or an operator of a plugin have `UNKNOWN` points.
    """
    programs = compile_skeletons(block.skeletons)
    if not programs.by_text.any():
        return scores(block_features(block, block_values(block, programs, "exact")))
    return np.array([points_of(text) for text in block.expressions.tolist()], np.int64)


def sample_scores(space: ExpressionSpace, count: int, weights: Mapping[str, int] = WEIGHTS) -> Integers:
    """Score the first `count` expressions of a stream of its own, drawn as training examples are; int64 [m], rising.

    What divides by zero has no difficulty and is left out.

    >>> sample_scores(ExpressionSpace.from_file("addition", ranges="0..9"), 4096)[[0, -1]].tolist()
    [46, 68]
    """
    found = [np.empty(0, np.int64)]
    for _, block in Stream(space, 0, "difficulty").items(0, count).parts:
        values = block_values(block, compile_skeletons(block.skeletons))
        found.append(scores(block_features(block, values), weights)[values.defined])
    return np.sort(np.concatenate(found))


def spread(points: Integers) -> tuple[int, int, int] | None:
    """Tell the points that a tenth, a half and nine tenths of n expressions have at most; None where none has any.

    >>> spread(np.array([46] * 5 + [68] * 4 + [98]))
    (46, 46, 68)
    """
    known = points[points != UNKNOWN]
    if not len(known):
        return None
    low, middle, high = np.quantile(known, (0.1, 0.5, 0.9), method="inverted_cdf").astype(int).tolist()
    return low, middle, high


def _of_text(block: Block) -> Iterator[tuple[str, Integers]]:
    """Yield what follows from numbers and brackets."""
    table = block.skeletons
    opening = np.array([literal.count("(") - literal.count(")") for literal in table.literals] + [0, 0], np.int64)
    # Behind the literals come the two negative tokens, where negative indices find them.
    depths = np.cumsum(opening[table.tokens[block.rows]], axis=1)
    lengths = count_digits(np.abs(block.numbers))
    yield "terms", np.full(len(block), block.numbers.shape[1], np.int64)
    yield "depth", depths.max(axis=1, initial=0)
    yield "digits", lengths.sum(axis=1)
    yield "magnitude", lengths.max(axis=1, initial=0)


def _of_values(values: Values) -> Iterator[tuple[str, Integers]]:
    """Yield what follows from the value and the numbers on the way."""
    working = values.working
    # A sign before a number makes no number on the way.
    used = ((working.operations != NOTHING) & (working.operations != NEGATE)).T
    results = slice(working.slots, working.slots + used.shape[0])
    largest = np.maximum(count_digits(np.abs(working.numerators[results])), count_digits(working.denominators[results]))
    whole = np.maximum(count_digits(np.abs(values.numerators)), count_digits(values.denominators))
    yield "intermediates", np.maximum(np.where(used, largest, 0).max(axis=0, initial=0), whole)
    below = np.where(values.denominators == 1, 0, 1 + count_digits(values.denominators))
    yield "answer", (values.numerators < 0) + count_digits(np.abs(values.numerators)) + below


def _of_steps(values: Values) -> dict[str, Integers]:
    """Add up what follows from single calculations."""
    working, rows = values.working, np.arange(len(values))
    codes = working.operations
    uneven = np.zeros(len(values), np.int64)
    for step in range(codes.shape[1]):
        code = codes[:, step]
        (a, b), (c, d) = [
            (working.numerators[side[:, step], rows], working.denominators[side[:, step], rows])
            for side in (working.left, working.right)
        ]
        uneven += (code == DIVIDE) & ~_is_even(a, b, c, d)
    counts = {name: (codes == code).sum(axis=1) for name, code in _COUNTED.items()}
    kinds = [(codes == code).any(axis=1).astype(np.int64) for code in (ADD, SUBTRACT, MULTIPLY, DIVIDE)]
    carries = count_block_carries(values)._asdict()
    return {**counts, **carries, "uneven": uneven, "operators": np.sum(kinds, axis=0)}


_COUNTED = {"multiplications": MULTIPLY, "divisions": DIVIDE}


def _is_even(a: Integers, b: Integers, c: Integers, d: Integers) -> NDArray[np.bool_]:
    """Tell whether (a/b)/(c/d) is an integer; both are in lowest terms, so that nothing overflows."""
    divisor = np.where(c == 0, 1, c)
    # a·d / (b·c) with a, b and c, d coprime is whole just when b divides d and c divides a.
    even: NDArray[np.bool_] = (a % divisor == 0) & (d % b == 0)
    return even
