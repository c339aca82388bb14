"""Validation, test and training examples that never share an expression, nor a form of one.

Which part an expression belongs to follows from its content (`parts`), so the parts stay apart whatever the grammar,
the seed and the stage of a curriculum; each part is then drawn by a stream of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset.answering import Answering
from exprlearn.dataset.balance.results import ResultTable
from exprlearn.dataset.balance.stream import BalancedResults, BalancedStream
from exprlearn.dataset.canonical import Level
from exprlearn.dataset.drawing.split import Split
from exprlearn.dataset.examples import Examples
from exprlearn.dataset.positions import PositionParts
from exprlearn.dataset.proof import Proof, SplitBy, prove
from exprlearn.dataset.searching import PATIENCE, RAREST
from exprlearn.dataset.streaming import ExampleStream
from exprlearn.errors import DataError, OptionError
from exprlearn.plugin import Constraint, Division
from exprlearn.sampling import ExpressionSpace
from exprlearn.sampling.stream import Stream

Mix = Mapping[int, Fraction | int] | Sequence[Fraction | int] | None

Balance = Literal["none", "result"]
"""What comes equally often: nothing but sizes and the expressions of a size, or every answer."""

# Items tried at once for a fixed set.
_BATCH = 1 << 14


@dataclass(frozen=True, eq=False)
class Splits:
    """The parts of the data.

    Attributes:
        validation: fixed examples, no two with the same expression.
        test: likewise.
        train: all other examples, as an endless reproducible stream.
        level: what expressions of different parts never have in common.
        notes: what a user should know, such as a part that is smaller than asked for.
        by: what decides on the part of an expression; by position, parts share no expression but may share forms.
    """

    validation: Examples
    test: Examples
    train: ExampleStream
    level: Level
    notes: tuple[str, ...] = ()
    by: SplitBy = "content"

    def proof(self, train: Examples | int = 10_000) -> Proof:
        """Compare the parts through their texts.

        Args:
            train: training examples to compare with, or how many of the first ones.
        """
        sample = train if isinstance(train, Examples) else self.train.take(train)[0]
        return prove({"train": sample, "validation": self.validation, "test": self.test}, self.level, self.by)


def split(
    space: ExpressionSpace,
    division: Division,
    constraints: Sequence[Constraint] = (),
    *,
    seed: int,
    validation: int,
    test: int,
    level: Level = "commutative",
    mix: Mix = None,
    salt: int = 0,
    balance: Balance = "none",
    by: SplitBy = "content",
) -> Splits:
    """Divide the examples of a space into parts.

    Args:
        space: all expressions.
        division: computes and writes the answers.
        constraints: what keeps an expression.
        seed: which examples are drawn, and in which order; it moves none to another part.
        validation: how many different expressions to validate with.
        test: how many to test with.
        level: what expressions of different parts must not have in common.
        mix: weights of the strata, as `Stream` takes them.
        salt: another number, another division into parts.
        balance: "result" draws every answer equally often, "none" every expression of a size.
        by: "content" puts all that say the same into one part, whatever grammar and seed; "position" gives parts of
            exactly the size asked for, within this grammar alone.

    Raises:
        DataError: a part has next to no examples; the message names the rule that rejects most. With a balance, its
            tables would be too large.
        OptionError: a balance of parts by position.
    """
    answering = Answering(division, constraints)
    if by == "position":
        return _by_position(space, answering, {"validation": validation, "test": test}, seed, level, mix, salt, balance)
    streams = part_streams(space, answering, seed=seed, level=level, mix=mix, salt=salt, balance=balance)
    held_out = {
        "validation": fixed_set(streams("validation"), validation) if validation else Examples.of([]),
        "test": fixed_set(streams("test"), test) if test else Examples.of([]),
    }
    notes = tuple(
        f"{part} has {len(held_out[part])} examples instead of {asked}: the space holds no more"
        for part, asked in (("validation", validation), ("test", test))
        if len(held_out[part]) < asked
    )
    return Splits(held_out["validation"], held_out["test"], streams("train"), level, notes)


def part_streams(
    space: ExpressionSpace,
    answering: Answering,
    *,
    seed: int,
    level: Level = "commutative",
    mix: Mix = None,
    salt: int = 0,
    balance: Balance = "none",
) -> Callable[[Split], ExampleStream]:
    """Tell how to stream the examples of a part by content.

    Raises:
        DataError: the tables of a balance would be too large.
    """
    results = balanced_results(space, answering, level=level, mix=mix, salt=salt) if balance == "result" else None

    def stream(part: Split) -> ExampleStream:
        drawn = Stream(space, seed, part, mix)
        source = drawn if results is None else BalancedStream(drawn, results, part)
        return ExampleStream(source, answering, part, level=level, salt=salt)

    return stream


def balanced_results(
    space: ExpressionSpace, answering: Answering, *, level: Level = "commutative", mix: Mix = None, salt: int = 0
) -> BalancedResults:
    """Count the answers of the sizes that a mix names.

    Raises:
        DataError: the tables would be too large, or answers do not follow from values.
    """
    weights = Stream(space, 0, mix=mix).mix
    places = [place for place, weight in enumerate(weights) if weight]
    return BalancedResults(ResultTable(space, answering, places), level, salt)


def _by_position(
    space: ExpressionSpace,
    answering: Answering,
    counts: Mapping[Split, int],
    seed: int,
    level: Level,
    mix: Mix,
    salt: int,
    balance: Balance,
) -> Splits:
    refuse_balance_by_position(balance, "position")
    parts = PositionParts(space, answering, Stream(space, seed, mix=mix).mix, salt)
    validation, test = (parts.reserve(part, count) for part, count in counts.items())
    train = ExampleStream(parts.rest(seed), answering, "train", level=level, salt=salt, by_content=False)
    return Splits(validation.examples, test.examples, train, level, by="position")


def refuse_balance_by_position(balance: str, by: str) -> None:
    """Refuse what does not go together.

    Raises:
        OptionError: a balance of parts by position.
    """
    if balance != "none" and by != "content":
        raise OptionError(f"data.balance: '{balance}' needs parts by content: choose data.split=content")


def fixed_set(stream: ExampleStream, count: int) -> Examples:
    """Take the first examples of a stream that differ in their expression, or as many as there are.

    Raises:
        DataError: there are none, or hardly any among many tries.
    """
    return fixed_items(stream, count)[0]


def fixed_items(stream: ExampleStream, count: int) -> tuple[Examples, NDArray[np.int64]]:
    """Take a fixed set, and tell which items of the stream it is, int64 [n], rising; raises as `fixed_set` does."""
    search, end = stream.search(), stream.stream.whole_pass
    pieces: list[Examples] = []
    items = [np.empty(0, np.int64)]
    seen: set[str] = set()
    start = barren = 0
    while len(seen) < count and start < end and barren < PATIENCE:
        found = stream.find(start, min(start + _BATCH, end))
        fresh = _fresh(found.examples, seen, count)
        pieces.append(found.examples[fresh])
        items.append(start + found.items[fresh])
        start += found.tried
        barren = 0 if len(fresh) * RAREST >= found.tried else barren + found.tried
        search.note(len(found.items), found.tried, found.eligible, found.rejected)
    if count and not seen:
        raise DataError(search.complaint())
    return Examples.concatenate(pieces), np.concatenate(items)


def _fresh(examples: Examples, seen: set[str], count: int) -> list[int]:
    """List the rows whose expression was not seen before, until `count` have been seen."""
    rows = []
    for row, expression in enumerate(examples.expressions.tolist()):
        if len(seen) == count:
            break
        if expression not in seen:
            seen.add(expression)
            rows.append(row)
    return rows
