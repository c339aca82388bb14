"""The compiled grammar: rules, alternatives and items, free of everything that is only notation.

Repetitions, options, groups and templates of the file have become rules of their own, so three kinds of item remain:

- `Literal`: fixed text such as ``"+"`` or ``"("``;
- `Slot`: a place for one text of a finite `Language`, in practice a number;
- `Reference`: another rule.

An alternative holds **at most two references**: ``a b c`` has become ``a rest`` with ``rest: b c``.

The order of everything that is counted follows from this form alone:

1. A *skeleton* is a sequence of literals and open slots. The skeletons of (rule, size vector) are enumerated
   alternative by alternative in the order of the file; inside an alternative the size of its first reference runs
   through the possible size vectors in lexicographic order (the second reference has what is left over); for a given
   split the skeletons of the first reference are the more significant digit:
   ``skeleton = before + first * count(second) + second``.
   A table of all skeletons is therefore the concatenation, over those choices, of outer products of smaller tables.
2. A *stratum* is all expressions with one size vector; every skeleton in it has the same number of slots of each
   language. Its filler columns are ordered by language (index into `Specification.languages`), within a language from
   left to right; with one language that is simply from left to right. The index of an expression is
   ``skeleton * (r1 * ... * rs) + ((f1 * r2 + f2) * r3 + ...)``: the skeleton most significant, then column 1, 2, ….
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from exprlearn.grammar.languages import Language


@dataclass(frozen=True, slots=True)
class Literal:
    """Fixed text: `index` counts in `Specification.literals`."""

    index: int


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for one text of a language: `language` counts in `Specification.languages`."""

    language: int


@dataclass(frozen=True, slots=True)
class Reference:
    """A rule: `rule` counts in `Specification.rules`; `nesting`: brackets the alternative opens around it."""

    rule: int
    nesting: int = 0


Item = Literal | Slot | Reference


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to write a rule.

    `name` is the alias of the file or ``rule[2]``, empty for what only comes from a group or repetition; `weight` is
    relative to the other alternatives. `nesting` is the deepest bracket that the alternative itself opens, `balance`
    how many more it opens than it closes.
    """

    items: tuple[Item, ...]
    name: str = ""
    weight: Fraction = Fraction(1)
    nesting: int = 0
    balance: int = 0

    @property
    def references(self) -> tuple[Reference, ...]:
        """The references among the items, at most two."""
        return tuple(item for item in self.items if isinstance(item, Reference))


@dataclass(frozen=True, slots=True)
class Rule:
    """The alternatives of one name, in the order of the file; groups and repetitions have the name they stand in."""

    name: str
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class Specification:
    """All rules of a grammar that its start can reach; `start` counts in `rules`."""

    start: int
    rules: tuple[Rule, ...]
    literals: tuple[str, ...]
    languages: tuple[Language, ...]
