"""Exact counts of skeletons for every rule and size vector, and the order in which they are enumerated.

`CountChart` is the one place that knows this order: unranking, ranking and the tables of the vectorised path all read
`CountChart.choices`. The method is that of Hickey and Cohen (1983): a dynamic programme over sizes, with Python
integers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate

from exprlearn.errors import SizeError
from exprlearn.grammar.specification import Alternative, Literal, Reference, Slot, Specification
from exprlearn.sampling.counting.endless import evaluation_order, smallest_levels
from exprlearn.sampling.counting.sizes import LARGEST, SizeLayout

MOST_STEPS = 250_000
"""Products of counts that a chart may take; choosing among them takes as long again."""

_CHEAP_BITS = 4096

Table = dict[int, int]
"""Counts by packed size vector."""

State = tuple[int, int]
"""A rule and a packed size vector."""


@dataclass(frozen=True, slots=True)
class Form:
    """An alternative as the dynamic programme sees it.

    `vector`: the sizes it adds itself; `level`: their bounded part; `runs`: tokens before, between and after the
    `references`, numbered as those of a `DerivationChoice`.
    """

    vector: int
    level: int
    runs: tuple[tuple[int, ...], ...]
    references: tuple[int, ...]

    @property
    def is_unit(self) -> bool:
        """Whether it only stands for another rule."""
        return len(self.references) == 1 and not self.vector and not any(self.runs)

    def choice(self, count: int, seconds: int, *parts: State) -> DerivationChoice:
        """Put states in the place of the references."""
        items: list[int | State] = [*self.runs[0]]
        for part, run in zip(parts, self.runs[1:], strict=True):
            items += [part, *run]
        return DerivationChoice(count, seconds, tuple(items))


@dataclass(frozen=True, slots=True)
class DerivationChoice:
    """A run of skeletons of one state: those of its first part times those of its second, the first more significant.

    `items`, from left to right, are tokens (a literal's index, or ``-1 - language`` for an open slot) and at most two
    states; `count` is the number of skeletons and `seconds` those of the second state (1 when there is none).
    """

    count: int
    seconds: int
    items: tuple[int | State, ...]

    @property
    def parts(self) -> list[State]:
        """The states it is made of, from left to right."""
        return [item for item in self.items if isinstance(item, tuple)]


@dataclass(frozen=True, slots=True)
class Choices:
    """All choices of a state in rank order; `ends[i]` skeletons lie in the choices up to and including number i."""

    ends: tuple[int, ...]
    choices: tuple[DerivationChoice, ...]

    def find(self, index: int) -> tuple[DerivationChoice, int]:
        """Find the choice that holds a skeleton index, and the index inside it."""
        number = bisect_right(self.ends, index)
        return self.choices[number], index - (self.ends[number - 1] if number else 0)


class CountChart:
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
        layout: SizeLayout,
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
        self._literals, self._slots, self._marks = literals, slots, marks
        self.forms: tuple[tuple[Form, ...], ...] = tuple(
            tuple(map(self._form, rule.alternatives)) for rule in specification.rules
        )
        self._uses: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for rule, forms in enumerate(self.forms):
            for number, form in enumerate(forms):
                for reference in dict.fromkeys(form.references):
                    self._uses[reference].append((rule, number))
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
                    found[number, choice.parts[0][1] if choice.parts else 0] = total
                    total += choice.count
            self._offsets[state] = found
        return found

    @cached_property
    def longest(self) -> Table:
        """Characters of the longest expression of the start rule, by packed size vector."""
        found: list[Table] = [{} for _ in self.forms]
        indices = {rule: index for index, rule in enumerate(self.order)}
        states = [(self.level(vector), indices[rule], vector) for rule in indices for vector in self.counts[rule]]
        for _, index, vector in sorted(states):
            rule = self.order[index]
            found[rule][vector] = max(self._longest(form, vector - form.vector, found) for form in self.forms[rule])
        return found[self.specification.start]

    def uses(self, rule: int) -> Sequence[tuple[int, int]]:
        """List the (rule, alternative) that refer to a rule."""
        return self._uses[rule]

    def level(self, vector: int) -> int:
        """Add up the bounded sizes of a vector."""
        sizes = self.layout.unpack(vector)
        return sum(size for size, bounded in zip(sizes, self._bounded, strict=True) if bounded)

    def _form(self, alternative: Alternative) -> Form:
        """Add up the sizes of an alternative and part its tokens at its references."""
        vector = self._marks.get(alternative.weight, 0)
        runs: list[list[int]] = [[]]
        for item in alternative.items:
            match item:
                case Literal(index):
                    vector += self._literals[index]
                    runs[-1].append(index)
                case Slot(language):
                    vector += self._slots[language]
                    runs[-1].append(-1 - language)
                case Reference():
                    runs.append([])
        references = tuple(reference.rule for reference in alternative.references)
        return Form(vector, self.level(vector), tuple(map(tuple, runs)), references)

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
        choices: list[DerivationChoice] = []
        waiting = list(reversed(self.forms[state[0]]))
        while waiting:
            form = waiting.pop()
            if form.is_unit:
                waiting.extend(reversed(self.forms[form.references[0]]))
            else:
                choices += self._split(form, state[1])
        return Choices(tuple(accumulate(choice.count for choice in choices)), tuple(choices))

    def _split(self, form: Form, vector: int) -> list[DerivationChoice]:
        """The choices of one alternative, by the size of its first reference."""
        rest = vector - form.vector
        if not form.references:
            return [] if rest else [form.choice(1, 1)]
        first = form.references[0]
        if len(form.references) == 1:
            ways = self.count((first, rest))
            return [form.choice(ways, 1, (first, rest))] if ways else []
        second, choices = form.references[1], []
        for share in self.vectors(first):
            if share > rest:
                break
            if seconds := self.count((second, rest - share)):
                count = self.counts[first][share] * seconds
                choices.append(form.choice(count, seconds, (first, share), (second, rest - share)))
        return choices

    def _longest(self, form: Form, rest: int, found: list[Table]) -> int:
        """The longest text of one alternative; below 0 when it has none of this size."""
        literals, languages = self.specification.literals, self.specification.languages
        tokens = [token for run in form.runs for token in run]
        own = sum(len(literals[token]) if token >= 0 else languages[-1 - token].longest for token in tokens)
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
