"""A `.lark` file as a data specification: loading, pragmas, compiled rules, lints."""

from __future__ import annotations

from exprlearn.grammar.compiling import compile_grammar
from exprlearn.grammar.languages import IntegerRange, Language, Texts
from exprlearn.grammar.loading import Grammar, grammar_from_text, load_grammar
from exprlearn.grammar.pragmas import Pragmas
from exprlearn.grammar.shipped import shipped_names, shipped_text
from exprlearn.grammar.specification import Specification

__all__ = [
    "Grammar",
    "IntegerRange",
    "Language",
    "Pragmas",
    "Specification",
    "Texts",
    "compile_grammar",
    "grammar_from_text",
    "load_grammar",
    "shipped_names",
    "shipped_text",
]
