"""Validation, test and training examples that never share an expression, nor a form of one.

Which split an expression belongs to follows from its content (`drawing.split`), so splits stay apart whatever the
grammar, the seed and the stage of a curriculum; how each is drawn says a drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from typing import Any

from exprlearn.arithmetic.evaluation import modulus_of
from exprlearn.arithmetic.operators import Operators, choose_operators
from exprlearn.config import Components, GrammarSection
from exprlearn.dataset.canonical import Level, canonical_key
from exprlearn.dataset.drawing.by_content import ByContent
from exprlearn.dataset.drawing.by_position import ByPosition
from exprlearn.dataset.drawing.example_stream import ExampleStream
from exprlearn.dataset.drawing.rows import Examples
from exprlearn.dataset.drawing.split import SHOWN, Answering, Split
from exprlearn.dataset.drawing.thinning import ThinnedStream
from exprlearn.dataset.held_out_lines import HeldOutLines, SpaceForms
from exprlearn.errors import OptionError
from exprlearn.plugin import Constraint, Division
from exprlearn.plugin.kinds.drawing import AnyMix, Drawing, DrawingContext, SplitBy, TrainingMix
from exprlearn.plugin.manager import plugins_from_environment
from exprlearn.sampling import ExpressionSpace
from exprlearn.sampling.configured_space import space_of


@dataclass(frozen=True, kw_only=True)
class Proof:
    """How many expressions and canonical forms the splits of a dataset have, and share.

    Attributes:
        level: which expressions count as one form.
        counts: examples of each split.
        forms: different forms of each split.
        shared_expressions: expressions that two splits have in common, by `train/test` and so on.
        shared_forms: forms that two splits have in common.
        by: what decides on the split of an expression; by position, forms may be shared.
        lines: lines of workings of training examples that were read.
        shown: how many forms of validation and test expressions stand in them.
        left_out: training examples that were left out, since their workings would have shown one.
    """

    level: Level
    counts: Mapping[str, int]
    forms: Mapping[str, int]
    shared_expressions: Mapping[str, int]
    shared_forms: Mapping[str, int]
    by: SplitBy = "content"
    lines: int = 0
    shown: int = 0
    left_out: int = 0

    @property
    def holds(self) -> bool:
        """Tell whether no two splits share what they must not: expressions, by content forms, in workings too."""
        forms_may_be_shared = self.by == "position" or not any(self.shared_forms.values())
        return forms_may_be_shared and not any(self.shared_expressions.values()) and not self.shown

    @property
    def shared(self) -> int:
        """Count the forms that any two splits have in common; 0 when the splits are apart."""
        return sum(self.shared_forms.values())

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        of_workings = () if self.lines else ("lines", "shown", "left_out")
        return {**{key: value for key, value in asdict(self).items() if key not in of_workings}, "holds": self.holds}

    def __str__(self) -> str:
        """Say it in one line a reader can check."""
        counts = ", ".join(f"{count} {split} ({self.forms[split]} forms)" for split, count in self.counts.items())
        shared = ", ".join(
            f"{pair} {count} expressions and {self.shared_forms[pair]} forms"
            for pair, count in self.shared_expressions.items()
        )
        leak = " (split by position: forms may be shared)" if self.by == "position" else ""
        read = f"; {self.lines} lines of workings show {self.shown} held-out forms" if self.lines else ""
        left_out = f", for which {self.left_out} examples were left out" if self.left_out else ""
        return f"{counts}; shared: {shared}{leak}{read}{left_out}"


def prove(
    splits: Mapping[str, Examples],
    level: Level = "commutative",
    by: SplitBy = "content",
    lines: HeldOutLines | None = None,
    operators: Operators = (),
) -> Proof:
    """Compare the splits of a dataset, two by two, through the texts of their expressions.

    Args:
        splits: examples by the name of their split.
        level: which expressions count as one form.
        by: what decided on the splits.
        lines: reads the workings of the examples of `train` as well; None where there are none.
        operators: those of plugins that expressions are read with.

    Raises:
        ExpressionSyntaxError: at the levels that read expressions, when one is none.

    >>> splits = {"train": Examples.of([("3+5", "8")]), "test": Examples.of([("5+3", "8"), ("5-3", "2")])}
    >>> print(prove(splits))
    1 train (1 forms), 2 test (2 forms); shared: train/test 0 expressions and 1 forms
    """
    texts = {split: set(examples.expressions.tolist()) for split, examples in splits.items()}
    forms = {
        split: {canonical_key(text, level, operators=operators) for text in found} for split, found in texts.items()
    }
    pairs = list(combinations(splits, 2))
    read = [key for pair in splits["train"] for key in lines.keys(lines.text(*pair))] if lines else []
    return Proof(
        level=level,
        counts={split: len(examples) for split, examples in splits.items()},
        forms={split: len(found) for split, found in forms.items()},
        shared_expressions={f"{one}/{other}": len(texts[one] & texts[other]) for one, other in pairs},
        shared_forms={f"{one}/{other}": len(forms[one] & forms[other]) for one, other in pairs},
        by=by,
        lines=len(read),
        shown=len(set(read) & set().union(*(found for split, found in forms.items() if split != "train"))),
    )


@dataclass(frozen=True, eq=False)
class Splits:
    """The splits of the data.

    Attributes:
        validation: fixed examples, no two with the same expression.
        test: likewise.
        train: all other examples, as an endless reproducible stream.
        level: what expressions of different splits never have in common.
        notes: what a user should know, such as a split that is smaller than asked for.
        by: what decides on the split of an expression; by position, splits share no expression but may share forms.
    """

    validation: Examples
    test: Examples
    train: ExampleStream
    level: Level
    notes: tuple[str, ...] = ()
    by: SplitBy = "content"

    def proof(self, train: Examples | int = 10_000, *, beside: Sequence[Splits] = ()) -> Proof:
        """Compare the splits through their texts, with these training examples or so many of the first ones.

        Where the examples have workings, every line of these is read too.

        `beside`: splits that are trained on and evaluated with as well, as the stages of a curriculum are.
        """
        every, left_out = (self, *beside), 0
        samples = [train] if isinstance(train, Examples) else []
        for each in every[len(samples) :]:
            sample, after = each.train.take(-(-train // len(every)) if isinstance(train, int) else len(train))
            samples.append(sample)
            if each.train.answering.lines is not None:
                left_out += each.train.find(0, after).rejected[SHOWN]
        examples = {
            "train": Examples.concatenate(samples),
            "validation": Examples.concatenate([each.validation for each in every]),
            "test": Examples.concatenate([each.test for each in every]),
        }
        answering = self.train.answering
        found = prove(examples, self.level, self.by, answering.lines, answering.operators)
        return replace(found, left_out=left_out)


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
    check_drawing(balance, by)
    held_out: dict[Split, int] = {"validation": validation, "test": test}
    answering = Answering(division, constraints, operators=space.calculated_by)
    context = DrawingContext(space, answering, seed, held_out, level=level, mix=mix, salt=salt)
    ways: dict[str, Callable[[DrawingContext], Drawing]] = {"content": ByContent, "position": ByPosition}
    drawing = (
        ways[by]
        if balance == "none"
        else plugins_from_environment().registries["drawing"].make(balance, where="balance")
    )
    return _splits(drawing(context), held_out, level, by)


def load_splits(
    space: ExpressionSpace,
    components: Components,
    *,
    sizes: Mapping[str, int] | None = None,
    beside: Sequence[ExpressionSpace] = (),
) -> Splits:
    """Split a space as the config says.

    Args:
        space: all expressions.
        components: of the config.
        sizes: asks for more or fewer held-out expressions.
        beside: further spaces whose held-out expressions no working may show.

    Raises:
        DataError: the constraints leave next to nothing; splits by position have fewer than asked for; the tables of a
            balance would be too large.
    """
    data, asked = components.config.data, sizes or {}
    held_out: dict[Split, int] = {
        "validation": asked.get("validation", data.validation),
        "test": asked.get("test", data.test),
    }
    splits = _splits(open_drawing(space, components, beside), held_out, data.level, data.split)
    if data.thinning == 1:
        return splits
    return replace(splits, train=ThinnedStream(splits.train, data.thinning, components.config.seed))


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

    Its signs choose the operators of plugins that it is calculated by.

    Raises:
        GrammarError: the grammar cannot be read, compiled or counted.
        AmbiguousName: several plugins answer a sign, and `grammar.signs` names none of them.
    """
    space = space_of(section, components.grammars, text=text)
    return space.with_operators(operators_for(space.literals, components))


