"""Lark's LALR(1) analysis with an end: given up, by counting steps, where it would take more than a moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lark.common import ParserConf
from lark.grammar import NonTerminal, Rule
from lark.parsers.lalr_analysis import LALR_Analyzer

MOST_STEPS = 600_000
"""Steps that the analysis may take; all of them take about a third of a second."""


class TooManySteps(Exception):
    """The analysis is given up: the rules are too many, or too long."""


def find_conflicts(rules: Sequence[Rule], start: str, *, strict: bool = False) -> None:
    """Analyse rules, which takes at most `MOST_STEPS`.

    Args:
        rules: of a compiled grammar.
        start: the name of the start rule.
        strict: whether a conflict between shifting and reducing is one.

    Raises:
        GrammarError: lark's own, that there are conflicts.
        TooManySteps: the rules are too many or too long to be analysed.
    """
    _Analyzer(rules, start, strict).compute_lalr()  # type: ignore[no-untyped-call]


class _Analyzer(LALR_Analyzer):
    def __init__(self, rules: Sequence[Rule], start: str, strict: bool) -> None:
        self._left = MOST_STEPS
        # The sets of first and following tokens: each part of each rule, and passes for as many rules as refer on.
        self._spend(sum(len(rule.expansion) ** 3 for rule in rules) // 8)
        self._spend(4 * len({rule.origin for rule in rules}) * len(rules))
        super().__init__(ParserConf(list(rules), {}, [start]), strict=strict)

    def expand_rule(self, source_rule: NonTerminal, rules_by_origin: Any = None) -> Any:
        found = super().expand_rule(source_rule, rules_by_origin)
        self._spend(8 * len(found))
        return found

    def compute_includes_lookback(self) -> None:
        for state, nonterminal in self.nonterminal_transitions:
            written = sum(
                len(pointer.rule.expansion) for pointer in state.closure if pointer.rule.origin == nonterminal
            )
            self._spend(2 * len(state.closure) + 4 * written)
        super().compute_includes_lookback()  # type: ignore[no-untyped-call]
        edges = sum(map(len, self.includes.values())) + sum(map(len, self.lookback.values()))
        self._spend(edges * max(map(len, self.directly_reads.values()), default=0))

    def _spend(self, steps: int) -> None:
        self._left -= steps
        if self._left < 0:
            raise TooManySteps
