"""Strata: all expressions with one size vector each, numbered without gaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING

from numpy.typing import ArrayLike

from exprlearn.counts import count_text
from exprlearn.errors import SizeError
from exprlearn.grammar.faults import Unbounded
from exprlearn.grammar.languages import Language
from exprlearn.grammar.pragmas import Bounds
from exprlearn.grammar.specification import Specification
from exprlearn.sampling.counting.chart import CountChart, State
from exprlearn.sampling.counting.endless import limit_depth
from exprlearn.sampling.counting.sizes import MEASURES, OPERATORS, SizeLayout, measure_text
from exprlearn.sampling.numbering.ranking import Ranker, Skeleton, unrank
from exprlearn.sampling.ordering.permutation import split_number
from exprlearn.sampling.writing.block import Block, StratumTables, make_block

if TYPE_CHECKING:
    from exprlearn.plugin import OperatorSpec


@dataclass(frozen=True, slots=True)
class Sizes(Mapping[str, int]):
    """The sizes of one stratum, a read-only mapping.

    >>> sizes = Sizes((("terms", 3), ("brackets", 1)))
    >>> sizes["terms"], str(sizes), sizes.as_dict()
    (3, 'terms=3 brackets=1', {'terms': 3, 'brackets': 1})
    """

    pairs: tuple[tuple[str, int], ...]

    def __getitem__(self, name: str) -> int:
        return dict(self.pairs)[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def __str__(self) -> str:
        return " ".join(f"{name}={value}" for name, value in self.pairs)

    def __hash__(self) -> int:
        return hash(self.pairs)

    def as_dict(self) -> dict[str, int]:
        """Copy into a plain dictionary, in the order of the size vector."""
        return dict(self.pairs)


@dataclass(frozen=True, eq=False)
class Stratum:
    """All expressions with one size vector: index = skeleton * product of radices + fillers in mixed radix.

    `name` is unique in the space; `sizes` may be shared by several strata when a grammar has several number terminals
    or weights. `weight` is the product of the weights every expression here carries, so that strata with the same
    sizes are mixed in the proportion of their `mass`. `chart` and `state` say how its skeletons are made. Where it
    `is_ambiguous`, several indices may write the same expression, and only the least of them counts. Where a space is
    divided by operators, `operators` are those that every expression here has. Signs besides `+ - * /` are
    `calculated_by` operators of plugins.
    """

    name: str
    sizes: Sizes
    weight: Fraction
    chart: CountChart
    state: State
    slots: tuple[Language, ...]
    ranker: Ranker
    is_ambiguous: bool = False
    operators: str = ""
    calculated_by: tuple[OperatorSpec, ...] = ()

    @cached_property
    def literals(self) -> tuple[str, ...]:
        """Every fixed text that an expression can hold."""
        return self.chart.specification.literals

    @cached_property
    def skeleton_count(self) -> int:
        """How many skeletons there are."""
        return self.chart.count(self.state)

    @cached_property
    def radices(self) -> tuple[int, ...]:
        """How many texts each filler column can have."""
        return tuple(language.size for language in self.slots)

    @cached_property
    def all_radices(self) -> tuple[int, ...]:
        """The sizes of all digits of an index: how many skeletons there are, then the radices of the fillers."""
        return self.skeleton_count, *self.radices

    @cached_property
    def fillings(self) -> int:
        """In how many ways the slots of one skeleton can be filled."""
        return prod(radix**times for radix, times in Counter(self.radices).items())

    @cached_property
    def size(self) -> int:
        """How many expressions there are, exactly."""
        return self.skeleton_count * self.fillings

    @property
    def longest(self) -> int:
        """Characters of the longest expression."""
        return self.chart.longest[self.state[1]]

    @property
    def mass(self) -> Fraction:
        """Size times weight: the share of this stratum among those with the same sizes."""
        return self.size * self.weight

    @cached_property
    def tables(self) -> StratumTables:
        """What all blocks share."""
        return StratumTables(self)

    def skeleton(self, number: int) -> Skeleton:
        """Build the skeleton of a number below `skeleton_count`."""
        return unrank(self.chart, self.state, number)

    def __getitem__(self, index: int) -> str:
        """Write the expression of an index; IndexError when there is none."""
        position = index + self.size if index < 0 else index
        if not 0 <= position < self.size:
            raise IndexError(f"index {index} is outside of the {count_text(self.size)} expressions with {self.sizes}")
        number, *fillers = split_number(position, self.all_radices)
        texts = [language.text(filler) for language, filler in zip(self.slots, fillers, strict=True)]
        return self.skeleton(number).write(self.literals, texts)

    def __iter__(self) -> Iterator[str]:
        return (self[index] for index in range(self.size))

    def block(self, indices: ArrayLike) -> Block:
        """Make many expressions at once; see `exprlearn.sampling.writing.block.make_block`."""
        return make_block(self, indices)


ALWAYS = ("terms", "brackets")
"""Sizes that every stratum tells, asked for or not."""


MOST_STRATA, MOST_TERMS = 5_000, 200_000
"""Strata of a space, and the numbers in one expression of each."""


@dataclass(frozen=True)
class Fields:
    """The fields of a size vector: what users see, then uses of each weight, language and operator.

    Languages are only counted when there are several, weights only when they are not 1, operators when asked for.
    """

    measures: tuple[str, ...]
    weights: tuple[Fraction, ...]
    languages: tuple[Language, ...]
    operators: tuple[str, ...] = ()

    @property
    def layout(self) -> SizeLayout:
        """The packing of the vectors."""
        names = [each.name for each in self.languages] if len(self.languages) > 1 else []
        weights = (f"weight {weight}" for weight in self.weights)
        return SizeLayout((*self.measures, *weights, *names, *map(_uses, self.operators)))

    def chart(self, specification: Specification, upper: Mapping[str, int]) -> CountChart:
        """Count a specification with these fields."""
        pack = self.layout.pack
        return CountChart(
            specification,
            self.layout,
            literals=tuple(
                pack(measure_text(text) | {_uses(sign): text.count(sign) for sign in self.operators})
                for text in specification.literals
            ),
            # What is no field of the layout is not packed, such as the name of a language that is the only one.
            slots=tuple(
                pack({"terms": each.terms, "characters": each.longest, each.name: 1}) for each in self.languages
            ),
            marks={weight: pack({f"weight {weight}": 1}) for weight in self.weights},
            upper=upper,
        )

    def stratum(self, chart: CountChart, vector: int, ranker: Ranker) -> Stratum:
        """Describe the expressions of one size vector."""
        values = self.layout.unpack(vector)
        shown, rest = values[: len(self.measures)], values[len(self.measures) :]
        rest, signs = rest[: len(rest) - len(self.operators)], rest[len(rest) - len(self.operators) :]
        uses, numbers = rest[: len(self.weights)], rest[len(self.weights) :] or values[:1]
        slots = [each for each, times in zip(self.languages, numbers, strict=False) for _ in range(times)]
        name = " ".join(f"{field}={value}" for field, value in zip(self.layout.fields, values, strict=True))
        return Stratum(
            name=name,
            sizes=Sizes(tuple(zip(self.measures, shown, strict=True))),
            weight=prod((weight**times for weight, times in zip(self.weights, uses, strict=True)), start=Fraction(1)),
            chart=chart,
            state=(chart.specification.start, vector),
            slots=tuple(slots),
            ranker=ranker,
            operators="".join(sign for sign, count in zip(self.operators, signs, strict=True) if count),
        )


def _uses(sign: str) -> str:
    """Name the field that counts an operator."""
    return f"uses of {sign}"


def build_strata(
    specification: Specification, bounds: Mapping[str, Bounds], whole_numbers: bool, *, by_operators: bool = False
) -> tuple[Stratum, ...]:
    """Count a specification and list its strata, ordered by size vector; what `bounds` does not name is unbounded.

    `by_operators`: whether expressions of one stratum also have the same operators, each as often.

    Raises:
        SizeError: the sizes leave expressions without end, or none at all.
    """
    depth = _depth(bounds.get("depth", (0, None)))
    limited = specification if depth is None else limit_depth(specification, depth)
    measures = tuple(each for each in MEASURES if each in ALWAYS or each in bounds)
    weights = {each.weight for rule in specification.rules for each in rule.alternatives} - {Fraction(1)}
    operators = tuple(sorted(OPERATORS.intersection("".join(specification.literals)))) if by_operators else ()
    fields = Fields(measures, tuple(sorted(weights)), specification.languages, operators)
    upper = {name: high for name in measures if (high := bounds.get(name, (0, None))[1]) is not None}
    try:
        chart = fields.chart(limited, upper)
    except Unbounded as missing:
        raise _all_unbounded(missing, limited, fields, upper) from None
    lower = [bounds.get(name, (0, None))[0] for name in measures]
    sizes = {vector: fields.layout.unpack(vector) for vector in chart.vectors(limited.start)}
    # Sizes compare with the lower bounds field by field; behind the measures follow fields without bounds.
    vectors = [vector for vector in sizes if all(map(int.__ge__, sizes[vector], lower))]
    if not vectors:
        raise _empty(bounds, fields, chart)
    terms = sum(sizes[vector][0] for vector in vectors)
    if len(vectors) > MOST_STRATA or terms > MOST_TERMS:
        raise SizeError(
            f"these sizes come in {len(vectors)} combinations with {terms} numbers in all, which are too many to list:"
            f" ask for fewer, for instance --set grammar.terms=2..20 --set grammar.brackets=0..4"
        )
    ranker = Ranker(chart, frozenset(vectors), whole_numbers)
    return tuple(fields.stratum(chart, vector, ranker) for vector in vectors)


def _all_unbounded(
    missing: Unbounded, specification: Specification, fields: Fields, upper: Mapping[str, int]
) -> Unbounded:
    """Find what else has no bound, as if what is known to have none were bounded closely."""
    assumed = {**upper, **{name: 1 for name in missing.missing}}
    measures = tuple(name for name in MEASURES if name in fields.measures or name in assumed)
    try:
        replace(fields, measures=measures).chart(specification, assumed)
    except Unbounded as more:
        following = _all_unbounded(more, specification, fields, assumed)
        reasons = following.reasons
        for name in missing.missing:
            # Nobody has asked for the bound that is only assumed.
            reasons = tuple(reason.replace(f" at 1 {name}", "") for reason in reasons)
        return missing.joined(Unbounded(reasons, following.missing))
    except SizeError:
        # Something else is wrong as well, which is told when the bounds are there.
        pass
    return missing


def _depth(span: Bounds) -> int | None:
    low, high = span
    if low not in (0, high):
        raise SizeError(f"depth={_shown(span)} has a smallest depth, which is not counted: write depth={high or 4}")
    return high


def _empty(bounds: Mapping[str, Bounds], fields: Fields, chart: CountChart) -> SizeError:
    asked = " ".join(f"{name}={_shown(span)}" for name, span in bounds.items())
    available = chart.vectors(chart.specification.start)
    if not available:
        return SizeError(f"this grammar writes no expression with {asked or 'these numbers'}: allow larger sizes")
    least = dict(zip(fields.measures, fields.layout.unpack(available[0]), strict=False))
    nearest = " ".join(f"{name}={value}" for name, value in least.items())
    return SizeError(f"this grammar writes no expression with {asked}; it does write some with {nearest}")


def _shown(span: Bounds) -> str:
    low, high = span
    return f"{low}.." if high is None else str(low) if low == high else f"{low}..{high}"
