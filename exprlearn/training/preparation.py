"""From a config to a space, its splits and the encoder: what training and judging share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from exprlearn.config import Components, GrammarSection
from exprlearn.dataset import Splits, longest_answer, split
from exprlearn.encoding import Encoder, alphabet_of
from exprlearn.errors import TrainingError
from exprlearn.grammar.loading import grammar_from_text, load_grammar
from exprlearn.sampling import ExpressionSpace
from exprlearn.scoring.answering import numbers

# Training examples that are looked at before training: for the most common answer and the scale of mapping models.
LOOKED_AT = 8192


def load_space(section: GrammarSection, components: Components, *, text: str | None = None) -> ExpressionSpace:
    """Load the grammar that a config names, or the `text` a run kept of it, and count its expressions.

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


def make_encoder(space: ExpressionSpace, components: Components) -> Encoder:
    """Make the encoder for every expression of a space and every answer it can have."""
    config = components.config
    longest = longest_answer(space, components.division, components.constraints)
    return Encoder(
        alphabet_of(space, components.division, longest),
        tokenizer=components.tokenizer,
        padding=components.padding,
        reversal=components.reversal,
        inputs=config.encoding.inputs,
        names={"tokenizer": config.tokenizer, "padding": config.padding, "reversal": config.reversal},
    )


def answer_statistics(splits: Splits, framing: str) -> tuple[str, float]:
    """Return the most common answer of the first training examples, and the largest, which mapping models call 1.

    Raises:
        TrainingError: there are no training examples.
    """
    examples, _ = splits.train.take(LOOKED_AT, start=0)
    if not len(examples):
        raise TrainingError("the training split is empty: choose larger sizes or fewer constraints")
    common = Counter(examples.answers.tolist()).most_common(1)[0][0]
    scale = float(np.abs(numbers(examples.answers)).max()) if framing == "mapping" else 1.0
    return common, max(scale, 1.0)
