"""Exact counts of skeletons for every rule and size vector, and the order in which they are enumerated.

`Chart` is the one place that knows this order: unranking, ranking and the tables of the vectorised path all read
`Chart.choices`. The method is that of Hickey and Cohen (1983): a dynamic programme over sizes with Python integers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property

from exprlearn.errors import SizeError
from exprlearn.grammar.specification import Specification
from exprlearn.sampling.counting.choices import Choice, Choices, Form, State, form_of
from exprlearn.sampling.counting.endless import evaluation_order, smallest_levels
from exprlearn.sampling.counting.sizes import LARGEST, Layout

__all__ = ["Chart", "Choice", "Choices", "State"]

MOST_STEPS = 250_000
"""Products of counts that a chart may take; choosing among them takes as long again."""

_CHEAP_BITS = 4096

Table = dict[int, int]
"""Counts by packed size vector."""


class Chart:
    """Skeleton counts of every rule for all size vectors up to the upper bounds.

    Args:
        specification: the compiled grammar.
        layout: the fields of the size vectors.
        literals: the packed sizes of each literal.
        slots: the packed sizes of each language's slot.
        marks: the packed sizes that using an alternative of some weight adds.
        upper: the upper bound of each bounded field; what is not named is unbounded.

    Raises:
        SizeError: some rule can repeat itself without adding to a bounded size.
    """

    def __init__(
        self,
        specification: Specification,
        layout: Layout,
        *,
        literals: tuple[int, ...],
        slots: tuple[int, ...],
        marks: Mapping[Fraction, int],
        upper: Mapping[str, int],
    ) -> None:
        self.specification, self.layout = specification, layout
        self._bounded = tuple(field in upper for field in layout.fields)
        self._guards = layout.guards
        self._limit = layout.pack({field: upper.get(field, LARGEST) for field in layout.fields}) + self._guards
        self.forms: tuple[tuple[Form, ...], ...] = tuple(
            tuple(form_of(each, marks.get(each.weight, 0), literals, slots, self.level) for each in rule.alternatives)
            for rule in specification.rules
        )
        self._uses = _uses(self.forms)
        self._sorted: dict[int, list[int]] = {}
        self._choices: dict[State, Choices] = {}
        self._offsets: dict[State, dict[tuple[int, int], int]] = {}
        shapes = [[(form.level, form.references) for form in forms] for forms in self.forms]
        self._smallest = smallest_levels(shapes)
        self.order = evaluation_order(specification, shapes, self._smallest, upper)
        self.counts: tuple[Table, ...] = tuple({} for _ in specification.rules)
        self._left = MOST_STEPS
        self._asked = " ".join(f"{name}=..{high}" for name, high in upper.items()) or "no bounds"
        self._fill(sum(upper[field] for field in layout.fields if field in upper))

    def count(self, state: State) -> int:
        """Count the skeletons of a state; 0 when there are none."""
        return self.counts[state[0]].get(state[1], 0)

    def vectors(self, rule: int) -> list[int]:
        """List the size vectors that a rule can write, in lexicographic order."""
        found = self._sorted.get(rule)
        if found is None:
            found = self._sorted[rule] = sorted(self.counts[rule])
        return found

    def choices(self, state: State) -> Choices:
        """List the choices of a state in rank order; rules that only stand for another one are looked through."""
        found = self._choices.get(state)
        if found is None:
            found = self._choices[state] = self._list_choices(state)
        return found

    def offsets(self, state: State) -> dict[tuple[int, int], int]:
        """Map (alternative, vector of its first reference or 0) to how many skeletons of the state come before it."""
        found = self._offsets.get(state)
        if found is None:
            found, total = {}, 0
            for number, form in enumerate(self.forms[state[0]]):
                for choice in self._split(form, state[1]):
                    found[number, choice.first[1] if choice.first else 0] = total
                    total += choice.count
            self._offsets[state] = found
        return found

    @cached_property
    def longest(self) -> Table:
        """Characters of the longest expression of the start rule, by packed size vector."""
        return longest_texts(self)

    def uses(self, rule: int) -> Sequence[tuple[int, int]]:
        """List the (rule, alternative) that refer to a rule."""
        return self._uses.get(rule, ())

    def level(self, vector: int) -> int:
        """Add up the bounded sizes of a vector."""
        sizes = self.layout.unpack(vector)
        return sum(size for size, bounded in zip(sizes, self._bounded, strict=True) if bounded)

    def _fill(self, levels: int) -> None:
        """Count level by level: what has the same bounded size in order of `order`."""
        tables: list[list[Table]] = [[] for _ in self.forms]
        self._spend(4 * (levels + 1) * sum(map(len, self.forms)))
        for level in range(levels + 1):
            for rule in self.order:
                fresh: Table = {}
                for form in self.forms[rule]:
                    for first, second in self._factors(form, level, tables):
                        self._multiply(form.vector, first, second, fresh)
                tables[rule].append(fresh)
                self.counts[rule].update(fresh)

    def _factors(self, form: Form, level: int, tables: list[list[Table]]) -> Iterator[tuple[Table, Table]]:
        """The pairs of tables whose products have exactly this level."""
        rest = level - form.level
        minima = [self._smallest[rule] for rule in form.references]
        if rest < 0 or None in minima:
            return
        if not form.references:
            if not rest:
                yield {0: 1}, {0: 1}
        elif len(form.references) == 1:
            yield tables[form.references[0]][rest], {0: 1}
        else:
            first, second = form.references
            shares = range(minima[0] or 0, rest - (minima[1] or 0) + 1)
            self._spend(3 * len(shares))
            for share in shares:
                yield tables[first][share], tables[second][rest - share]

    def _multiply(self, vector: int, first: Table, second: Table, fresh: Table) -> None:
        limit, guards = self._limit, self._guards
        if first and second:
            bits = next(iter(first.values())).bit_length() + next(iter(second.values())).bit_length()
            self._spend(len(first) * len(second) * (1 + bits // _CHEAP_BITS))
        for one, ways in first.items():
            for other, more in second.items():
                total = vector + one + other
                if (limit - total) & guards == guards:
                    fresh[total] = fresh.get(total, 0) + ways * more

    def _spend(self, steps: int) -> None:
        self._left -= steps
        if self._left < 0:
            raise SizeError(
                f"there are too many sizes to count with {self._asked}: ask for smaller ones, for instance"
                f" terms=2..20 brackets=0..4"
            )

    def _list_choices(self, state: State) -> Choices:
        ends: list[int] = []
        choices: list[Choice] = []
        waiting = list(reversed(self.forms[state[0]]))
        while waiting:
            form = waiting.pop()
            if form.is_unit:
                waiting.extend(reversed(self.forms[form.references[0]]))
                continue
            for choice in self._split(form, state[1]):
                choices.append(choice)
                ends.append(choice.count + (ends[-1] if ends else 0))
        return Choices(tuple(ends), tuple(choices))

    def _split(self, form: Form, vector: int) -> list[Choice]:
        """The choices of one alternative, by the size of its first reference."""
        rest = vector - form.vector
        if not form.references:
            return [] if rest else [Choice(1, 1, form.tokens[0])]
        first = form.references[0]
        if len(form.references) == 1:
            ways = self.counts[first].get(rest, 0)
            return [Choice(ways, 1, form.tokens[0], (first, rest), form.tokens[1])] if ways else []
        second, choices = form.references[1], []
        before, between, after = form.tokens
        for share in self.vectors(first):
            if share > rest:
                break
            if seconds := self.counts[second].get(rest - share, 0):
                count = self.counts[first][share] * seconds
                choices.append(Choice(count, seconds, before, (first, share), between, (second, rest - share), after))
        return choices


def _uses(forms: Sequence[Sequence[Form]]) -> dict[int, list[tuple[int, int]]]:
    uses: dict[int, list[tuple[int, int]]] = {}
    for rule, alternatives in enumerate(forms):
        for number, form in enumerate(alternatives):
            for reference in dict.fromkeys(form.references):
                uses.setdefault(reference, []).append((rule, number))
    return uses


def longest_texts(chart: Chart) -> Table:
    """Give the characters of the longest expression of the start rule, by packed size vector."""
    found: list[Table] = [{} for _ in chart.forms]
    indices = {rule: index for index, rule in enumerate(chart.order)}
    states = [(chart.level(vector), indices[rule], vector) for rule in indices for vector in chart.counts[rule]]
    for _, index, vector in sorted(states):
        rule = chart.order[index]
        found[rule][vector] = max(_longest(chart, form, vector - form.vector, found) for form in chart.forms[rule])
    return found[chart.specification.start]


def _longest(chart: Chart, form: Form, rest: int, found: list[Table]) -> int:
    """The longest text of one alternative; below 0 when it has none of this size."""
    own = sum(_width(chart, token) for run in form.tokens for token in run)
    if not form.references:
        return -1 if rest else own
    first = found[form.references[0]]
    if len(form.references) == 1:
        return own + first[rest] if rest in first else -1
    second = found[form.references[1]]
    if len(second) < len(first):
        first, second = second, first
    pairs = [width + second[rest - share] for share, width in first.items() if rest - share in second]
    return own + max(pairs) if pairs else -1


def _width(chart: Chart, token: int) -> int:
    specification = chart.specification
    return len(specification.literals[token]) if token >= 0 else specification.languages[-1 - token].longest
