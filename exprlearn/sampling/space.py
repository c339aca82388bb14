"""A space of expressions: what a grammar writes within given sizes, counted and numbered from 0."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property, partial
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict, Unpack

from exprlearn.counts import count_text
from exprlearn.errors import MembershipError, SizeError, suggest
from exprlearn.grammar.compiling import compile_grammar
from exprlearn.grammar.faults import Unbounded
from exprlearn.grammar.languages import IntegerRange
from exprlearn.grammar.lints import lint_grammar
from exprlearn.grammar.loading import Grammar, grammar_from_text, load_grammar
from exprlearn.grammar.pragmas import Bounds
from exprlearn.sampling.counting.sizes import Span, Weight, exact_weights, read_bounds, read_ranges
from exprlearn.sampling.numbering.ambiguity import AmbiguityFinding, doubt, find_witness, refuse_ambiguity
from exprlearn.sampling.numbering.neighbours import neighbours, numbers_stay_apart
from exprlearn.sampling.space_check import Count, SpaceCheck, counts_of, examples_of, lint_neighbours
from exprlearn.sampling.stratum import Sizes, Stratum, build_strata

if TYPE_CHECKING:
    from exprlearn.plugin import OperatorSpec

Ambiguity = Literal["error", "strings", "derivations"]

_QUICK, _THOROUGH = 2_000, 5_000
"""Skeletons searched when a space is made, and when it is checked."""


class SpaceOptions(TypedDict, total=False):
    """The options of `ExpressionSpace`, where they are explained."""

    terms: Span | None
    brackets: Span | None
    operators: Span | None
    characters: Span | None
    chars: Span | None
    depth: Span | None
    ranges: Mapping[str, Span] | Span | None
    weights: Mapping[str, Weight] | None
    ambiguity: Ambiguity


class ExpressionSpace:
    """Every expression that a grammar writes within the given sizes, each with one index.

    Args:
        grammar: the grammar.
        terms: how many numbers an expression has: 3, (2, 4) or "2..4".
        brackets: how many pairs of brackets.
        operators: how many signs.
        characters: how many characters.
        depth: how deep brackets nest at most.
        ranges: smallest and largest number to draw, for all number terminals or by terminal.
        weights: how much more often alternatives are used, by alias or ``rule[index]``.
        ambiguity: what to do when an expression has several derivations: refuse the grammar ("error"), draw
            only the least index of each ("strings"), or draw them all ("derivations").

    What is None is what the grammar's pragmas say; what they do not say is unbounded. The space keeps the `grammar`,
    the resulting `bounds`, the compiled `specification`, the `strata` by size vector, the `mode` of ambiguity, and the
    operators of plugins that it is `calculated_by`.

    >>> space = ExpressionSpace.from_file("mixed", terms=(2, 3))
    >>> space.size, space[0], space.rank("(1+2)*3")
    (35316, '1*1', 16373)
    >>> "10+1" in space
    False

    Raises:
        SizeError: sizes that make the space endless or empty.
        GrammarError: numbers or weights that do not fit the grammar.
    """

    def __init__(
        self,
        grammar: Grammar,
        *,
        terms: Span | None = None,
        brackets: Span | None = None,
        operators: Span | None = None,
        characters: Span | None = None,
        chars: Span | None = None,
        depth: Span | None = None,
        ranges: Mapping[str, Span] | Span | None = None,
        weights: Mapping[str, Weight] | None = None,
        ambiguity: Ambiguity = "error",
    ) -> None:
        self.grammar = grammar
        length = characters if characters is not None else chars
        asked = dict(terms=terms, brackets=brackets, operators=operators, characters=length, depth=depth)
        given = {name: read_bounds(name, span) for name, span in asked.items() if span is not None}
        self.bounds = {**grammar.pragmas.sizes, **given}
        self._compile = partial(
            compile_grammar,
            grammar,
            ranges=read_ranges(ranges),
            weights=exact_weights(weights or {}),
            longest=self.bounds.get("characters", (0, None))[1],
        )
        try:
            self.specification = self._compile(by_length="characters" in self.bounds)
        except Unbounded as missing:
            raise self._all_unbounded(missing) from None
        self.mode = ambiguity
        self.calculated_by: tuple[OperatorSpec, ...] = ()
        self._divide()
        if ambiguity == "error":
            refuse_ambiguity(self.ambiguity(_QUICK), grammar.location)

    def _divide(self, *, by_operators: bool = False) -> None:
        whole_numbers = numbers_stay_apart(neighbours(self.specification))
        strata = build_strata(self.specification, self.bounds, whole_numbers, by_operators=by_operators)
        is_ambiguous = self.mode == "strings" and bool(self._doubt)
        self.strata: tuple[Stratum, ...] = tuple(
            replace(each, is_ambiguous=is_ambiguous, calculated_by=self.calculated_by) for each in strata
        )
        self._starts = list(accumulate((stratum.size for stratum in strata), initial=0))
        self._stratum_indices = {stratum.state[1]: index for index, stratum in enumerate(strata)}

    def by_operators(self) -> ExpressionSpace:
        """Divide the same expressions into strata that also have the same operators, each as often; indices differ.

        Raises:
            SizeError: there would be too many strata.

        >>> finer = ExpressionSpace.from_file("mixed", terms=3, brackets=0).by_operators()
        >>> [stratum.operators for stratum in finer.strata]
        ['/', '-/', '-', '+/', '+-', '+', '*/', '*-', '*+', '*']
        """
        finer = copy(self)
        vars(finer).pop("_counts", None)
        finer._divide(by_operators=True)
        return finer

    def with_operators(self, operators: Sequence[OperatorSpec]) -> ExpressionSpace:
        """Give the same expressions, whose signs besides `+ - * /` stand for operators of plugins."""
        if tuple(operators) == self.calculated_by:
            return self
        other = copy(self)
        other.calculated_by = tuple(operators)
        other.strata = tuple(replace(each, calculated_by=other.calculated_by) for each in self.strata)
        return other

    @classmethod
    def from_file(cls, reference: str | Path, **options: Unpack[SpaceOptions]) -> ExpressionSpace:
        """Load a grammar by path or shipped name and count its expressions."""
        return cls(load_grammar(reference), **options)

    @classmethod
    def from_text(cls, text: str, **options: Unpack[SpaceOptions]) -> ExpressionSpace:
        """Count the expressions of a grammar given as text."""
        return cls(grammar_from_text(text), **options)

    @property
    def size(self) -> int:
        """How many indices there are, one for each derivation: a Python integer of any size."""
        return self._starts[-1]

    @cached_property
    def literals(self) -> tuple[str, ...]:
        """Every fixed text that the grammar writes, such as signs and brackets, in reading order."""
        return self.specification.literals

    @cached_property
    def number_range(self) -> tuple[int, int]:
        """The smallest and the largest number drawn; (0, 0) when there are none."""
        languages = self.specification.languages
        lowest = min((language.lowest for language in languages), default=0)
        return lowest, max((language.highest for language in languages), default=0)

    @cached_property
    def most_terms(self) -> int:
        """Numbers of the expression that has most; the digits behind a point count as one more."""
        return max(len(stratum.slots) for stratum in self.strata)

    @cached_property
    def longest(self) -> int:
        """Characters of the longest expression."""
        return max(stratum.longest for stratum in self.strata)

    def count(self, **sizes: Span) -> int:
        """Count the expressions of some sizes, exactly.

        >>> ExpressionSpace.from_file("mixed").count(terms=2, brackets=0)
        324
        """
        spans = {name: read_bounds(name, span) for name, span in sizes.items()}
        return sum(stratum.size for stratum in self.strata if _holds(stratum, spans))

    def locate(self, index: int) -> tuple[Stratum, int]:
        """Find the stratum of an index, and the index inside it; IndexError when there is none."""
        position = index + self.size if index < 0 else index
        if not 0 <= position < self.size:
            raise IndexError(
                f"index {index} is outside of the {count_text(self.size)} expressions of {self.grammar.name}"
            )
        stratum_index = bisect_right(self._starts, position) - 1
        return self.strata[stratum_index], position - self._starts[stratum_index]

    def __getitem__(self, index: int) -> str:
        stratum, position = self.locate(index)
        return stratum[position]

    def __iter__(self) -> Iterator[str]:
        return (expression for stratum in self.strata for expression in stratum)

    def rank(self, expression: str) -> int:
        """Give the index of an expression; a `MembershipError` says why the space does not hold it."""
        rank = self.strata[0].ranker.rank(expression)
        return self._starts[self._stratum_indices[rank.vector]] + rank.index

    def is_canonical(self, index: int) -> bool:
        """Tell whether an index is the least of those that write the same expression.

        In an unambiguous space all are. Keeping canonical indices only draws every expression equally often.
        """
        return self.rank(self[index]) == index

    def ambiguity(self, limit: int = _THOROUGH) -> AmbiguityFinding:
        """Prove that every expression has one index, or else search `limit` skeletons for one that has several."""
        doubted = self._doubt
        return (
            find_witness(self.strata, self.strata[0].ranker, doubted, limit) if doubted else AmbiguityFinding("proven")
        )

    def counts(self) -> tuple[tuple[Sizes, Count], ...]:
        """Count the derivations, and where they are not too many the different expressions, of every size vector."""
        return self._counts

    @cached_property
    def _counts(self) -> tuple[tuple[Sizes, Count], ...]:
        return counts_of(self.strata, unambiguous=not self._doubt)

    def check(self) -> SpaceCheck:
        """Report the proof of unambiguity, remarks on the grammar, counts and examples.

        >>> print(ExpressionSpace.from_file("addition").check())
        addition: 1000000 expressions, the longest of 7 characters
        unambiguous: every expression has exactly one derivation (proven)
        terms=2 brackets=0: 1000000, such as 618+33
        """
        lints = (*lint_grammar(self.grammar, self._narrowed()), *lint_neighbours(self.specification))
        examples = examples_of(self.strata)
        return SpaceCheck(self.grammar.name, self.ambiguity(), lints, self.counts(), examples, self.longest)

    def _all_unbounded(self, missing: Unbounded) -> Unbounded:
        """Say what else has no bound than numbers."""
        specification = self._compile(longest=1)
        try:
            build_strata(specification, self.bounds, whole_numbers=False)
        except Unbounded as more:
            return missing.joined(more)
        except SizeError:
            # Told when the numbers have a range.
            pass
        return missing

    @cached_property
    def _doubt(self) -> str:
        return doubt(self._compile())

    def _narrowed(self) -> frozenset[str]:
        """Terminals that draw one range of numbers, whatever else they may read."""
        ranges = [each for each in self.specification.languages if isinstance(each, IntegerRange)]
        return frozenset(each.name.partition("[")[0] for each in ranges)

    def __contains__(self, expression: object) -> bool:
        if not isinstance(expression, str):
            return False
        try:
            self.rank(expression)
        except MembershipError:
            return False
        return True

    def __repr__(self) -> str:
        return (
            f"ExpressionSpace({self.grammar.name!r}, {count_text(self.size)} expressions in {len(self.strata)} strata)"
        )


def _holds(stratum: Stratum, spans: Mapping[str, Bounds]) -> bool:
    for name, (low, high) in spans.items():
        if name not in stratum.sizes:
            raise SizeError(f"{name!r} is not counted in this space: {suggest(name, tuple(stratum.sizes))}")
        if stratum.sizes[name] < low or (high is not None and stratum.sizes[name] > high):
            return False
    return True
