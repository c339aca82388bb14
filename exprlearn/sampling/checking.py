"""Everything that can be said about a space before anything is drawn from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt

from exprlearn.grammar.lints import Lint
from exprlearn.grammar.specification import Specification
from exprlearn.sampling.ambiguity import Finding
from exprlearn.sampling.neighbours import neighbours, numbers_stay_apart
from exprlearn.sampling.sizes import Sizes
from exprlearn.sampling.stratum import Stratum


@dataclass(frozen=True, slots=True)
class Check:
    """The findings on a space.

    `counts` has one entry for each size vector, `examples` an expression for each; `longest` counts characters.
    """

    grammar: str
    ambiguity: Finding
    lints: tuple[Lint, ...]
    counts: tuple[tuple[Sizes, int], ...]
    examples: tuple[str, ...]
    longest: int

    @property
    def size(self) -> int:
        """How many expressions there are."""
        return sum(count for _, count in self.counts)

    @property
    def is_clean(self) -> bool:
        """Whether unambiguity is proven and there are no remarks."""
        return self.ambiguity.level == "proven" and not self.lints

    def __str__(self) -> str:
        lines = [f"{self.grammar}: {self.size} expressions, the longest of {self.longest} characters"]
        lines.append(str(self.ambiguity))
        lines += [str(lint) for lint in self.lints]
        rows = zip(self.counts, self.examples, strict=True)
        return "\n".join([*lines, *(f"{sizes}: {count}, such as {example}" for (sizes, count), example in rows)])


def tabulate(strata: Sequence[Stratum]) -> tuple[tuple[tuple[Sizes, int], ...], tuple[str, ...]]:
    """Add up strata with the same sizes, and take an expression from the middle of the largest of each."""
    groups: dict[Sizes, list[Stratum]] = {}
    for stratum in strata:
        groups.setdefault(stratum.sizes, []).append(stratum)
    counts = tuple((sizes, sum(each.size for each in group)) for sizes, group in groups.items())
    largest = [max(group, key=lambda each: each.size) for group in groups.values()]
    return counts, tuple(each[_golden(each.size)] for each in largest)


def lint_neighbours(specification: Specification) -> tuple[Lint, ...]:
    """Remark on numbers that stand side by side, where digits run together."""
    if numbers_stay_apart(neighbours(specification)):
        return ()
    return (Lint("two numbers can stand side by side and read as one: write the digits of a number in one terminal"),)


def _golden(size: int) -> int:
    """The golden section of a size: its digits look like nothing in particular, in any base."""
    return (isqrt(5 * size * size) - size) // 2
