"""All derivations of an expression at once: a chart over its characters that keeps the least number of every part.

It serves every grammar, ambiguous ones included, and is the reference for the faster reader of unambiguous ones.
"""

from __future__ import annotations

from exprlearn.sampling.counting import Chart
from exprlearn.sampling.lexing import Lattice

Fillers = tuple[tuple[int, int], ...]
"""(language, index in it) of every number, from left to right."""

Read = tuple[Fillers, int]
"""The least numbers of a run of tokens, and in how many ways it is read."""

Found = dict[int, tuple[int, Fillers, int]]
"""By packed size vector: the least skeleton number, its fillers, and in how many ways."""


# No tokens at all, read in one way.
_NOTHING: Read = ((), 1)


class TooManySteps(Exception):
    """A text has more derivations than there is time for."""


def derive(chart: Chart, lattice: Lattice, steps: int | None = None) -> Found:
    """Find every derivation of a text from the start rule, by size vector.

    Raises:
        TooManySteps: that took more than `steps`, of which one takes about a microsecond.
    """
    return _Deriver(chart, lattice, steps).run()


class _Deriver:
    def __init__(self, chart: Chart, lattice: Lattice, steps: int | None) -> None:
        self.chart, self.lattice, self.left = chart, lattice, float("inf") if steps is None else steps
        self.last = len(lattice.text)
        # done[position][rule][end]: what is complete
        self.done: list[dict[int, dict[int, Found]]] = [{} for _ in range(self.last + 1)]
        self.buckets: dict[int, dict[int, Found]] = {}

    def run(self) -> Found:
        for start in range(self.last, -1, -1):
            if self.lattice.edges[start] or start == self.last:
                self.fill(start)
        return self.done[0].get(self.chart.specification.start, {}).get(self.last, {})

    def fill(self, start: int) -> None:
        """Complete everything that begins at a position, shorter parts first."""
        self.buckets = {}
        self.begin(start)
        for end in range(start, self.last + 1):
            bucket = self.buckets.setdefault(end, {})
            for rule in self.chart.order:
                if rule in bucket:
                    found = bucket.pop(rule)
                    self.done[start].setdefault(rule, {})[end] = found
                    self.extend(start, rule, end, found)
            del self.buckets[end]

    def begin(self, start: int) -> None:
        """Enter alternatives that write something of their own before any reference."""
        for rule, forms in enumerate(self.chart.forms):
            self.spend(1 + len(forms))
            for number, form in enumerate(forms):
                if not form.references:
                    for end, (fillers, ways) in self.tokens(form.tokens[0], start).items():
                        self.add(rule, number, end, form.vector, 0, (0, 0, fillers, ways))
                elif form.tokens[0]:
                    for position, before in self.tokens(form.tokens[0], start).items():
                        for middle, found in self.done[position].get(form.references[0], {}).items():
                            self.after_first(start, rule, number, before, middle, found)

    def extend(self, start: int, rule: int, end: int, found: Found) -> None:
        """Use a complete part in the alternatives that begin with it, alone or behind something empty."""
        for parent, number in self.chart.uses(rule):
            form = self.chart.forms[parent][number]
            if form.references[0] == rule and not form.tokens[0]:
                self.after_first(start, parent, number, _NOTHING, end, found)
            if len(form.references) == 2 and form.references[1] == rule and not form.tokens[0] + form.tokens[1]:
                empty = self.done[start].get(form.references[0], {}).get(start)
                if empty and (end > start or form.references[0] != rule):
                    self.after_second(parent, number, empty, end, found)

    def after_first(self, start: int, rule: int, number: int, before: Read, middle: int, found: Found) -> None:
        form = self.chart.forms[rule][number]
        for position, after in self.tokens(form.tokens[1], middle).items():
            self.spend(len(found))
            first = _between(before, found, after)
            if len(form.references) == 1:
                for vector, (index, texts, ways) in first.items():
                    self.add(rule, number, position, form.vector + vector, vector, (index, 0, texts, ways))
                continue
            for end, second in self.done[position].get(form.references[1], {}).items():
                if position > start or end == start:
                    self.after_second(rule, number, first, end, second)

    def after_second(self, rule: int, number: int, first: Found, end: int, second: Found) -> None:
        form = self.chart.forms[rule][number]
        for position, (after, after_ways) in self.tokens(form.tokens[2], end).items():
            for one, (index, texts, ways) in first.items():
                for two, (other, others, more_ways) in second.items():
                    value = index, other, texts + others + after, ways * more_ways * after_ways
                    self.add(rule, number, position, form.vector + one + two, one, value)

    def add(
        self, rule: int, number: int, end: int, vector: int, first: int, value: tuple[int, int, Fillers, int]
    ) -> None:
        """Enter one derivation; keep the least and count all."""
        self.spend(3)
        offset = self.chart.offsets((rule, vector)).get((number, first))
        if offset is None:
            return
        one, two, fillers, ways = value
        form = self.chart.forms[rule][number]
        if len(form.references) == 2:
            one = one * self.chart.count((form.references[1], vector - form.vector - first)) + two
        found = self.buckets.setdefault(end, {}).setdefault(rule, {})
        best = found.get(vector)
        index = offset + one
        if best is None:
            found[vector] = index, fillers, ways
        else:
            found[vector] = (*min(best[:2], (index, fillers)), best[2] + ways)

    def spend(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise TooManySteps

    def tokens(self, tokens: tuple[int, ...], start: int) -> dict[int, Read]:
        """Where a run of tokens may end, what its numbers are at least, and in how many ways it is read.

        Each token keeps one entry a position, so that many numbers in a row do not multiply.
        """
        found: dict[int, Read] = {start: _NOTHING}
        for wanted in tokens:
            longer: dict[int, Read] = {}
            for position, (fillers, ways) in found.items():
                edges = [end for token, end in self.lattice.edges[position] if token == wanted]
                self.spend(1 + len(edges))
                for end in edges:
                    read = fillers + self.number(wanted, position, end)
                    least, others = longer.get(end, (read, 0))
                    longer[end] = min(least, read), others + ways
            found = longer
        return found

    def number(self, token: int, start: int, end: int) -> Fillers:
        if token >= 0:
            return ()
        language = -1 - token
        return ((language, self.chart.specification.languages[language].index(self.lattice.text[start:end])),)


def _between(before: Read, found: Found, after: Read) -> Found:
    """Put tokens around a complete part."""
    if before is after is _NOTHING:
        return found
    (left, left_ways), (right, right_ways) = before, after
    return {
        vector: (index, left + fillers + right, left_ways * ways * right_ways)
        for vector, (index, fillers, ways) in found.items()
    }
