"""A growing table of rules: groups and repetitions become rules, alternatives are cut to two references."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from exprlearn.grammar.specification import Alternative, Item, Literal, Reference, Rule

MOST_ITEMS = 20_000
"""Items of all alternatives together, once repetitions are written out."""


class TooManyItems(Exception):
    """Repetitions or choices that are too large to be written out; `rule` is where they stand."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


class RuleTable:
    """Rules by number, in the order in which they were reserved."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._rules: dict[int, tuple[Alternative, ...]] = {}
        self._groups: dict[tuple[Alternative, ...], Reference] = {}
        self._tails: dict[tuple[Item, ...], Reference] = {}
        self._left = MOST_ITEMS

    def rules(self, literals: Sequence[str]) -> tuple[Rule, ...]:
        """Finish the table: tell how deep brackets nest inside each alternative, and cut it to two references."""
        for number in range(len(self._names)):
            nested = [_nest(alternative, literals) for alternative in self._rules[number]]
            self._rules[number] = tuple(nested)
        for number in range(len(self._names)):
            self._rules[number] = tuple(self._cut(self._names[number], each) for each in self._rules[number])
        return tuple(Rule(name, self._rules[number]) for number, name in enumerate(self._names))

    def reserve(self, name: str) -> int:
        """Take the next number for a rule that is defined later."""
        self._spend(name, 1)
        self._names.append(name)
        return len(self._names) - 1

    def define(self, number: int, alternatives: Sequence[Alternative]) -> None:
        """Define a rule; an alternative that says the same as an earlier one is dropped, as lark does."""
        kept: dict[tuple[Item, ...], Alternative] = {}
        for alternative in alternatives:
            kept.setdefault(alternative.items, alternative)
        self._spend(self._names[number], sum(1 + len(items) for items in kept))
        self._rules[number] = tuple(kept.values())

    def group(self, name: str, choices: Sequence[tuple[Item, ...]]) -> Reference:
        """Give the rule that chooses between sequences; equal choices share one rule."""
        key = tuple(Alternative(items) for items in choices)
        if key not in self._groups:
            self._groups[key] = Reference(self.reserve(name))
            self.define(self._groups[key].rule, key)
        return self._groups[key]

    def repeat(self, name: str, items: tuple[Item, ...], least: int, most: int | None) -> tuple[Item, ...]:
        """Write items `least` to `most` times, fewer first; None is without end."""
        if len(items) * max(least, most or 0) > MOST_ITEMS:
            raise TooManyItems(name)
        if most is None:
            return items * least + (self._endless(name, items),)
        tail: tuple[Item, ...] = ()
        for _ in range(most - least):
            tail = (self.group(name, [(), items + tail]),)
        return items * least + tail

    def single(self, name: str, items: tuple[Item, ...]) -> Item:
        """Give one item for a sequence."""
        return items[0] if len(items) == 1 else self.group(name, [items])

    def _spend(self, name: str, items: int) -> None:
        self._left -= items
        if self._left < 0:
            raise TooManyItems(name)

    def _endless(self, name: str, items: tuple[Item, ...]) -> Reference:
        # Left recursion: what follows the repetition may begin like one more round of it.
        marker = (Alternative(items, name="*"),)
        if marker not in self._groups:
            reference = self._groups[marker] = Reference(self.reserve(name))
            self.define(reference.rule, [Alternative(()), Alternative((reference, *items))])
        return self._groups[marker]

    def _cut(self, name: str, alternative: Alternative) -> Alternative:
        return replace(alternative, items=self._pair(name, alternative.items))

    def _pair(self, name: str, items: tuple[Item, ...]) -> tuple[Item, ...]:
        places = [place for place, item in enumerate(items) if isinstance(item, Reference)]
        for place in reversed(places[1:-1]):
            items = (*items[:place], self._tail(name, items[place:]))
        return items

    def _tail(self, name: str, items: tuple[Item, ...]) -> Reference:
        if items not in self._tails:
            number = self.reserve(name)
            self._rules[number] = (Alternative(items),)
            self._tails[items] = Reference(number)
        return self._tails[items]


def _nest(alternative: Alternative, literals: Sequence[str]) -> Alternative:
    """Tell references how many brackets stand open around them."""
    level = deepest = 0
    items: list[Item] = []
    for item in alternative.items:
        if isinstance(item, Literal):
            text = literals[item.index]
            level += text.count("(") - text.count(")")
            deepest = max(deepest, level)
        items.append(replace(item, nesting=level) if isinstance(item, Reference) else item)
    return replace(alternative, items=tuple(items), nesting=deepest, balance=level)
