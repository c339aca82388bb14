"""All derivations of an expression at once: a chart over its characters that keeps the least number of every part.

It serves every grammar, ambiguous ones included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exprlearn.grammar.languages import Language
from exprlearn.sampling.counting.chart import CountChart

Fillers = tuple[tuple[int, int], ...]
"""(language, index in it) of every number, from left to right."""

Read = tuple[Fillers, int]
"""The least numbers of a run of tokens, and in how many ways it is read."""

Found = dict[int, tuple[int, Fillers, int]]
"""By packed size vector: the least skeleton number, its fillers, and in how many ways."""


# No tokens at all, read in one way.
_NOTHING: Read = ((), 1)


class TooManyDerivations(Exception):
    """A text has more derivations than there is time for."""


def derive(chart: CountChart, lattice: Lattice, steps: int | None = None) -> Found:
    """Find every derivation of a text from the start rule, by size vector.

    `TooManyDerivations` says that it took more than `steps`, of which one takes about a microsecond.
    """
    return _Deriver(chart, lattice, steps).run()


class _Deriver:
    def __init__(self, chart: CountChart, lattice: Lattice, steps: int | None) -> None:
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
                    for end, (fillers, ways) in self.tokens(form.runs[0], start).items():
                        self.add(rule, number, end, form.vector, 0, (0, 0, fillers, ways))
                elif form.runs[0]:
                    for position, before in self.tokens(form.runs[0], start).items():
                        for middle, found in self.done[position].get(form.references[0], {}).items():
                            self.after_first(start, rule, number, before, middle, found)

    def extend(self, start: int, rule: int, end: int, found: Found) -> None:
        """Use a complete part in the alternatives that begin with it, alone or behind something empty."""
        for parent, number in self.chart.uses(rule):
            form = self.chart.forms[parent][number]
            if form.references[0] == rule and not form.runs[0]:
                self.after_first(start, parent, number, _NOTHING, end, found)
            if len(form.references) == 2 and form.references[1] == rule and not form.runs[0] + form.runs[1]:
                empty = self.done[start].get(form.references[0], {}).get(start)
                if empty and (end > start or form.references[0] != rule):
                    self.after_second(parent, number, empty, end, found)

    def after_first(self, start: int, rule: int, number: int, before: Read, middle: int, found: Found) -> None:
        form = self.chart.forms[rule][number]
        for position, after in self.tokens(form.runs[1], middle).items():
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
        for position, (after, after_ways) in self.tokens(form.runs[2], end).items():
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
            raise TooManyDerivations

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


@dataclass(frozen=True, slots=True)
class Lattice:
    """All tokens of a text: `edges[position]` lists (token, end); positions count characters.

    Tokens are a literal's index, or ``-1 - language`` for a number.
    """

    text: str
    edges: tuple[tuple[tuple[int, int], ...], ...]


class Lexer:
    """Finds the tokens of a specification in texts.

    Args:
        literals: the fixed texts.
        languages: the number languages.
        whole_numbers: take digits that stand together as one number; else every beginning of them is tried.
    """

    def __init__(self, literals: Sequence[str], languages: Sequence[Language], whole_numbers: bool = True) -> None:
        self._languages, self._whole = tuple(languages), whole_numbers
        self._by_character: dict[str, list[tuple[int, str]]] = {}
        for index, text in enumerate(literals):
            self._by_character.setdefault(text[0], []).append((index, text))
        self._longest = max((language.longest for language in languages), default=0)

    def lattice(self, text: str) -> Lattice:
        """Cut a text in every way.

        >>> from exprlearn.grammar.languages import IntegerRange
        >>> Lexer(("+",), [IntegerRange("NUMBER", 0, 99)]).lattice("12+7").edges
        (((-1, 2),), (), ((0, 3),), ((-1, 4),), ())
        """
        edges: list[tuple[tuple[int, int], ...]] = [()] * (len(text) + 1)
        reached = {0}
        for position in range(len(text)):
            if position in reached:
                edges[position] = tuple(self._tokens(text, position))
                reached.update(end for _, end in edges[position])
        return Lattice(text, tuple(edges))

    def _tokens(self, text: str, start: int) -> list[tuple[int, int]]:
        found = [
            (index, start + len(literal))
            for index, literal in self._by_character.get(text[start], ())
            if text.startswith(literal, start)
        ]
        for end in self._number_ends(text, start):
            number = text[start:end]
            found += [(-1 - index, end) for index, language in enumerate(self._languages) if number in language]
        return found

    def _number_ends(self, text: str, start: int) -> Sequence[int]:
        end = start
        while end < len(text) and "0" <= text[end] <= "9":
            end += 1
        if self._whole or end == start:
            return (end,) if end > start else ()
        return range(start + 1, min(end, start + self._longest) + 1)
