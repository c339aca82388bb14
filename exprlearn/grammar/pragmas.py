"""Pragmas: sizes, number ranges and weights that a grammar states in its comments, where lark does not see them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import NamedTuple

from lark import Lark, Token, Tree
from lark.exceptions import LarkError

from exprlearn.errors import GrammarError, suggest
from exprlearn.grammar.faults import GrammarText
from exprlearn.grammar.lark_work import lark_own_terminals

Bounds = tuple[int, int | None]
"""A smallest and a largest number; None is without end."""

SIZES = ("terms", "brackets", "operators", "characters", "depth")

_BOUNDS = re.compile(r"([0-9]{0,1000})(\.\.)?([0-9]{0,1000})")
_DECIMALS = re.compile(r"([0-9]{1,15})\.([0-9]{1,3})\.\.([0-9]{1,15})\.([0-9]{1,3})")
_WEIGHT = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,18})?|[0-9]{1,18}/0*[1-9][0-9]{0,17}")
_MARK = re.compile(r"(?://|#)@")


@dataclass(frozen=True)
class Pragmas:
    """What the comments of a grammar say; `weights` by rule and the number of its alternative, counted from 0."""

    sizes: Mapping[str, Bounds] = field(default_factory=dict)
    ranges: Mapping[str, Range] = field(default_factory=dict)
    weights: Mapping[tuple[str, int], Fraction] = field(default_factory=dict)


def read_pragmas(text: str, path: str | Path | None = None) -> Pragmas:
    """Read the pragmas of a grammar text; a wrong one, or one that stands at nothing, is a `GrammarError`.

    >>> read_pragmas("//@ size terms=2..4\\nstart: N\\n  | N N //@ weight=1/2\\n//@ range=1..9\\nN: /[1-9]+/")
    Pragmas(sizes={'terms': (2, 4)}, ranges={'N': (1, 9)}, weights={('start', 1): Fraction(1, 2)})
    """
    definitions, remarks = read_remarks(text)
    return _Reader(definitions, GrammarText(text, path)).read(remarks)


def parse_bounds(value: str) -> Bounds:
    """Read ``2..4``, ``..4``, ``2..`` or ``3``; ValueError when it is none of these.

    >>> parse_bounds("2..4"), parse_bounds("..4"), parse_bounds("3")
    ((2, 4), (0, 4), (3, 3))
    """
    found = _BOUNDS.fullmatch(value)
    if not found or value in ("", ".."):
        raise ValueError(f"no bound: {value!r}")
    low, dots, high = found.groups()
    bounds = (int(low or 0), int(high) if high else None) if dots else (int(low), int(low))
    if bounds[1] is not None and bounds[0] > bounds[1]:
        raise ValueError(f"no bound: {value!r}")
    return bounds


class DecimalRange(NamedTuple):
    """All decimals with so many digits behind the point, from `low` to `high`, both without their points."""

    low: int
    high: int
    digits: int


Range = tuple[int, int] | DecimalRange
"""The numbers to draw: from a smallest to a largest whole number, or decimals."""


def parse_decimals(value: str) -> DecimalRange | None:
    """Read a range of decimals with as many digits behind the point at both ends; None when it is none.

    >>> parse_decimals("0.0..9.9"), parse_decimals("1..9"), parse_decimals("0.5..1.25")
    (DecimalRange(low=0, high=99, digits=1), None, None)
    """
    found = _DECIMALS.fullmatch(value)
    if not found or len(found[2]) != len(found[4]):
        return None
    low, high = int(found[1] + found[2]), int(found[3] + found[4])
    return DecimalRange(low, high, len(found[2])) if low <= high else None


def parse_weight(value: str) -> Fraction:
    """Read ``3``, ``0.5`` or ``1/3`` exactly; ValueError when it is none of these or zero.

    >>> parse_weight("0.5")
    Fraction(1, 2)
    """
    if not _WEIGHT.fullmatch(value) or not Fraction(value):
        raise ValueError(f"no weight: {value!r}")
    return Fraction(value)


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment that starts with ``@``: its text after that sign, and whether it stands behind something."""

    line: int
    column: int
    text: str
    trailing: bool


@dataclass(frozen=True, slots=True)
class Definition:
    """A rule or terminal: its first and last line, and those of each of its alternatives."""

    name: str
    is_terminal: bool
    line: int
    end_line: int
    alternatives: tuple[tuple[int, int], ...]


def read_remarks(text: str) -> tuple[tuple[Definition, ...], tuple[Remark, ...]]:
    """Find definitions and remarks, in the order of the text; one without remarks is not read at all.

    Strings that look like remarks are none, because lark's own lexer tells them apart.

    >>> _, remarks = read_remarks('//@ size terms=2\\nstart: N "//@" N\\nN: "1"  //@ range=1..1')
    >>> [(remark.line, remark.text, remark.trailing) for remark in remarks]
    [(1, 'size terms=2', False), (3, 'range=1..1', True)]
    """
    if not _MARK.search(text):
        return (), ()
    # The grammar of grammars does not know these two words; without them the definitions are ordinary ones.
    plain = re.sub(r"%(?:extend|override)\b", lambda found: " " * len(found[0]), text) + "\n"
    parser, comments = _meta_parser()
    comments.clear()
    try:
        tree: Tree[Token] = parser.parse(plain)
    except LarkError:
        # Lark itself will say what is wrong when it loads the text.
        return (), ()
    return tuple(_read_definitions(tree)), tuple(found for token in comments if (found := _read_remark(token, plain)))


