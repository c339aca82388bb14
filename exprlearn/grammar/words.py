"""Collect the literals and the number languages that a grammar writes with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from lark import Tree
from lark.lexer import Pattern
from lark.load_grammar import PrepareLiterals

from exprlearn.errors import GrammarError, suggest
from exprlearn.grammar.automaton import read_pattern
from exprlearn.grammar.faults import Unbounded
from exprlearn.grammar.languages import Language
from exprlearn.grammar.limits import refuse_control_characters
from exprlearn.grammar.loading import Grammar
from exprlearn.grammar.pragmas import DecimalRange, Range
from exprlearn.grammar.specification import Literal, Slot
from exprlearn.grammar.terminals import decimal_languages, fixed_texts, number_language

Written = tuple[tuple[Literal | Slot, ...], ...]
"""What a terminal stands for: a choice of fixed texts, of number languages (one, unless split by length), or of
decimals, each a number, a point and digits."""

MOST_LITERALS, LONGEST_LITERAL, MOST_LANGUAGES = 256, 200, 64
"""Fixed texts, their characters, and number languages of a grammar."""

_PARTS = re.compile("[0-9]+|[^0-9]+")


class Words:
    """The terminals of one grammar, each read once; the settings are those of `compile_grammar`.

    `everywhere` is the smallest and the largest number of the terminals that `ranges` does not name.
    """

    def __init__(
        self,
        grammar: Grammar,
        ranges: Mapping[str, Range],
        everywhere: Range | None,
        longest: int | None,
        by_length: bool,
    ) -> None:
        self._grammar, self._ranges, self._everywhere = grammar, ranges, everywhere
        self._longest, self._by_length = longest, by_length
        self._terminals = {str(terminal.name): terminal for terminal in grammar.terminals}
        self._choices = {str(name): _plain_texts(tree) for name, (tree, _) in grammar.notation.term_defs}
        self._literals: dict[str, Literal] = {}
        self._languages: dict[Language, Slot] = {}
        self._used: set[str] = set()
        self.unbounded: list[str] = []

    @property
    def literals(self) -> tuple[str, ...]:
        """Every fixed text, in the order of first use."""
        return tuple(self._literals)

    @property
    def languages(self) -> tuple[Language, ...]:
        """Every number language, in the order of first use."""
        return tuple(self._languages)

    def named(self, name: str) -> Written:
        """Read a terminal that the grammar gives a name."""
        self._used.add(name)
        texts = self._choices.get(name)
        if texts and not any(map(_has_digit, texts)) and name not in self._ranges:
            return tuple((self._literal(text),) for text in texts)
        if name not in self._terminals:
            message = f"terminal {name} is declared without a pattern: it cannot be drawn"
            raise self._grammar.source.fault(message, name)
        return self._read(name, self._terminals[name].pattern.to_regexp(), self._everywhere)

    def anonymous(self, tree: Tree[Any]) -> tuple[Written, ...]:
        """Read a string, a range of characters or a regular expression that stands in a rule.

        A string such as ``"+10*"`` is three: a sign, a number and a sign.
        """
        pattern: Pattern = PrepareLiterals().transform(tree).children[0]
        if pattern.type != "str":
            return (self._read(pattern.raw or pattern.value, pattern.to_regexp(), None),)
        # A sign in any case ("plus"i) is written in one way: as it stands there.
        parts = _PARTS.findall(pattern.value)
        return tuple(
            self._read(f'"{part}"', part, None) if _has_digit(part) else ((self._literal(part),),) for part in parts
        )

    def check_ranges(self) -> None:
        """Refuse ranges of terminals that the grammar does not draw from."""
        for name in self._ranges:
            if name not in self._used:
                hint = suggest(name, sorted(self._used))
                raise GrammarError(f"range of {name!r}, which no expression holds: {hint}", path=self._grammar.location)

    def _read(self, name: str, pattern: str, bounds: Range | None) -> Written:
        try:
            automaton = read_pattern(name, pattern)
            texts = None if name in self._ranges else fixed_texts(automaton)
            if texts is not None:
                return tuple((self._literal(text),) for text in texts)
            asked = self._ranges.get(name, bounds)
            if isinstance(asked, DecimalRange):
                return self._decimals(decimal_languages(automaton, asked))
            language = number_language(automaton, asked, self._longest)
        except Unbounded as error:
            self.unbounded.append(str(self._grammar.source.fault(error.reasons[0], name)))
            language = number_language(automaton, longest=1)
        except GrammarError as error:
            raise self._grammar.source.fault(str(error), name) from None
        return tuple((slot,) for slot in self._slots(language))

    def _decimals(self, pairs: Sequence[tuple[Language, Language]]) -> Written:
        point = self._literal(".")
        sides = [(self._slots(whole), self._slots(behind)) for whole, behind in pairs]
        return tuple((one, point, other) for first, second in sides for one in first for other in second)

    def _slots(self, language: Language) -> tuple[Slot, ...]:
        parts = language.by_length() if self._by_length else (language,)
        slots = tuple([self._languages.setdefault(part, Slot(len(self._languages))) for part in parts])
        if len(self._languages) > MOST_LANGUAGES:
            raise GrammarError(
                f"this grammar writes numbers of {len(self._languages)} different kinds: {MOST_LANGUAGES} at most;"
                f" let more rules share a terminal",
                path=self._grammar.location,
            )
        return slots

    def _literal(self, text: str) -> Literal:
        if text not in self._literals:
            refuse_control_characters(text, self._grammar.location)
            if len(self._literals) >= MOST_LITERALS or len(text) > LONGEST_LITERAL:
                raise GrammarError(
                    f"this grammar writes too many or too long fixed texts: {MOST_LITERALS} different ones of"
                    f" {LONGEST_LITERAL} characters are the most; numbers are written by a terminal such as"
                    f" /0|[1-9][0-9]*/",
                    path=self._grammar.location,
                )
        return self._literals.setdefault(text, Literal(len(self._literals)))


def _has_digit(text: str) -> bool:
    return any(character in "0123456789" for character in text)


def _plain_texts(tree: Tree[Any] | None) -> tuple[str, ...]:
    """The texts of a terminal that is a choice of strings, in the order of the file; else nothing."""
    if tree is None or tree.data != "expansions":
        return ()
    texts: list[str] = []
    for child in tree.children:
        match child:
            case Tree(data="expansion", children=[Tree(data="value", children=[Tree(data="literal") as literal])]):
                pattern: Pattern = PrepareLiterals().transform(literal).children[0]
                if pattern.type != "str":
                    return ()
                texts.append(pattern.value)
            case _:
                return ()
    return tuple(dict.fromkeys(texts))
