"""From a config to the space of its expressions and the parts of its data."""

from __future__ import annotations

from collections.abc import Mapping

from exprlearn.config import Components, GrammarSection
from exprlearn.dataset.splits import Splits, split
from exprlearn.grammar.loading import grammar_from_text, load_grammar
from exprlearn.sampling import ExpressionSpace


def load_space(section: GrammarSection, components: Components, *, text: str | None = None) -> ExpressionSpace:
    """Load the grammar that a config names, or the `text` that was kept of it, and count its expressions.

    Raises:
        GrammarError: it cannot be read, compiled or sized.
    """
    name = section.name
    grammar = load_grammar(name, components.grammars) if text is None else grammar_from_text(text, name=name)
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


def load_splits(space: ExpressionSpace, components: Components, *, sizes: Mapping[str, int] | None = None) -> Splits:
    """Split a space as the config says; `sizes` may ask for more or fewer held-out expressions.

    Raises:
        DataError: the constraints leave next to nothing.
    """
    config, asked = components.config, dict(sizes or {})
    return split(
        space,
        components.division,
        components.constraints,
        seed=config.seed,
        validation=asked.get("validation", config.data.validation),
        test=asked.get("test", config.data.test),
        level=config.data.level,
    )
