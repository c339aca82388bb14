"""Exact counts of skeletons for every rule and size vector, and the order in which they are enumerated.

`Chart` is the one place that knows this order: unranking, ranking and the tables of the vectorised path all read
`Chart.choices`. The method is that of Hickey and Cohen (1983): a dynamic programme over sizes with Python integers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from exprlearn.grammar.specification import Alternative, Literal, Reference, Slot, Specification
from exprlearn.sampling.endless import evaluation_order, smallest_levels
from exprlearn.sampling.sizes import LARGEST, Layout

State = tuple[int, int]
"""A rule and a packed size vector."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A run of skeletons of one state: those of `first` times those of `second`, `first` more significant.

    Tokens are integers: a literal's index, or ``-1 - language`` for an open slot. `before`, `between` and `after` stand
    around the two states; an alternative without references has only `before`. `count` is the number of skeletons and
    `seconds` those of `second` (1 when there is none).
    """

    count: int
    seconds: int
    before: tuple[int, ...]
    first: State | None = None
    between: tuple[int, ...] = ()
    second: State | None = None
    after: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Choices:
    """All choices of a state in rank order; `ends[i]` skeletons lie in the choices up to and including number i."""

    ends: tuple[int, ...]
    choices: tuple[Choice, ...]

    def find(self, index: int) -> tuple[Choice, int]:
        """Find the choice that holds a skeleton index, and the index inside it."""
        position = bisect_right(self.ends, index)
        return self.choices[position], index - (self.ends[position - 1] if position else 0)


@dataclass(frozen=True, slots=True)
class Form:
    """An alternative as the dynamic programme sees it.

    `vector`: the sizes it adds itself; `level`: their bounded part; `tokens`: a run before, between and after the
    `references`, in the numbers of `Choice`.
    """

    vector: int
    level: int
    tokens: tuple[tuple[int, ...], ...]
    references: tuple[int, ...]

    @property
    def is_unit(self) -> bool:
        """Whether it only stands for another rule."""
        return len(self.references) == 1 and not self.vector and not any(self.tokens)


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
        self._literals, self._slots, self._marks = literals, slots, marks
        self._bounded = tuple(field in upper for field in layout.fields)
        self._guards = layout.guards
        self._limit = layout.pack({field: upper.get(field, LARGEST) for field in layout.fields}) + self._guards
        self.forms = tuple(tuple(map(self._form, rule.alternatives)) for rule in specification.rules)
        self._uses: dict[int, list[tuple[int, int]]] = {}
        for rule, forms in enumerate(self.forms):
            for number, form in enumerate(forms):
                for reference in set(form.references):
                    self._uses.setdefault(reference, []).append((rule, number))
        self.counts: tuple[dict[int, int], ...] = tuple({} for _ in specification.rules)
        self._sorted: dict[int, list[int]] = {}
        self._choices: dict[State, Choices] = {}
        self._offsets: dict[State, dict[tuple[int, int], int]] = {}
        self._fill(sum(upper[field] for field in layout.fields if field in upper), upper)

    def count(self, state: State) -> int:
        """Count the skeletons of a state; 0 when there are none."""
        return self.counts[state[0]].get(state[1], 0)

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

    def uses(self, rule: int) -> Sequence[tuple[int, int]]:
        """List the (rule, alternative) that refer to a rule."""
        return self._uses.get(rule, ())

    def _form(self, alternative: Alternative) -> Form:
        vector, runs, references = self._marks.get(alternative.weight, 0), [[]], []  # type: ignore[var-annotated]
        for item in alternative.items:
            match item:
                case Literal(index):
                    vector += self._literals[index]
                    runs[-1].append(index)
                case Slot(language):
                    vector += self._slots[language]
                    runs[-1].append(-1 - language)
                case Reference(rule):
                    references.append(rule)
                    runs.append([])
        return Form(vector, self._level(vector), tuple(map(tuple, runs)), tuple(references))

    def _level(self, vector: int) -> int:
        sizes = self.layout.unpack(vector)
        return sum(size for size, bounded in zip(sizes, self._bounded, strict=True) if bounded)

    def _fill(self, levels: int, upper: Mapping[str, int]) -> None:
        shapes = [[(form.level, form.references) for form in forms] for forms in self.forms]
        smallest = smallest_levels(shapes)
        self.order = order = evaluation_order(self.specification, shapes, smallest, upper)
        tables: list[list[dict[int, int]]] = [[] for _ in shapes]
        for level in range(levels + 1):
            for rule in order:
                fresh: dict[int, int] = {}
                for form in self.forms[rule]:
                    self._combine(form, level, tables, smallest, fresh)
                tables[rule].append(fresh)
                self.counts[rule].update(fresh)

    def _combine(
        self,
        form: Form,
        level: int,
        tables: list[list[dict[int, int]]],
        smallest: list[int | None],
        fresh: dict[int, int],
    ) -> None:
        """Add to `fresh` what one alternative writes with exactly this level."""
        rest = level - form.level
        minima = [smallest[rule] for rule in form.references]
        if rest < 0 or None in minima:
            return
        if not form.references:
            if not rest and self._fits(form.vector):
                fresh[form.vector] = fresh.get(form.vector, 0) + 1
            return
        if len(minima) == 1:
            self._multiply(form.vector, tables[form.references[0]][rest], {0: 1}, fresh)
            return
        first, second = form.references
        for share in range(minima[0] or 0, rest - (minima[1] or 0) + 1):
            self._multiply(form.vector, tables[first][share], tables[second][rest - share], fresh)

    def _multiply(self, vector: int, first: dict[int, int], second: dict[int, int], fresh: dict[int, int]) -> None:
        for one, ways in first.items():
            for other, more in second.items():
                total = vector + one + other
                if self._fits(total):
                    fresh[total] = fresh.get(total, 0) + ways * more

    def _fits(self, vector: int) -> bool:
        return (self._limit - vector) & self._guards == self._guards

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
        rest = vector - form.vector
        if not form.references:
            return [] if rest else [Choice(1, 1, form.tokens[0])]
        first = form.references[0]
        counts = self.counts[first]
        if len(form.references) == 1:
            ways = counts.get(rest, 0)
            return [Choice(ways, 1, form.tokens[0], (first, rest), form.tokens[1])] if ways else []
        second, choices = form.references[1], []
        for share in self.vectors(first):
            if share > rest:
                break
            seconds = self.counts[second].get(rest - share, 0)
            if seconds:
                states = (first, share), (second, rest - share)
                before, between, after = form.tokens
                choices.append(Choice(counts[share] * seconds, seconds, before, states[0], between, states[1], after))
        return choices

    def vectors(self, rule: int) -> list[int]:
        """List the size vectors that a rule can write, in lexicographic order."""
        found = self._sorted.get(rule)
        if found is None:
            found = self._sorted[rule] = sorted(self.counts[rule])
        return found
