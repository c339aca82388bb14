"""Repeated inline choices, which lark multiplies out into thousands of rules."""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import Any

from lark import Tree
from lark.load_grammar import Grammar as Notation

from exprlearn.grammar.faults import fault_for

SLOW = 200
"""More compiled alternatives of one rule than this are worth a remark."""

HOPELESS = 20_000
"""More than this and lark would work for minutes."""


def refuse_explosion(notation: Notation, text: str, path: str | Path | None = None) -> None:
    """Refuse a rule that lark would multiply out into more than `HOPELESS` alternatives.

    Raises:
        GrammarError: there is such a rule; the message says how to write it.
    """
    for name, _, tree, _ in notation.rule_defs:
        if (total := compiled_alternatives(tree)) > HOPELESS:
            raise fault_for(explosion_message(str(name), total), text, str(name), path)


def explosion_message(name: str, total: int) -> str:
    """Say what is wrong with a rule and how to mend it."""
    return (
        f"rule {name!r} repeats a choice that is written in place, which lark multiplies out into {total} rules:"
        f' give the choice a name of its own, such as OP: "+" | "-"'
    )


def compiled_alternatives(tree: Any) -> int:
    """Count the alternatives that lark makes of one definition.

    >>> from lark.load_grammar import load_grammar
    >>> text = 'start: N (("+"|"-"|"*"|"/") N)~1..5\\nN: "1"'
    >>> compiled_alternatives(load_grammar(text, "<text>", [], False)[0].rule_defs[0][2])
    1364
    """
    if not isinstance(tree, Tree):
        return 1
    if tree.data == "expansions":
        return sum(map(compiled_alternatives, tree.children))
    if tree.data == "expr":
        return _repeated(tree)
    if tree.data == "maybe":
        return compiled_alternatives(tree.children[0]) + 1
    if tree.data in ("expansion", "alias", "value"):
        return prod(map(compiled_alternatives, tree.children))
    return 1


def _repeated(tree: Any) -> int:
    inner, sign, *numbers = tree.children
    choices = compiled_alternatives(inner)
    if sign == "?":
        return choices + 1
    if sign != "~":
        # A repetition without end gets a rule of its own; what stands around it is written with and without.
        return 1 if sign == "+" else 2
    low, high = int(numbers[0]), int(numbers[-1])
    # From 50 on lark splits repetitions into rules of their own.
    return 1 if high >= 50 else min(sum(choices**count for count in range(low, high + 1)), 10**9)
