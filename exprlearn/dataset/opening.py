"""From a config to the space of its expressions and the parts of its data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from exprlearn.config import Components, GrammarSection
from exprlearn.dataset.splits import Splits, split
from exprlearn.errors import DataError
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
        DataError: the constraints leave next to nothing; parts by position have fewer than asked for; the tables of a
            balance would be too large.
    """
    data, asked = components.config.data, dict(sizes or {})
    kept = {"validation": data.validation, "test": data.test}
    if data.split == "content":
        # By position the borders follow from the sizes, so these must be the ones that training went by.
        kept |= asked
    splits = split(
        space,
        components.division,
        components.constraints,
        seed=components.config.seed,
        validation=kept["validation"],
        test=kept["test"],
        level=data.level,
        balance=data.balance,
        by=data.split,
    )
    return _shortened(splits, asked) if data.split == "position" else splits


def _shortened(splits: Splits, asked: Mapping[str, int]) -> Splits:
    """Take the first examples of held-out parts."""
    parts = {"validation": splits.validation, "test": splits.test}
    for part, count in asked.items():
        if count > len(parts[part]):
            raise DataError(
                f"{count} {part} examples asked for, but data.split=position has set {len(parts[part])} aside: "
                f"ask for at most as many; the next ones are training examples"
            )
        parts[part] = parts[part][:count]
    return replace(splits, validation=parts["validation"], test=parts["test"])