def operators_for(literals: Sequence[str], components: Components) -> Operators:
    """Choose the operators of plugins that the signs of some fixed texts stand for; raises as `choose_operators`."""
    chosen = choose_operators(literals, components.operators, components.config.grammar.signs)
    return tuple(entry.spec for entry in chosen)


def open_drawing(
    space: ExpressionSpace, components: Components, beside: Sequence[ExpressionSpace | SpaceForms] = ()
) -> Drawing:
    """Make the drawing that a config names, for a space; `beside` are further ones, as of `load_splits`.

    Raises:
        OptionError: a way to draw that does not go with the way to split.
        DataError: a split by position has fewer examples than asked for, or the drawing is not for such a space.
    """
    config = components.config
    check_drawing(config.data.balance, config.data.split, config.data.mix)
    context = DrawingContext(
        space,
        Answering(
            components.division,
            components.constraints,
            lines=lines_for(space, components, beside),
            operators=space.calculated_by,
        ),
        config.seed,
        {"validation": config.data.validation, "test": config.data.test},
        level=config.data.level,
        training=config.data.mix,
    )
    return components.drawing(context)


def lines_for(
    space: ExpressionSpace, components: Components, beside: Sequence[ExpressionSpace | SpaceForms] = ()
) -> HeldOutLines | None:
    """Tell held-out lines of the workings that a config asks for from those that may be trained on; None without any.

    Raises:
        OptionError: a working of examples that are not drawn evenly, in splits by content; or of other operators.
    """
    config = components.config
    if components.working is None:
        return None
    if config.data.split != "content" or config.data.balance != "none":
        raise OptionError(
            f"working.name: which lines of '{config.working.name}' may be trained on follows from their content: "
            "leave data.split=content and data.balance=none as they are"
        )
    if modulus_of(components.division.operation) is not None:
        raise OptionError(
            f"working.name: '{config.working.name}' is not for numbers {components.division.operation}: --working none"
        )
    odd = [operator.sign for operator in space.calculated_by] + [sign for sign in space.literals if "." in sign]
    if odd:
        signs = ", ".join(map(repr, odd))
        raise OptionError(
            f"working.name: '{config.working.name}' is not for {signs}, it works + - * / out: --working none"
        )
    return HeldOutLines(space, components.working, components.division, level=config.data.level, beside=beside)


def check_drawing(balance: str, by: str, mix: TrainingMix = "terms") -> None:
    """Refuse what does not go together.

    Raises:
        OptionError: a balance of splits by position, or one that is none; a mix of what has an order of its own.
    """
    if balance in ("content", "position"):
        raise OptionError(f"data.balance: '{balance}' is a way to split: choose data.split={balance}")
    if balance != "none" and by != "content":
        raise OptionError(f"data.balance: '{balance}' needs parts by content: choose data.split=content")
    if balance != "none" and mix != "terms":
        raise OptionError(
            f"data.mix: data.balance={balance} decides itself how often what comes: choose data.mix=terms"
        )
    if mix == "operators" and by != "content":
        raise OptionError("data.mix: 'operators' needs parts by content: choose data.split=content, or data.mix=size")