@cache
def _meta_parser() -> tuple[Lark, list[Token]]:
    """Make the parser, and the list of comments that it has come across.

    Its grammar is a copy which lark keeps for reference, not the one it loads grammars with: it only tells positions.
    """
    comments: list[Token] = []

    def keep(token: Token) -> Token:
        comments.append(token)
        return token

    with lark_own_terminals():
        parser = Lark.open_from_package(
            "lark",
            "lark.lark",
            ["grammars"],
            parser="lalr",
            propagate_positions=True,
            lexer_callbacks={"COMMENT": keep},
        )
    return parser, comments


def _read_remark(token: Token, text: str) -> Remark | None:
    """A comment token begins with the white space before it, which may hold line ends."""
    comment = token.lstrip()
    mark = _MARK.match(comment)
    if not mark:
        return None
    start = (token.start_pos or 0) + len(token) - len(comment)
    before = text[text.rfind("\n", 0, start) + 1 : start]
    return Remark(text.count("\n", 0, start) + 1, len(before) + 1, comment[mark.end() :].strip(), bool(before.strip()))


def _read_definitions(tree: Tree[Token]) -> Iterator[Definition]:
    for child in tree.children:
        if not isinstance(child, Tree) or child.data not in ("rule", "token"):
            continue
        body = child.children[-1]
        if not isinstance(body, Tree):
            continue
        lines = tuple(map(_lines, body.children if body.data == "expansions" else [body]))
        name = str(child.children[0]).lstrip("!?")
        yield Definition(name, child.data == "token", child.meta.line, child.meta.end_line, lines)


def _lines(part: object) -> tuple[int, int]:
    """An empty alternative stands nowhere."""
    return (part.meta.line, part.meta.end_line) if isinstance(part, Tree) and not part.meta.empty else (0, 0)


class _Reader:
    def __init__(self, definitions: Sequence[Definition], source: GrammarText) -> None:
        self.definitions, self.source, self.lines = definitions, source, source.text.splitlines()
        self.sizes: dict[str, Bounds] = {}
        self.ranges: dict[str, Range] = {}
        self.weights: dict[tuple[str, int], Fraction] = {}

    def read(self, remarks: Sequence[Remark]) -> Pragmas:
        for remark in remarks:
            words = remark.text.split()
            if not words:
                raise self.fault(remark, "a pragma without a key: write size, range or weight")
            if words == ["size"]:
                raise self.fault(remark, "size needs at least one bound, for instance: //@ size terms=2..4")
            are_sizes = words[0] == "size"
            for word in words[are_sizes:]:
                (self.read_size if are_sizes else self.read_pair)(remark, word)
        return Pragmas(self.sizes, self.ranges, self.weights)

    def read_size(self, remark: Remark, word: str) -> None:
        key, _, value = word.partition("=")
        key = "characters" if key == "chars" else key
        if key not in SIZES:
            raise self.fault(remark, f"unknown size {key!r}: {suggest(key, SIZES)}", word)
        if key in self.sizes:
            raise self.fault(remark, f"{key} is bounded twice", word)
        try:
            self.sizes[key] = parse_bounds(value)
        except ValueError:
            raise self.fault(remark, f"{word!r} is no bound: write {key}=2..4 or {key}=3", word) from None

    def read_pair(self, remark: Remark, word: str) -> None:
        key, _, value = word.partition("=")
        if key == "range":
            self.read_range(remark, word, value)
        elif key == "weight":
            try:
                weight = parse_weight(value)
            except ValueError:
                message = f"{word!r} is no weight: write weight=3, weight=0.5 or weight=1/3"
                raise self.fault(remark, message, word) from None
            self.weights[self.find_alternative(remark, word)] = weight
        else:
            hint = suggest(key, ("size", "range", "weight"))
            raise self.fault(remark, f"unknown pragma key {key!r}: {hint}", word)

    def read_range(self, remark: Remark, word: str, value: str) -> None:
        # A trailing remark stands behind its definition, a stand-alone one before it.
        near = (
            each
            for each in self.definitions
            if (each.end_line == remark.line if remark.trailing else each.line > remark.line)
        )
        definition = next(near, None)
        if definition is None or not definition.is_terminal:
            raise self.fault(remark, "range belongs before a terminal such as NUMBER", word)
        if decimals := parse_decimals(value):
            self.ranges[definition.name] = decimals
            return
        with suppress(ValueError):
            low, high = parse_bounds(value)
            if high is not None:
                self.ranges[definition.name] = low, high
                return
        raise self.fault(remark, f"{word!r} is no range: write range=1..250, or range=0.0..9.9 of decimals", word)

    def find_alternative(self, remark: Remark, word: str) -> tuple[str, int]:
        found = [
            (definition.name, number)
            for definition in self.definitions
            if not definition.is_terminal
            for number, (start, end) in enumerate(definition.alternatives)
            if (end == remark.line if remark.trailing else start > remark.line)
        ]
        if not found:
            raise self.fault(remark, "weight belongs to an alternative of a rule", word)
        if remark.trailing and len(found) > 1:
            raise self.fault(remark, "several alternatives end on this line: write each on its own", word)
        if self.extends(found[0][0]):
            raise self.fault(remark, "weights are not read inside %extend: write the rule out with %override", word)
        return found[0]

    def extends(self, name: str) -> bool:
        """Whether a name is only added to here, so that the number of an alternative is not known."""
        lines = [self.lines[each.line - 1] for each in self.definitions if each.name == name]
        return any(line.lstrip().startswith("%extend") for line in lines)

    def fault(self, remark: Remark, message: str, word: str = "") -> GrammarError:
        start = remark.column - 1
        return self.source.fault_at(message, remark.line, max(self.lines[remark.line - 1].find(word, start), start) + 1)
