"""Validation, test and training examples that never share an expression, nor a form of one.

Which split an expression belongs to follows from its content (`drawing.split`), so splits stay apart whatever the
grammar, the seed and the stage of a curriculum; how each is drawn says a drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from exprlearn.config import Components, GrammarSection
from exprlearn.dataset.answering import Answering
from exprlearn.dataset.canonical import Level
from exprlearn.dataset.drawing.by_content import ByContent
from exprlearn.dataset.drawing.by_position import ByPosition
from exprlearn.dataset.drawing.opening import open_drawing, refuse_balance_by_position
from exprlearn.dataset.drawing.rows import Examples
from exprlearn.dataset.drawing.split import Split
from exprlearn.dataset.drawing.stream import ExampleStream
from exprlearn.dataset.proof import Proof, prove
from exprlearn.grammar.loading import grammar_from_text, load_grammar
from exprlearn.plugin import Constraint, Division
from exprlearn.plugin.kinds.drawing import AnyMix, Drawing, DrawingContext, SplitBy
from exprlearn.plugin.manager import plugins_from_environment
from exprlearn.sampling import ExpressionSpace


@dataclass(frozen=True, eq=False)
class Splits:
    """The parts of the data.

    Attributes:
        validation: fixed examples, no two with the same expression.
        test: likewise.
        train: all other examples, as an endless reproducible stream.
        level: what expressions of different parts never have in common.
        notes: what a user should know, such as a part that is smaller than asked for.
        by: what decides on the part of an expression; by position, parts share no expression but may share forms.
    """

    validation: Examples
    test: Examples
    train: ExampleStream
    level: Level
    notes: tuple[str, ...] = ()
    by: SplitBy = "content"

    def proof(self, train: Examples | int = 10_000) -> Proof:
        """Compare the parts through their texts.

        Args:
            train: training examples to compare with, or how many of the first ones.
        """
        sample = train if isinstance(train, Examples) else self.train.take(train)[0]
        return prove({"train": sample, "validation": self.validation, "test": self.test}, self.level, self.by)


def split(
    space: ExpressionSpace,
    division: Division,
    constraints: Sequence[Constraint] = (),
    *,
    seed: int,
    validation: int,
    test: int,
    level: Level = "commutative",
    mix: AnyMix = None,
    salt: int = 0,
    balance: str = "none",
    by: SplitBy = "content",
) -> Splits:
    """Divide the examples of a space into splits.

    Args:
        space: all expressions.
        division: computes and writes the answers.
        constraints: what keeps an expression.
        seed: which examples are drawn, and in which order; it moves none to another split.
        validation: how many different expressions to validate with.
        test: how many to test with.
        level: what expressions of different splits must not have in common.
        mix: weights of the strata, as `Stream` takes them.
        salt: another number, another division into splits.
        balance: the name of a way to draw that an installed package brings; "none" draws every expression of a size
            equally often.
        by: "content" puts all that say the same into one split, whatever grammar and seed; "position" gives splits of
            exactly the size asked for, within this grammar alone.

    Raises:
        DataError: a split has next to no examples; the message names the rule that rejects most. Or the balance is not
            for such a space.
        OptionError: a balance of splits by position, or one that no installed package brings.
    """
    refuse_balance_by_position(balance, by)
    held_out: dict[Split, int] = {"validation": validation, "test": test}
    context = DrawingContext(space, Answering(division, constraints), seed, held_out, level=level, mix=mix, salt=salt)
    ways: dict[str, Callable[[DrawingContext], Drawing]] = {"content": ByContent, "position": ByPosition}
    drawing = (
        ways[by]
        if balance == "none"
        else plugins_from_environment().registries["drawing"].make(balance, where="balance")
    )
    return _splits(drawing(context), held_out, level, by)


def load_splits(space: ExpressionSpace, components: Components, *, sizes: Mapping[str, int] | None = None) -> Splits:
    """Split a space as the config says; `sizes` may ask for more or fewer held-out expressions.

    Raises:
        DataError: the constraints leave next to nothing; splits by position have fewer than asked for; the tables of a
            balance would be too large.
    """
    data, asked = components.config.data, sizes or {}
    held_out: dict[Split, int] = {
        "validation": asked.get("validation", data.validation),
        "test": asked.get("test", data.test),
    }
    return _splits(open_drawing(space, components), held_out, data.level, data.split)


def _splits(drawing: Drawing, held_out: Mapping[Split, int], level: Level, by: SplitBy) -> Splits:
    fixed = {split: drawing.fixed(split, count) if count else Examples.of([]) for split, count in held_out.items()}
    notes = tuple(
        f"{split} has {len(fixed[split])} examples instead of {count}: the space holds no more"
        for split, count in held_out.items()
        if len(fixed[split]) < count
    )
    return Splits(fixed["validation"], fixed["test"], drawing.train, level, notes, by)


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
