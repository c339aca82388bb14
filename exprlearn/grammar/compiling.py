"""From lark's trees of a grammar file to a `Specification`.

The trees keep the alternatives of the file one to one. The rules that lark compiles do not: it multiplies groups and
options out and drops what comes out twice, so that counts and weights on them would be about other things.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from lark import Token, Tree
from lark.grammar import Symbol, Terminal

from exprlearn.errors import GrammarError, suggest
from exprlearn.grammar.faults import Unbounded
from exprlearn.grammar.lark_work import explosion_message
from exprlearn.grammar.loading import Grammar
from exprlearn.grammar.pragmas import Range
from exprlearn.grammar.specification import Alternative, Item, Literal, Reference, Rule, Specification
from exprlearn.grammar.words import Words, Written

MOST_ITEMS = 20_000
"""Items of all alternatives together, once repetitions are written out."""

Scope = Mapping[str, Item]
"""What the parameters of a template stand for."""


def compile_grammar(
    grammar: Grammar,
    *,
    ranges: Mapping[str, Range] | Range | None = None,
    weights: Mapping[str, Fraction] | None = None,
    longest: int | None = None,
    by_length: bool = False,
) -> Specification:
    """Compile a grammar into rules whose expressions can be counted.

    A terminal without a finite language, and an unknown name in `ranges` or `weights`, is a `GrammarError`.

    Args:
        grammar: as it was loaded.
        ranges: smallest and largest number by terminal, or of all of them; what is not named follows the pragmas.
        weights: weights by alias or ``rule[index]``; what is not named follows the pragmas.
        longest: the most digits to draw from a terminal that has no longest text and no range.
        by_length: split number languages so that each writes texts of one length.

    >>> from exprlearn.grammar.loading import load_grammar
    >>> specification = compile_grammar(load_grammar("addition"))
    >>> specification.literals, specification.languages
    (('+',), (IntegerRange(name='NUMBER', lowest=0, highest=999),))
    """
    everywhere = ranges if isinstance(ranges, tuple) else None
    named: Mapping[str, Range] = {} if isinstance(ranges, tuple) else {**grammar.pragmas.ranges, **(ranges or {})}
    words = Words(grammar, named, everywhere, longest, by_length)
    compiler = _Compiler(grammar, words, weights or {})
    try:
        compiler.compile()
    except TooManyItems as error:
        raise grammar.source.fault(explosion_message(error.rule, 0), error.rule) from None
    words.check_ranges()
    compiler.check_weights()
    if words.unbounded:
        raise Unbounded(words.unbounded, ["range"])
    return Specification(0, compiler.table.rules(words.literals), words.literals, words.languages)


class _Compiler:
    def __init__(self, grammar: Grammar, words: Words, weights: Mapping[str, Fraction]) -> None:
        self.grammar, self.words, self.weights = grammar, words, weights
        self.bodies = {str(name): (params, tree) for name, params, tree, _ in grammar.notation.rule_defs}
        self.table = RuleTable()
        self.numbers: dict[tuple[str, tuple[Item, ...]], int] = {}
        self.waiting: list[tuple[int, str, Scope]] = []
        self.names: set[str] = set()

    def compile(self) -> None:
        """Compile what the start rule reaches, breadth first, so that literals are listed in reading order."""
        self.rule(self.grammar.start, ())
        for number, name, scope in self.waiting:
            children = enumerate(_alternatives(self.bodies[name][1]))
            self.table.define(number, [self.alternative(name, *each, scope) for each in children])

    def check_weights(self) -> None:
        """Refuse weights of alternatives that the start rule does not reach."""
        for name in self.weights:
            if name not in self.names:
                hint = suggest(name, sorted(self.names))
                raise GrammarError(f"no alternative is called {name!r}: {hint}", path=self.grammar.location)

    def rule(self, name: str, arguments: tuple[Item, ...]) -> Reference:
        """Refer to a rule, or to a template with its arguments."""
        key = name, arguments
        if key not in self.numbers:
            scope = dict(zip(map(str, self.bodies[name][0]), arguments, strict=True))
            self.numbers[key] = self.table.reserve(name)
            self.waiting.append((self.numbers[key], name, scope))
        return Reference(self.numbers[key])

    def alternative(self, rule: str, index: int, tree: Any, scope: Scope) -> Alternative:
        name = numbered = f"{rule}[{index}]"
        if tree.data == "alias":
            tree, name = tree.children[0], str(tree.children[1].name)
        self.names |= {name, numbered}
        stated = self.grammar.pragmas.weights.get((rule, index), Fraction(1))
        weight = self.weights.get(numbered, self.weights.get(name, stated))
        return Alternative(self.part(rule, tree, scope), name, weight)

    def part(self, rule: str, tree: Any, scope: Scope) -> tuple[Item, ...]:
        if isinstance(tree, Symbol):
            return (self.symbol(rule, tree, scope),)
        match tree.data:
            case "value":
                return self.part(rule, tree.children[0], scope)
            case "literal" | "range":
                return tuple(self.word(rule, written) for written in self.words.anonymous(tree))
            case "expansion":
                return tuple(item for child in tree.children for item in self.part(rule, child, scope))
            case "expansions":
                choices = [self.part(rule, child, scope) for child in tree.children]
                return choices[0] if len(choices) == 1 else (self.table.group(rule, choices),)
            case "maybe":
                return self.table.repeat(rule, self.part(rule, tree.children[0], scope), 0, 1)
            case "expr":
                inner, sign, *numbers = tree.children
                return self.table.repeat(rule, self.part(rule, inner, scope), *_times(sign, numbers))
            case "template_usage":
                name, *arguments = tree.children
                items = [self.table.single(rule, self.part(rule, each, scope)) for each in arguments]
                return (self.rule(str(name.name), tuple(items)),)
        message = f"rule {rule!r} holds a form that cannot be counted: {tree.data}"
        raise self.grammar.source.fault(message, rule)

    def symbol(self, rule: str, symbol: Symbol, scope: Scope) -> Item:
        name = str(symbol.name)
        if name in scope:
            return scope[name]
        return self.word(rule, self.words.named(name)) if isinstance(symbol, Terminal) else self.rule(name, ())

    def word(self, rule: str, written: Written) -> Item:
        return written[0][0] if len(written) == len(written[0]) == 1 else self.table.group(rule, written)


def _alternatives(tree: Tree[Any]) -> list[Any]:
    """The alternatives of a definition; those of a ``%extend``, which lark keeps as a tree of their own, come last."""
    if tree.data != "expansions":
        return [tree]
    added = [child for child in tree.children if isinstance(child, Tree) and child.data == "expansions"]
    own = [child for child in tree.children if child not in added]
    return [*own, *(alternative for child in added for alternative in _alternatives(child))]


def _times(sign: Token, numbers: Sequence[Token]) -> tuple[int, int | None]:
    if sign == "~":
        return int(numbers[0]), int(numbers[-1])
    return {"?": (0, 1), "*": (0, None), "+": (1, None)}[str(sign)]


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
        for number, alternatives in self._rules.items():
            self._rules[number] = tuple(_nest(each, literals) for each in alternatives)
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
        """Leave two references: `a b c d` becomes `a rest`, with `rest: b rest2` and `rest2: c d`."""
        items = alternative.items
        indices = [index for index, item in enumerate(items) if isinstance(item, Reference)]
        for index in reversed(indices[1:-1]):
            items = (*items[:index], self._tail(name, items[index:]))
        return replace(alternative, items=items)

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
