"""The space of the grammar that a config names; all that is asked of a grammar alone begins here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from exprlearn.config.sections import GrammarSection
from exprlearn.grammar.loading import grammar_from_text, load_grammar
from exprlearn.sampling.space import ExpressionSpace


def space_of(
    section: GrammarSection, grammars: Mapping[str, Callable[[], str]], *, text: str | None = None
) -> ExpressionSpace:
    """Load the grammar that a section names, one of `grammars` or a file, or the `text` kept of it, and count it.

    >>> space_of(GrammarSection(name="mine"), {}, text='start: "1" | "2+3"').size
    2
    """
    name = section.name
    grammar = load_grammar(name, grammars) if text is None else grammar_from_text(text, name=name)
    return ExpressionSpace(
        grammar,
        terms=section.terms,
        brackets=section.brackets,
        operators=section.operators,
        characters=section.characters,
        depth=section.depth,
        ranges=section.range,
        weights=section.weights,
        ambiguity=section.ambiguity,
    )
