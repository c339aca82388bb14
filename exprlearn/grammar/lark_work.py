"""How much work lark is given, counted before it begins and while it goes on.

Lark multiplies repeated inline choices and templates out, into thousands of rules or rules without end; and its LALR(1)
analysis of many long rules takes minutes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any

from lark import Tree, lexer
from lark.common import ParserConf
from lark.grammar import NonTerminal, Rule, Symbol
from lark.load_grammar import REPEAT_BREAK_THRESHOLD, SMALL_FACTOR_THRESHOLD
from lark.load_grammar import Grammar as Notation
from lark.parsers.lalr_analysis import LALR_Analyzer
from lark.utils import small_factors

from exprlearn.errors import GrammarError
from exprlearn.grammar.faults import GrammarText

SLOW = 200
"""More compiled alternatives of one rule than this are worth a remark."""

HOPELESS = 8_000
"""More symbols in all alternatives together and lark would work for seconds."""

MOST_TEMPLATES = 200
"""Templates with different arguments that a grammar may use."""

MOST_STEPS = 600_000
"""Steps that the analysis may take; all of them take about a third of a second."""

_LONGEST_NAME, _MOST_DIGITS = 2_000, 9
_MANY = 10**9

_BUILDING = Lock()

Amount = tuple[int, int]
"""Alternatives, and the symbols in all of them."""


class TooManySteps(Exception):
    """The analysis is given up: the rules are too many, or too long."""


def refuse_explosion(notation: Notation, source: GrammarText) -> None:
    """Refuse rules that lark would multiply out into more than `HOPELESS` symbols, and templates without end."""
    used = _used_templates(notation, source)
    whole = 0
    for name, _, tree, _ in notation.rule_defs:
        total, symbols = _amount(tree)
        if symbols > HOPELESS:
            raise source.fault(explosion_message(str(name), total), str(name))
        whole += symbols * used.get(str(name), 1)
    if whole > HOPELESS:
        raise GrammarError(
            f"lark multiplies this grammar out into {whole} symbols, more than {HOPELESS}: give repeated choices names"
            f' of their own, such as OP: "+" | "-", and let templates stand in fewer places',
            path=source.path,
        )


def explosion_message(name: str, total: int) -> str:
    """Say what is wrong with a rule and how to fix it."""
    if total <= SLOW:
        return (
            f"rule {name!r} is too long when its repetitions are written out: repeat without end, as in (OP N)*, and"
            f" bound the size, for instance //@ size terms=2..4"
        )
    many = str(total) if total < _MANY else "billions of"
    return (
        f"rule {name!r} repeats a choice that is written in place, which lark multiplies out into {many} rules:"
        f' give the choice a name of its own, such as OP: "+" | "-"'
    )


def compiled_alternatives(tree: Any) -> int:
    """Count the alternatives that lark makes of one definition; a billion is the most.

    >>> from lark.load_grammar import load_grammar
    >>> text = 'start: N (("+"|"-"|"*"|"/") N)~1..5\\nN: "1"'
    >>> compiled_alternatives(load_grammar(text, "<text>", [], False)[0].rule_defs[0][2])
    1364
    """
    return _amount(tree)[0]


def _amount(tree: Any) -> Amount:
    if not isinstance(tree, Tree) or tree.data == "template_usage":
        return 1, 1
    if tree.data == "expansions":
        return _either([_amount(child) for child in tree.children])
    if tree.data == "expr":
        return _repeated(tree)
    if tree.data == "maybe":
        return _either([_amount(tree.children[0]), (1, 0)])
    if tree.data in ("expansion", "value"):
        return _row([_amount(child) for child in tree.children])
    return _amount(tree.children[0]) if tree.data == "alias" else (1, 1)


def _either(parts: Sequence[Amount]) -> Amount:
    return min(sum(count for count, _ in parts), _MANY), min(sum(symbols for _, symbols in parts), _MANY)


def _row(parts: Sequence[Amount]) -> Amount:
    """What stands side by side: every alternative of each part with every one of the others."""
    count, symbols = 1, 0
    for alternatives, inside in parts:
        count, symbols = min(count * alternatives, _MANY), min(symbols * alternatives + count * inside, _MANY)
    return count, symbols


def _repeated(tree: Any) -> Amount:
    inner, sign, *numbers = tree.children
    unit = _amount(inner)
    if sign == "?":
        return _either([unit, (1, 0)])
    if sign != "~":
        # A repetition without end gets a rule of its own; what stands around it is written with and without.
        return (1, 1 + 2 * unit[1]) if sign == "+" else (2, 1 + 2 * unit[1])
    if max(map(len, numbers)) > _MOST_DIGITS:
        return 1, _MANY
    low, high = int(numbers[0]), int(numbers[-1])
    if high < low:
        # Lark says what is wrong with it.
        return 1, 1
    if high < REPEAT_BREAK_THRESHOLD:
        return _either([_row([unit] * times) for times in range(low, high + 1)])
    # Lark splits long repetitions into rules of their own, of a few repetitions each, in which choices multiply.
    steps = [*small_factors(low, SMALL_FACTOR_THRESHOLD), *small_factors(high - low + 1, SMALL_FACTOR_THRESHOLD)]
    rounds = [_row([unit] * min(first + second, 2 * SMALL_FACTOR_THRESHOLD)) for first, second in steps]
    return 1, min(SMALL_FACTOR_THRESHOLD * sum(symbols for _, symbols in rounds), _MANY)


def _used_templates(notation: Notation, source: GrammarText) -> dict[str, int]:
    """Count with how many different arguments each template is used, as lark goes through them."""
    bodies = {str(name): (tuple(map(str, params)), tree) for name, params, tree, _ in notation.rule_defs}
    waiting: list[tuple[str, tuple[str, ...]]] = [(name, ()) for name, (params, _) in bodies.items() if not params]
    found: dict[tuple[str, tuple[str, ...]], None] = {}
    plain = len(waiting)
    for name, arguments in waiting:
        params, tree = bodies[name]
        scope = dict(zip(params, arguments, strict=False))
        for usage in tree.find_data("template_usage") if isinstance(tree, Tree) else ():
            called, given = _called(usage, scope)
            if (called, given) in found or called not in bodies:
                continue
            found[called, given] = None
            waiting.append((called, given))
            if len(waiting) - plain > MOST_TEMPLATES or len("".join(given)) > _LONGEST_NAME:
                message = f"template {called!r} is used with more and more arguments: {MOST_TEMPLATES} are the most"
                raise source.fault(message, called)
    counts: dict[str, int] = {}
    for name, _ in found:
        counts[name] = counts.get(name, 0) + 1
    return counts


def _called(usage: Any, scope: dict[str, str]) -> tuple[str, tuple[str, ...]]:
    name, *arguments = usage.children
    return scope.get(str(name.name), str(name.name)), tuple(_named(argument, scope) for argument in arguments)


def _named(part: Any, scope: dict[str, str]) -> str:
    if isinstance(part, Symbol):
        return scope.get(str(part.name), str(part.name))
    if not isinstance(part, Tree):
        return str(part)
    if part.data == "template_usage":
        called, given = _called(part, scope)
        return f"{called}{{{','.join(given)}}}"[: 2 * _LONGEST_NAME]
    return "".join(_named(child, scope) for child in part.children)[: 2 * _LONGEST_NAME]


def find_conflicts(rules: Sequence[Rule], start: str, *, strict: bool = False) -> None:
    """Analyse the rules of a compiled grammar; conflicts are lark's own `GrammarError`.

    With `strict` a conflict between shifting and reducing is one; more than `MOST_STEPS` are `TooManySteps`.
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


@contextmanager
def lark_own_terminals() -> Iterator[None]:
    """Let lark build the parsers of its own notation without comparing their terminals pair by pair.

    Where interegular is installed lark looks for texts that two terminals can write, to warn of them, which takes three
    times as long as the parsers themselves. Lark has no option for it; where it knows no such setting, time is lost and
    nothing else. Terminals of users stay outside: no parser of theirs is built in here.
    """
    with _BUILDING:
        compares = getattr(lexer, "has_interegular", False)
        vars(lexer)["has_interegular"] = False
        try:
            yield
        finally:
            vars(lexer)["has_interegular"] = compares
