"""Pragmas: sizes, number ranges and weights that a grammar states in its comments, where lark does not see them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from exprlearn.errors import GrammarError, suggest
from exprlearn.grammar.source import Definition, Remark, Source, read_source

Bounds = tuple[int, int | None]
"""A smallest and a largest number; None is without end."""

SIZES = ("terms", "brackets", "operators", "characters", "depth")

_BOUNDS = re.compile(r"([0-9]{0,1000})(\.\.)?([0-9]{0,1000})")
_WEIGHT = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,18})?|[0-9]{1,18}/0*[1-9][0-9]{0,17}")


@dataclass(frozen=True)
class Pragmas:
    """What the comments of a grammar say.

    `weights` is keyed by rule and the number of its alternative, counted from 0.
    """

    sizes: Mapping[str, Bounds] = field(default_factory=dict)
    ranges: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    weights: Mapping[tuple[str, int], Fraction] = field(default_factory=dict)


def read_pragmas(text: str, path: str | Path | None = None) -> Pragmas:
    """Read the pragmas of a grammar text.

    >>> read_pragmas("//@ size terms=2..4\\nstart: N\\n  | N N //@ weight=1/2\\n//@ range=1..9\\nN: /[1-9]+/")
    Pragmas(sizes={'terms': (2, 4)}, ranges={'N': (1, 9)}, weights={('start', 1): Fraction(1, 2)})

    Raises:
        GrammarError: an unknown key, a value of the wrong form, or a pragma that stands at nothing; with its line.
    """
    return _Reader(read_source(text), text, path).read()


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


def parse_weight(value: str) -> Fraction:
    """Read ``3``, ``0.5`` or ``1/3`` exactly; ValueError when it is none of these or zero.

    >>> parse_weight("0.5")
    Fraction(1, 2)
    """
    if not _WEIGHT.fullmatch(value) or not Fraction(value):
        raise ValueError(f"no weight: {value!r}")
    return Fraction(value)


class _Reader:
    def __init__(self, source: Source, text: str, path: str | Path | None) -> None:
        self.source, self.path, self.lines = source, path, text.splitlines()
        self.sizes: dict[str, Bounds] = {}
        self.ranges: dict[str, tuple[int, int]] = {}
        self.weights: dict[tuple[str, int], Fraction] = {}

    def read(self) -> Pragmas:
        for remark in self.source.remarks:
            words = remark.text.split()
            if not words:
                raise self.fault(remark, "a pragma without a key: write size, range or weight")
            if words[0] == "size":
                self.read_sizes(remark, words[1:])
            else:
                for word in words:
                    self.read_pair(remark, word)
        return Pragmas(self.sizes, self.ranges, self.weights)

    def read_sizes(self, remark: Remark, words: list[str]) -> None:
        if not words:
            raise self.fault(remark, "size needs at least one bound, for instance: //@ size terms=2..4")
        for word in words:
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
            self.read_weight(remark, word, value)
        else:
            hint = suggest(key, ("size", "range", "weight"))
            raise self.fault(remark, f"unknown pragma key {key!r}: {hint}", word)

    def read_range(self, remark: Remark, word: str, value: str) -> None:
        definition = self.definition_at(remark)
        if definition is None or not definition.is_terminal:
            raise self.fault(remark, "range belongs before a terminal such as NUMBER", word)
        try:
            low, high = parse_bounds(value)
        except ValueError:
            low, high = 0, None
        if high is None:
            raise self.fault(remark, f"{word!r} is no range: write range=1..250", word)
        self.ranges[definition.name] = low, high

    def read_weight(self, remark: Remark, word: str, value: str) -> None:
        try:
            weight = parse_weight(value)
        except ValueError:
            raise self.fault(remark, f"{word!r} is no weight: write weight=3, weight=0.5 or weight=1/3", word) from None
        self.weights[self.alternative_at(remark, word)] = weight

    def definition_at(self, remark: Remark) -> Definition | None:
        """The definition that a trailing remark stands behind, or that a stand-alone one stands before."""
        for definition in self.source.definitions:
            if definition.end_line == remark.line if remark.trailing else definition.line > remark.line:
                return definition
        return None

    def alternative_at(self, remark: Remark, word: str) -> tuple[str, int]:
        places = [
            (definition.name, number, *lines)
            for definition in self.source.definitions
            if not definition.is_terminal
            for number, lines in enumerate(definition.alternatives)
        ]
        if remark.trailing:
            found = [(name, number) for name, number, _, end in places if end == remark.line]
            if len(found) > 1:
                raise self.fault(remark, "several alternatives end on this line: write each on its own", word)
        else:
            found = [(name, number) for name, number, start, _ in places if start > remark.line][:1]
        if found and self.extends(found[0][0]):
            raise self.fault(remark, "weights are not read inside %extend: write the rule out with %override", word)
        if not found:
            raise self.fault(remark, "weight belongs to an alternative of a rule", word)
        return found[0]

    def extends(self, name: str) -> bool:
        """Whether a name is only added to here, so that the number of an alternative is not known."""
        lines = [self.lines[each.line - 1] for each in self.source.definitions if each.name == name]
        return any(line.lstrip().startswith("%extend") for line in lines)

    def fault(self, remark: Remark, message: str, word: str = "") -> GrammarError:
        line = self.lines[remark.line - 1]
        column = max(line.find(word, remark.column - 1), remark.column - 1) + 1
        context = f"{line}\n{' ' * (column - 1)}^"
        return GrammarError(message, path=self.path, line=remark.line, column=column, context=context)
