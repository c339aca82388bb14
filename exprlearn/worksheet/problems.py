"""Which problems stand on a worksheet: they follow from the grammar, the levels and the name of a seed alone.

The levels are thirds of the difficulty: as many expressions of a grammar are easy as medium and hard. Where the thirds
begin does not depend on the seed, so that easy is equally easy on every sheet.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final, Literal, NamedTuple

import numpy as np

from exprlearn.config import Components
from exprlearn.curriculum.stage_data import open_stages
from exprlearn.dataset import Answering, Level, Split, canonical_key
from exprlearn.dataset.difficulty import UNKNOWN, even_cuts, points_of
from exprlearn.dataset.drawing.example_stream import ExampleStream
from exprlearn.errors import DataError, OptionError, suggest
from exprlearn.plugin import Stage
from exprlearn.sampling import ExpressionSpace
from exprlearn.sampling.stream import Stream

LEVELS: Final = ("easy", "medium", "hard")
#: The level of a sheet that leaves difficulty out of account.
ALL: Final = "all"

#: Expressions that are measured to cut the levels.
_MEASURED: Final = 2048
# Items of a stream that are looked at: together, first and at most; and in all, from each source.
_FIRST, _TOGETHER, _IN_ALL = 1 << 8, 1 << 12, 1 << 17


class Problem(NamedTuple):
    """A problem of a worksheet; its answer is exact, its difficulty in points."""

    number: int
    expression: str
    answer: str
    level: str
    difficulty: int


@dataclass(frozen=True, eq=False)
class ProblemSource:
    """Where problems are drawn from: expressions and the rules for those that are asked.

    Attributes:
        space: the expressions.
        answering: which of them have an answer that may be asked.
        level: which expressions count as one.
    """

    space: ExpressionSpace
    answering: Answering
    level: Level = "commutative"

    def examples(self, purpose: str, split: Split | Literal["all"] = "all") -> ExampleStream:
        """Return the examples of a split, or all, in an order that a purpose decides."""
        stream = Stream(self.space, 0, purpose)
        if split == "all":
            return ExampleStream(stream, self.answering, "train", level=self.level, by_content=False)
        return ExampleStream(stream, self.answering, split, level=self.level)

    def key(self, expression: str) -> int:
        """Return what an expression has in common with those that say the same."""
        return canonical_key(expression, self.level, operators=self.answering.operators)


def sources_of(
    components: Components, space: ExpressionSpace, stages: Sequence[Stage] = ()
) -> tuple[ProblemSource, ...]:
    """Return the expressions of a config, or those of each stage of a curriculum; raises as `open_stages` does."""
    opened = [(stage.space, stage.components) for stage in open_stages(components, space, stages)]
    return tuple(_source(*each) for each in opened or [(space, components)])


def _source(space: ExpressionSpace, components: Components) -> ProblemSource:
    config, constraints = components.config, components.constraints
    decimals = any("." in literal for literal in space.literals)
    if config.division.policy == "exact-only" and not space.calculated_by and not decimals:
        # Nobody asked for fractions, so none is met on the way either.
        constraints = (*constraints, components.make_constraint("integer-intermediates", {}))
    answering = Answering(components.division, constraints, operators=space.calculated_by)
    return ProblemSource(space, answering, config.data.level)


def draw_problems(
    sources: Sequence[ProblemSource],
    seed: str,
    count: int,
    levels: Sequence[str] = (),
    split: Split | Literal["all"] = "all",
) -> tuple[Problem, ...]:
    """Draw problems, those of the first level first, no two of which say the same.

    Args:
        sources: all give equally many, as far as each reaches.
        seed: any text; another one gives other problems.
        count: how many; the levels share them evenly.
        levels: of `LEVELS`, or `ALL` alone; none is all of `LEVELS` that there are.
        split: where problems that no training has seen are wanted, a held-out one.

    Raises:
        OptionError: levels that there are not, or a difficulty that is not known.
        DataError: there are too few problems of a level.

    >>> from exprlearn.arithmetic.divisions import ExactOnlyPolicy
    >>> sums = ProblemSource(ExpressionSpace.from_file("addition", ranges="0..99"), Answering(ExactOnlyPolicy()))
    >>> for problem in draw_problems([sums], "tuesday", 3):
    ...     print(problem.level, problem.difficulty)
    easy 67
    medium 89
    hard 101
    """
    levels, cuts = cut_levels(sources, levels)
    each, more = divmod(count, len(levels))
    left = Counter({level: each + (place < more) for place, level in enumerate(levels)})
    found: list[tuple[str, str, str, int]] = []
    seen = set[int]()
    for source, expression, answer in _alternating(sources, f"worksheet {seed}", split):
        points = points_of(expression)
        level, key = level_of(points, cuts), source.key(expression)
        if left[level] and key not in seen:
            seen.add(key)
            left[level] -= 1
            found.append((expression, answer, level, points))
            if not left.total():
                break
    if left.total():
        raise DataError(_too_few(sources, left, count))
    found.sort(key=lambda row: levels.index(row[2]))
    return tuple(Problem(number, *row) for number, row in enumerate(found, start=1))


def cut_levels(sources: Sequence[ProblemSource], levels: Sequence[str]) -> tuple[Sequence[str], tuple[int, ...]]:
    """Return the levels, and the points that easy and medium expressions have at most; of `ALL` there are none.

    Raises:
        OptionError: levels that there are not, or a difficulty that is not known.
    """
    _check_names(levels)
    if ALL in levels:
        return levels, ()
    each = -(-_MEASURED // len(sources))
    measured = [text for source in sources for text in source.examples("levels").take(each)[0].expressions.tolist()]
    points = np.sort([points_of(text) for text in measured])
    if points[0] == UNKNOWN:
        text = next(text for text in measured if points_of(text) == UNKNOWN)
        raise OptionError(
            f"--levels: the difficulty of '{text}' is not known, only + - * / have points: --levels {ALL}"
        )
    cuts = even_cuts(points, len(LEVELS))
    has = [level for level in LEVELS if level in {level_of(each, cuts) for each in set(points.tolist())}]
    if empty := [level for level in levels if level not in has]:
        raise OptionError(
            f"--levels: no expression is {empty[0]}, too many are equally hard: --levels {','.join(has)}, or {ALL}"
        )
    return levels or has, cuts


def level_of(points: int, cuts: Sequence[int]) -> str:
    """Name the level of an expression.

    >>> [level_of(points, (60, 90)) for points in (60, 61, 91)], level_of(61, ())
    (['easy', 'medium', 'hard'], 'all')
    """
    return LEVELS[bisect_left(cuts, points)] if cuts else ALL


def _check_names(levels: Sequence[str]) -> None:
    unknown = [level for level in levels if level not in (*LEVELS, ALL)]
    if unknown:
        raise OptionError(f"--levels: no level is called '{unknown[0]}': {suggest(unknown[0], [*LEVELS, ALL])}")
    if len(set(levels)) < len(levels) or (ALL in levels and len(levels) > 1):
        raise OptionError(f"--levels: name each level once, or {ALL} alone: --levels {','.join(LEVELS)}")


def _alternating(
    sources: Sequence[ProblemSource], purpose: str, split: Split | Literal["all"]
) -> Iterator[tuple[ProblemSource, str, str]]:
    """Yield examples with their answers, one of each source in turn; many come again."""
    for turn in zip_longest(*(_examples(source, purpose, split) for source in sources)):
        yield from (row for row in turn if row is not None)


def _examples(
    source: ProblemSource, purpose: str, split: Split | Literal["all"]
) -> Iterator[tuple[ProblemSource, str, str]]:
    examples = source.examples(purpose, split)
    start, together, end = 0, _FIRST, min(_IN_ALL, examples.stream.whole_pass)
    while start < end:
        found = examples.find(start, min(start + together, end)).examples
        yield from ((source, expression, answer) for expression, answer in found)
        start, together = start + together, min(2 * together, _TOGETHER)


def _too_few(sources: Sequence[ProblemSource], left: Mapping[str, int], count: int) -> str:
    """Say of which levels there are too few problems."""
    names = ", ".join(dict.fromkeys(source.space.grammar.name for source in sources))
    missing = " and ".join(f"{more} {level}" for level, more in left.items() if more).replace(f" {ALL}", "")
    return (
        f"{missing} of {count} problems are missing: {names} holds no more that differ in more than the order of "
        "their terms; ask for fewer, for other --levels, or for a wider --range"
    )
