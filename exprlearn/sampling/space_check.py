"""Everything that can be said about a space before anything is drawn from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, repeat
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from exprlearn.counts import count_text
from exprlearn.grammar.lints import Lint
from exprlearn.grammar.specification import Specification
from exprlearn.sampling.numbering.ambiguity import AmbiguityFinding
from exprlearn.sampling.numbering.neighbours import neighbours, numbers_stay_apart, skeletons_decide
from exprlearn.sampling.stratum import Sizes, Stratum
from exprlearn.sampling.writing.block import fill_skeletons, make_block

# Sizes of which an example is shown.
_EXAMPLES = 500


@dataclass(frozen=True, slots=True)
class Count:
    """What one size vector holds: its `derivations`, and its different expressions, None where they are not known."""

    derivations: int
    expressions: int | None

    def __str__(self) -> str:
        if self.expressions is None:
            return f"{count_text(self.derivations)} derivations"
        return count_text(self.expressions)


@dataclass(frozen=True, slots=True)
class SpaceCheck:
    """The findings on a space.

    `counts` has one entry for each size vector, `examples` an expression for each of the first 500; `longest` counts
    characters.
    """

    grammar: str
    ambiguity: AmbiguityFinding
    lints: tuple[Lint, ...]
    counts: tuple[tuple[Sizes, Count], ...]
    examples: tuple[str, ...]
    longest: int

    @property
    def total(self) -> Count:
        """How many derivations and expressions there are."""
        return add_counts([count for _, count in self.counts])

    @property
    def is_clean(self) -> bool:
        """Whether unambiguity is proven and there are no remarks."""
        return self.ambiguity.level == "proven" and not self.lints

    def __str__(self) -> str:
        lines = [f"{self.grammar}: {said_total(self.total)}, the longest of {self.longest} characters"]
        lines.append(str(self.ambiguity))
        lines += [str(lint) for lint in self.lints]
        shown = [*(f", such as {example}" for example in self.examples), *repeat("", len(self.counts))]
        rows = zip(self.counts, shown, strict=False)
        return "\n".join([*lines, *(f"{sizes}: {count}{example}" for (sizes, count), example in rows)])


def said_total(total: Count) -> str:
    """Say how many expressions there are, and derivations where these are another number.

    >>> said_total(Count(54, 27)), said_total(Count(54, 54)), said_total(Count(54, None))
    ('27 expressions in 54 derivations', '54 expressions', '54 derivations, some of the same expression')
    """
    if total.expressions is None:
        return f"{total}, some of the same expression"
    said = f"{total} expressions"
    return said if total.expressions == total.derivations else f"{said} in {count_text(total.derivations)} derivations"


def add_counts(counts: Sequence[Count]) -> Count:
    """Add up; how many expressions there are is known only where it is known of each."""
    known = [count.expressions for count in counts if count.expressions is not None]
    return Count(sum(count.derivations for count in counts), sum(known) if len(known) == len(counts) else None)


def counts_of(strata: Sequence[Stratum], *, unambiguous: bool) -> tuple[tuple[Sizes, Count], ...]:
    """Add up strata with the same sizes; where a grammar is not `unambiguous`, derivations are no expressions."""
    groups = by_sizes(strata)
    most, counts = MOST_CHARACTERS // len(groups), []
    for sizes, group in groups.items():
        derivations = sum(each.size for each in group)
        counts.append((sizes, Count(derivations, derivations if unambiguous else count_texts(group, most))))
    return tuple(counts)


def examples_of(strata: Sequence[Stratum]) -> tuple[str, ...]:
    """Take an expression from the middle of the largest stratum of each size vector, as far as a person reads."""
    groups = islice(by_sizes(strata).values(), _EXAMPLES)
    largest = [max(group, key=lambda each: each.size) for group in groups]
    return tuple(each[_golden(each.size)] for each in largest)


def by_sizes(strata: Sequence[Stratum]) -> Mapping[Sizes, Sequence[Stratum]]:
    """Put strata with the same sizes together, in their order."""
    groups: dict[Sizes, list[Stratum]] = {}
    for stratum in strata:
        groups.setdefault(stratum.sizes, []).append(stratum)
    return groups


def lint_neighbours(specification: Specification) -> tuple[Lint, ...]:
    """Remark on numbers that stand side by side, where digits run together."""
    if numbers_stay_apart(neighbours(specification)):
        return ()
    return (Lint("two numbers can stand side by side and read as one: write the digits of a number in one terminal"),)


def _golden(size: int) -> int:
    """The golden section of a size: its digits look like nothing in particular, in any base."""
    return (isqrt(5 * size * size) - size) // 2


MOST_CHARACTERS = 400_000
"""Characters of the skeletons, or expressions, that are written to find the equal ones among them."""


def count_texts(strata: Sequence[Stratum], most: int = MOST_CHARACTERS) -> int | None:
    """Count the different expressions of strata with the same sizes; None where they have more than `most` characters.

    >>> from exprlearn.sampling import ExpressionSpace
    >>> text = 'start: e\\ne: e "+" e | N\\nN: /[0-2]/'
    >>> space = ExpressionSpace.from_text(text, terms=3, ambiguity="strings")
    >>> space.size, count_texts(space.strata)
    (54, 27)
    """
    characters = max(stratum.longest for stratum in strata)
    if sum(stratum.skeleton_count for stratum in strata) * characters > most:
        return None
    if skeletons_decide(strata[0].chart.specification):
        return _different([_patterns(stratum) for stratum in strata]) * strata[0].fillings
    if sum(stratum.size for stratum in strata) * characters > most:
        return None
    return _different([make_block(stratum, np.arange(stratum.size)).expressions for stratum in strata])


def _patterns(stratum: Stratum) -> NDArray[np.str_]:
    """Every skeleton of a stratum with the first number in all places: they write the same texts or none in common."""
    numbers = np.arange(stratum.skeleton_count)
    return fill_skeletons(stratum, numbers, np.zeros((len(numbers), len(stratum.slots)), np.int64)).expressions


def _different(columns: Sequence[NDArray[np.str_]]) -> int:
    return len({text for column in columns for text in column.tolist()})
