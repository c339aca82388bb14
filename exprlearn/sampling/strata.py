"""Lay out the size vectors of a specification, count, and list the strata within the asked-for sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from exprlearn.errors import SizeError
from exprlearn.grammar.faults import Unbounded
from exprlearn.grammar.languages import Language
from exprlearn.grammar.pragmas import Bounds
from exprlearn.grammar.specification import Specification
from exprlearn.sampling.counting import Chart
from exprlearn.sampling.depth import limit_depth
from exprlearn.sampling.ranking import Ranker
from exprlearn.sampling.sizes import MEASURES, Layout, Sizes, measure_text
from exprlearn.sampling.stratum import Stratum
from exprlearn.sampling.weights import distinct_weights, weight_of

ALWAYS = ("terms", "brackets")
"""Sizes that every stratum tells, asked for or not."""


MOST_STRATA, MOST_TERMS = 5_000, 200_000
"""Strata of a space, and the numbers in one expression of each."""


@dataclass(frozen=True)
class Fields:
    """The fields of a size vector: what users see, then uses of each weight, then numbers of each language.

    Languages are only counted when there are several, weights only when they are not 1.
    """

    measures: tuple[str, ...]
    weights: tuple[Fraction, ...]
    languages: tuple[Language, ...]

    @property
    def layout(self) -> Layout:
        """The packing of the vectors."""
        hidden = [f"weight {weight}" for weight in self.weights]
        return Layout((*self.measures, *hidden, *self._language_names()))

    def chart(self, specification: Specification, upper: Mapping[str, int]) -> Chart:
        """Count a specification with these fields."""
        layout = self.layout
        names = self._language_names()
        slots = []
        for place, language in enumerate(specification.languages):
            sizes = {"terms": 1, "characters": language.longest} | ({names[place]: 1} if names else {})
            slots.append(layout.pack(sizes))
        return Chart(
            specification,
            layout,
            literals=tuple(layout.pack(measure_text(text)) for text in specification.literals),
            slots=tuple(slots),
            marks={weight: layout.pack({f"weight {weight}": 1}) for weight in self.weights},
            upper=upper,
        )

    def stratum(self, chart: Chart, vector: int, ranker: Ranker) -> Stratum:
        """Describe the expressions of one size vector."""
        values = self.layout.unpack(vector)
        shown, rest = values[: len(self.measures)], values[len(self.measures) :]
        uses, numbers = rest[: len(self.weights)], rest[len(self.weights) :] or values[:1]
        slots = [each for each, times in zip(self.languages, numbers, strict=False) for _ in range(times)]
        name = " ".join(f"{field}={value}" for field, value in zip(self.layout.fields, values, strict=True))
        return Stratum(
            name=name,
            sizes=Sizes(tuple(zip(self.measures, shown, strict=True))),
            weight=weight_of(self.weights, uses),
            chart=chart,
            state=(chart.specification.start, vector),
            slots=tuple(slots),
            ranker=ranker,
        )

    def _language_names(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.languages) if len(self.languages) > 1 else ()


def build_strata(
    specification: Specification, bounds: Mapping[str, Bounds], whole_numbers: bool
) -> tuple[Stratum, ...]:
    """Count a specification and list its strata, ordered by size vector.

    Args:
        specification: the compiled grammar.
        bounds: smallest and largest terms, brackets, operators, characters and depth; what is missing is unbounded.
        whole_numbers: whether digits that stand together are always one number.

    Raises:
        SizeError: the sizes leave expressions without end, or none at all.
    """
    depth = _depth(bounds.get("depth", (0, None)))
    limited = specification if depth is None else limit_depth(specification, depth)
    measures = tuple(each for each in MEASURES if each in ALWAYS or each in bounds)
    fields = Fields(measures, distinct_weights(specification), specification.languages)
    upper = {name: high for name in measures if (high := bounds.get(name, (0, None))[1]) is not None}
    try:
        chart = fields.chart(limited, upper)
    except Unbounded as missing:
        raise _all_unbounded(missing, limited, fields, upper) from None
    lower = [bounds.get(name, (0, None))[0] for name in measures]
    vectors = [vector for vector in chart.vectors(limited.start) if _reaches(fields.layout.unpack(vector), lower)]
    if not vectors:
        raise _empty(bounds, fields, chart)
    terms = sum(fields.layout.unpack(vector)[0] for vector in vectors)
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


def _reaches(values: tuple[int, ...], lower: list[int]) -> bool:
    return all(value >= least for value, least in zip(values, lower, strict=False))


def _empty(bounds: Mapping[str, Bounds], fields: Fields, chart: Chart) -> SizeError:
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
