"""Remarks on a grammar that loads and yet may not mean what it says."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Any

from lark.grammar import NonTerminal, Symbol

from exprlearn.errors import GrammarError
from exprlearn.grammar.automaton import Automaton, read_pattern
from exprlearn.grammar.lark_work import SLOW, compiled_alternatives, explosion_message
from exprlearn.grammar.loading import Grammar


@dataclass(frozen=True, slots=True)
class Lint:
    """One remark; `line` is 0 when it cannot be told."""

    message: str
    line: int = 0

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}" if self.line else self.message


def lint_grammar(grammar: Grammar, narrowed: Container[str] = ()) -> tuple[Lint, ...]:
    """List the remarks on a grammar, in the order of its lines; `narrowed` terminals have been given a range.

    >>> from exprlearn.grammar.loading import grammar_from_text
    >>> for lint in lint_grammar(grammar_from_text("start: N\\nN: /[0-9]{2}/\\nunused: N")):
    ...     print(lint)
    line 2: terminal N writes numbers with leading zeros, such as '00': write it as /0|[1-9][0-9]*/
    line 3: rule 'unused' is not reached from 'start'
    """
    found = [*_explosions(grammar), *_unreached(grammar), *_priorities(grammar), *_repeats(grammar)]
    return tuple(sorted([*found, *_numbers(grammar, narrowed)], key=lambda lint: lint.line))


def _explosions(grammar: Grammar) -> Iterator[Lint]:
    for name, _, tree, _ in grammar.notation.rule_defs:
        if (total := compiled_alternatives(tree)) > SLOW:
            yield _at(grammar, name, explosion_message(str(name), total))


def _unreached(grammar: Grammar) -> Iterator[Lint]:
    bodies = {str(name): tree for name, _, tree, _ in grammar.notation.rule_defs}
    reached, waiting = {grammar.start}, [grammar.start]
    for name in waiting:
        for symbol in _symbols(bodies[name]):
            if isinstance(symbol, NonTerminal) and symbol.name in bodies and symbol.name not in reached:
                reached.add(symbol.name)
                waiting.append(symbol.name)
    for name in bodies:
        if name not in reached:
            yield _at(grammar, name, f"rule {name!r} is not reached from {grammar.start!r}")


def _priorities(grammar: Grammar) -> Iterator[Lint]:
    message = "is a priority for parsing, not a weight: write //@ weight=3 behind an alternative instead"
    rules = [(name, options and options.priority is not None) for name, _, _, options in grammar.notation.rule_defs]
    terminals = [(name, tree is not None and priority) for name, (tree, priority) in grammar.notation.term_defs]
    for name, has_priority in rules + terminals:
        if has_priority:
            yield _at(grammar, name, f"the number behind {str(name)!r} {message}")


def _repeats(grammar: Grammar) -> Iterator[Lint]:
    for name, _, tree, _ in grammar.notation.rule_defs:
        alternatives = tree.children if tree.data == "expansions" else []
        if len(set(alternatives)) < len(alternatives):
            message = f"rule {str(name)!r} says the same twice, which counts once: for more of it write //@ weight=2"
            yield _at(grammar, name, message)


def _numbers(grammar: Grammar, narrowed: Container[str]) -> Iterator[Lint]:
    for terminal in grammar.terminals:
        name = str(terminal.name)
        if name in map(str, grammar.notation.ignore) or name in narrowed or name in grammar.pragmas.ranges:
            continue
        try:
            automaton = read_pattern(name, terminal.pattern.to_regexp())
        except GrammarError as error:
            yield _at(grammar, name, str(error))
            continue
        if not automaton.is_finite:
            message = f"terminal {name} has no longest text: give it a range, for instance //@ range=1..999"
            yield _at(grammar, name, message)
        if text := _leading_zero(automaton):
            message = f"writes numbers with leading zeros, such as {text!r}: write it as /0|[1-9][0-9]*/"
            yield _at(grammar, name, f"terminal {name} {message}")


def _leading_zero(automaton: Automaton) -> str:
    """A text of more than one digit that begins with 0, if there is one."""
    state = automaton.edges[0].get("0")
    for digit in "0123456789" if state is not None else "":
        after = automaton.edges[state or 0].get(digit)
        if after is not None:
            return "0" + digit if after in automaton.finals else f"0{digit}…"
    return ""


def _symbols(tree: Any) -> Iterator[Symbol]:
    if tree is not None:
        yield from tree.scan_values(lambda part: isinstance(part, Symbol))


def _at(grammar: Grammar, name: str, message: str) -> Lint:
    return Lint(message, grammar.source.find(str(name))[0])
