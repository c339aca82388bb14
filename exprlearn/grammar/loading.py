"""Load a grammar from a file, by shipped name, or from text."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path

from lark import Lark
from lark.exceptions import LarkError, LexError
from lark.lexer import TerminalDef
from lark.load_grammar import Grammar as Notation
from lark.load_grammar import load_grammar as load_notation

from exprlearn.errors import GrammarError
from exprlearn.grammar.faults import GrammarText
from exprlearn.grammar.lark_work import TooManySteps, find_conflicts, lark_own_terminals, refuse_explosion
from exprlearn.grammar.limits import LONGEST_TEXT, refuse_depth, refuse_endless_imports, refuse_size
from exprlearn.grammar.pragmas import Pragmas, read_pragmas
from exprlearn.grammar.shipped import shipped_names, shipped_text

START = "start"

_FAILURES = (LarkError, OSError, ValueError, TypeError, AssertionError, ImportError, OverflowError, RecursionError)
"""What lark raises about a grammar that it cannot read."""


@dataclass(frozen=True)
class Grammar:
    """A grammar that lark has accepted; `path` is None for text and for shipped grammars."""

    name: str
    text: str
    path: Path | None = None

    @cached_property
    def digest(self) -> str:
        """The sha256 of the text, in hexadecimal: grammars with the same one draw the same expressions."""
        return sha256(self.text.encode()).hexdigest()

    @property
    def start(self) -> str:
        """The rule that writes whole expressions."""
        return START

    @property
    def location(self) -> str:
        """The path or name, for messages."""
        return str(self.path or self.name)

    @property
    def source(self) -> GrammarText:
        """The text with its location, which errors about it show."""
        return GrammarText(self.text, self.location)

    @cached_property
    def pragmas(self) -> Pragmas:
        """What the comments say about sizes, ranges and weights; raises as `read_pragmas` does."""
        return read_pragmas(self.text, self.location)

    @cached_property
    def notation(self) -> Notation:
        """The definitions as they are written, imports resolved: lark's trees of alternatives and repetitions."""
        name = str(self.path or f"<{self.name}>")
        try:
            # Lark's parser of grammars is built when the first one is read.
            with lark_own_terminals():
                notation: Notation = load_notation(self.text, name, [], False)[0]  # type: ignore[no-untyped-call]
        except _FAILURES as error:
            raise self.source.translate(error) from error
        refuse_depth(notation, self.source)
        return notation

    @cached_property
    def terminals(self) -> tuple[TerminalDef, ...]:
        """The terminals that lark makes of the text; a `GrammarError` where it is not LALR(1)."""
        refuse_explosion(self.notation, self.source)
        try:
            terminals, rules, _ = self.notation.compile([START], set())
            for terminal in terminals:
                _try_pattern(terminal)
            find_conflicts(rules, START)
        except TooManySteps:
            message = "this grammar is too large: write it with fewer rules, and with repetitions such as (OP N)*"
            raise GrammarError(message, path=self.location) from None
        except _FAILURES as error:
            raise self.source.translate(error) from error
        return tuple(terminals)

    @cached_property
    def lark(self) -> Lark:
        """The parser that lark builds from the very same text; nothing else needs it."""
        _ = self.terminals
        try:
            return Lark(
                self.text, parser="lalr", start=START, maybe_placeholders=False, source_path=str(self.path or "")
            )
        except _FAILURES as error:
            raise self.source.translate(error) from error


def _try_pattern(terminal: TerminalDef) -> None:
    """Refuse a terminal that lark's lexer would refuse."""
    with warnings.catch_warnings():
        # `[+--]` means today what it says, whatever a later Python may make of it.
        warnings.simplefilter("ignore", FutureWarning)
        try:
            re.compile(terminal.pattern.to_regexp())
        except re.error as error:
            raise LexError(f"Cannot compile token {terminal.name}: {error}") from error
        if terminal.pattern.min_width == 0:
            raise LexError(f"Terminal {terminal.name} can be empty, which is not allowed")


def load_grammar(reference: str | Path, shipped: Mapping[str, Callable[[], str]] | None = None) -> Grammar:
    """Load a grammar from a file or by name; a `GrammarError` when there is none, or lark cannot load it.

    `shipped` has the names and what reads their text; None is the grammars that come with exprlearn.

    >>> load_grammar("addition").name
    'addition'
    """
    path = Path(reference)
    if path.is_file():
        return _from_file(path)
    texts = {name: partial(shipped_text, name) for name in shipped_names()} if shipped is None else shipped
    if isinstance(reference, str) and reference in texts:
        return grammar_from_text(texts[reference](), name=reference)
    raise _missing(str(reference), tuple(texts))


def grammar_from_text(text: str, name: str = "grammar") -> Grammar:
    """Load a grammar from its text; what lark or the pragmas refuse is a `GrammarError` with line and column.

    >>> grammar_from_text('start: NUMBER "+" NUMBER\\nNUMBER: /[1-9]/').lark.parse("1+2").data
    Token('RULE', 'start')
    """
    return _checked(Grammar(name, text.removeprefix("\ufeff")))


def _from_file(path: Path) -> Grammar:
    try:
        # A byte is at least a quarter of a character.
        if path.stat().st_size > 4 * LONGEST_TEXT:
            raise GrammarError(f"this file is too large for a grammar: {LONGEST_TEXT} characters at most", path=path)
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise GrammarError(f"this file cannot be read as text: {error}", path=path) from error
    return _checked(Grammar(path.stem, text, path))


def _checked(grammar: Grammar) -> Grammar:
    refuse_size(grammar.source)
    refuse_endless_imports(grammar.text, grammar.path)
    rules = [str(name) for name, *_ in grammar.notation.rule_defs]
    for name, _, tree, _ in grammar.notation.rule_defs:
        if tree is None:
            message = f"rule {name} is declared without a definition: write {name}: and what it stands for"
            raise grammar.source.fault(message, name)
    if START not in rules:
        listed = ", ".join(rules) or "no rules at all"
        raise GrammarError(
            f"no rule is called {START!r}, where expressions begin; there are {listed}", path=grammar.location
        )
    # What lark or the pragma reader refuse is refused here, not at its first use.
    _ = grammar.terminals, grammar.pragmas
    return grammar


def _missing(reference: str, names: tuple[str, ...]) -> GrammarError:
    name = Path(reference).stem
    near = get_close_matches(name, names, n=1)
    meant = f"did you mean {near[0]!r}? " if near else ""
    is_path = reference.endswith(".lark") or "/" in reference
    lacking = f"there is no file {reference}" if is_path else f"no grammar is called {reference!r}"
    return GrammarError(
        f"{lacking}: {meant}shipped grammars are {', '.join(names)}; any other is a path to a .lark file"
    )
