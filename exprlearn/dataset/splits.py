"""Validation, test and training examples that never share an expression, nor a form of one.

Which part an expression belongs to follows from its content (`parts`), so the parts stay apart whatever the grammar,
the seed and the stage of a curriculum; each part is then drawn by a stream of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exprlearn.dataset.answering import Answering
from exprlearn.dataset.canonical import Level
from exprlearn.dataset.examples import Examples
from exprlearn.dataset.parts import Part
from exprlearn.dataset.proof import Proof, prove
from exprlearn.dataset.searching import PATIENCE, RAREST
from exprlearn.dataset.streaming import ExampleStream
from exprlearn.errors import DataError
from exprlearn.plugin import Constraint, Division
from exprlearn.sampling import ExpressionSpace
from exprlearn.sampling.stream import Stream

Mix = Mapping[int, Fraction | int] | Sequence[Fraction | int] | None

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
    """

    validation: Examples
    test: Examples
    train: ExampleStream
    level: Level
    notes: tuple[str, ...] = ()

    def proof(self, train: Examples | int = 10_000) -> Proof:
        """Compare the parts through their texts.

        Args:
            train: training examples to compare with, or how many of the first ones.
        """
        sample = train if isinstance(train, Examples) else self.train.take(train)[0]
        return prove({"train": sample, "validation": self.validation, "test": self.test}, self.level)


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

    Raises:
        DataError: a part has next to no examples; the message names the rule that rejects most.
    """
    answering = Answering(division, constraints)

    def stream(part: Part) -> ExampleStream:
        return ExampleStream(Stream(space, seed, part, mix), answering, part, level=level, salt=salt)

    held_out = {"validation": fixed_set(stream("validation"), validation), "test": fixed_set(stream("test"), test)}
    notes = tuple(
        f"{part} has {len(held_out[part])} examples instead of {asked}: the space holds no more"
        for part, asked in (("validation", validation), ("test", test))
        if len(held_out[part]) < asked
    )
    return Splits(held_out["validation"], held_out["test"], stream("train"), level, notes)


def fixed_set(stream: ExampleStream, count: int) -> Examples:
    """Take the first examples of a stream that differ in their expression, or as many as there are.

    Raises:
        DataError: there are none, or hardly any among many tries.
    """
    search, end = stream.search(), _whole_pass(stream.stream)
    pieces: list[Examples] = []
    seen: set[str] = set()
    start = barren = 0
    while len(seen) < count and start < end and barren < PATIENCE:
        found = stream.find(start, min(start + _BATCH, end))
        fresh = _fresh(found.examples, seen, count)
        pieces.append(found.examples[fresh])
        start += found.tried
        barren = 0 if len(fresh) * RAREST >= found.tried else barren + found.tried
        search.note(len(found.items), found.tried, found.eligible, found.rejected)
    if count and not seen:
        raise DataError(search.complaint())
    return Examples.concatenate(pieces)


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


def _whole_pass(stream: Stream) -> int:
    """Tell after how many items every expression of the space has come at least once."""
    whole = sum(stream.mix)
    sizes = [stratum.size for stratum in stream.space.strata]
    passes = [size * whole / weight for size, weight in zip(sizes, stream.mix, strict=True) if weight]
    # Rounding shifts a stratum by less than one item for each of the others.
    return int(max(passes)) + len(sizes) + 1
