"""The framing `rewriting`: a line is written anew over itself, calculation by calculation, until it is a number.

    8+3*(9+9)   the line
    8+3*81...   every calculation whose operands are numbers is replaced by its value, units first and flush left
    8+45.....   what is left over of its span, brackets included, are blanks; before the next round they are dropped
    26.......   the answer 62

A model reads a line (n, L), and for each of its tokens which of several lines in a row it belongs to (n, L). It writes
the logits (n, L, V) of the next line, token under token. There are no symbols of its own for blanks and for the stroke
of a fraction: the end mark stands for the one, the start mark for the other.

What a line says may be an expression that is held out. Such a line is never learned from; how many there were is told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic.evaluation import Operation
from exprlearn.dataset import Level, split_of
from exprlearn.decoding.framing import FramingRules, Written
from exprlearn.encoding import Right
from exprlearn.errors import EncodingError, OptionError
from exprlearn.plugin import ModelSpec, Shape
from exprlearn.working import Rule, as_expression, line_value, ready_steps, reduce_line, reverse_numbers, write_value

if TYPE_CHECKING:
    import keras

    from exprlearn.config import Components
    from exprlearn.decoding.decoder import Decoder
    from exprlearn.decoding.stepping import Stepping
    from exprlearn.encoding import Encoder
    from exprlearn.encoding.id_rows import Texts

BLANK, STROKE = ".", "|"
NUMBER = re.compile(r"-?[0-9]+(\|[0-9]+)?")
#: What stands between the numbers of a line.
SIGNS = ("+", "-", "*", "/", "(", ")")
#: Policies that write the value of the last line as it is, a stroke as the sign of a division.
POLICIES = ("exact-only", "fraction", "floor")
#: Tokenizers for which a token is a character.
TOKENIZERS = ("characters", "digits")


@dataclass
class LearnedLines:
    """The lines of a run: how they follow from one another, and which may be learned from.

    Attributes:
        operation: how `/` computes.
        level: what expressions that must not be in different splits have in common.
        rule: whether all calculations that can be done are done at once, or the first.
        learned: lines of the training so far, in this process.
        left_out: how many of them belong to validation or test and were passed over.
        too_long: how many cannot be written, since a value is longer than what it replaces, as in `1|66-8`.
    """

    operation: Operation = "exact"
    level: Level = "commutative"
    rule: Rule = "all"
    learned: int = field(default=0, compare=False)
    left_out: int = field(default=0, compare=False)
    too_long: int = field(default=0, compare=False)

    def chosen(self, expression: str, share: float, width: int) -> str:
        """Choose one of the lines of a training expression that may be learned from; the expression itself always may.

        Args:
            expression: as the grammar writes it.
            share: what decides, from 0 up to 1; 0 is the expression itself.
            width: the longest line that there is room for.
        """
        lines = lines_of(expression, self.operation, self.rule)
        line = lines[int(share * len(lines))]
        self.learned += 1
        if line == expression:
            return line
        if held_out(line, self.level):
            self.left_out += 1
            return expression
        if len(line) > width or not self.fits(line):
            self.too_long += 1
            return expression
        return line

    def following(self, line: str) -> str:
        """Write the line after a line in the same places, as `rewritten` does."""
        return rewritten(line, self.operation, self.rule)

    def fits(self, line: str) -> bool:
        """Tell whether the line after a line can be written over it."""
        try:
            self.following(line)
        except EncodingError:
            return False
        return True


class RewritingRules(FramingRules):
    """Tokens of a line → the logits of the next line's, in the same places."""

    writes_tokens = False
    without_beam = "a rewriting model writes whole lines"
    without_working = "a rewriting model shows its lines anyway"
    beyond_note = "beyond what the grammar writes: lines that were learned from hold larger numbers"

    def __init__(self, lines: LearnedLines | None = None) -> None:
        self.lines = lines or LearnedLines()

    def adapted(self, components: Components) -> RewritingRules:
        """Return the rules for the division policy and the splits of a run.

        Raises:
            OptionError: settings under which lines cannot be written, or held-out ones not be told.
        """
        config = components.config
        refused = {
            "division.policy": (config.division.name, POLICIES),
            "tokenizer.name": (config.tokenizer.name, TOKENIZERS),
            "data.split": (config.data.split, ("content",)),
        }
        problems = [
            f"{key}: a rewriting model cannot be trained with '{name}': choose {' or '.join(known)}"
            for key, (name, known) in refused.items()
            if name not in known
        ]
        if config.tokenizer.options.get("group", 1) != 1:
            problems.append("tokenizer.group: a rewriting model writes single digits: choose 1")
        if problems:
            raise OptionError(problems)
        rule: Rule = getattr(components.model_options, "rule", "all")
        return RewritingRules(LearnedLines(components.division.operation, config.data.level, rule))

    def notes(self) -> list[str]:
        """Tell how many lines were left out, since they are held out."""
        if not self.lines.learned:
            return []
        told, instead = f"of {self.lines.learned} lines", "and the expressions themselves were learned from instead"
        notes = [f"{self.lines.left_out} {told} belong to validation or test, {instead}"]
        if self.lines.too_long:
            notes.append(f"{self.lines.too_long} {told} have values that are longer than what they replace, {instead}")
        return notes

    @property
    def varies(self) -> bool:
        """Tell that another line of an expression is learned from in each epoch."""
        return True

    def shape(self, encoder: Encoder) -> Shape:
        """Return the sizes of rows of lines, none of which is longer than the longest expression.

        Raises:
            OptionError: a grammar whose fixed texts are other than the signs that lines are written with.
        """
        others = [text for text in encoder.alphabet.literals if text not in SIGNS]
        if others:
            raise OptionError(
                f"grammar.name: a rewriting model writes {' '.join(SIGNS)} alone, and the grammar writes "
                f"{', '.join(map(repr, others))}: write those signs in it, or choose another model"
            )
        width = Right().width(encoder.alphabet, encoder.vocabulary)
        return replace(encoder.shape, source_length=width, target_length=width)

    def inputs(self, shape: Shape, batch: Mapping[str, Any]) -> list[Any]:
        """Return lines and which of several in a row each step belongs to; one in a row where nothing is said of it."""
        segments = batch.get("segments")
        return lines_alone(batch["source"], shape) if segments is None else [batch["source"], segments]

    def output_shape(self, shape: Shape) -> tuple[int, ...]:
        """Return the shape of the logits of a line."""
        return shape.source_length, shape.vocabulary_size

    def sources(self, encoder: Encoder, expressions: Texts, random: np.random.Generator | None = None) -> NDArray[Any]:
        """Write n expressions as lines, (n, L) int32."""
        texts = [reverse_numbers(encoder.alphabet.normalise(str(text))) for text in expressions]
        return _rows(encoder, texts, self.shape(encoder).source_length)

    def arrays(
        self,
        encoder: Encoder,
        expressions: NDArray[np.str_],
        answers: NDArray[np.str_],
        scale: float,
        random: np.random.Generator | None = None,
    ) -> dict[str, NDArray[Any]]:
        """Write a line of each of n expressions, chosen by `random`, and the one after it, (n, L) int32 both."""
        shares = np.zeros(len(expressions)) if random is None else random.random(len(expressions))
        normal = [encoder.alphabet.normalise(text) for text in expressions.tolist()]
        width = self.shape(encoder).source_length
        pairs = zip(normal, shares.tolist(), strict=True)
        lines = [self.lines.chosen(text, share, width) for text, share in pairs]
        source = _rows(encoder, [reverse_numbers(line) for line in lines], width)
        target = _rows(encoder, [self.lines.following(line) for line in lines], width)
        return {"source": source, "target": target}

    def explained(self, encoder: Encoder, expression: str, truth: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Show the lines of an expression."""
        text = encoder.alphabet.normalise(expression)
        lines = [line for line in lines_of(text, self.lines.operation, self.lines.rule) if self.lines.fits(line)]
        shown = [self.lines.following(line) for line in lines]
        return {"text": text, "line": reverse_numbers(text)}, {"text": truth, "lines": " → ".join(shown)}

    def shown(self, encoder: Encoder, expression: str, answer: str) -> tuple[str, str]:
        """Show a line and the one that is written over it."""
        text = encoder.alphabet.normalise(expression)
        return reverse_numbers(text), self.lines.following(text)

    def stepping(self, model: keras.Model, spec: ModelSpec, shape: Shape) -> NoReturn:
        """Refuse: a line is written all at once."""
        raise TypeError("a rewriting model writes whole lines, not token after token")

    def greedy(self, model: keras.Model, stepping: Stepping, shape: Shape, source: Any) -> NoReturn:
        """Refuse: a line is written all at once."""
        raise TypeError("a rewriting model writes whole lines, not token after token")

    def read(self, decoder: Decoder, encoder: Encoder, source: NDArray[Any], scale: float) -> Written:
        """Let lines be written anew until they are numbers, and read these; what is none is no answer."""
        known = encoder.vocabulary.ids
        signs = [known[sign] for sign in SIGNS if sign in known]
        minus = known.get("-", -1)

        def rounds(rows: Any) -> tuple[Any, Any]:
            return write_rounds(decoder.model, decoder.shape, signs, rows, minus)

        ids, probabilities = decoder.run("rounds", rounds, source)
        return [_answer(encoder, row) for row in ids.tolist()], probabilities.astype(np.float64).tolist(), None


def lines_alone(source: Any, shape: Shape) -> list[Any]:
    """Return what a model reads of lines (n, L), one in a row: the lines, and 1 for text and 0 for padding."""
    from keras import ops

    return [source, ops.cast(ops.not_equal(source, shape.pad), "int32")]


def write_rounds(model: keras.Model, shape: Shape, signs: list[int], source: Any, minus: int = -1) -> tuple[Any, Any]:
    """Write lines (n, L) anew until each is a number, stays as it is, or was written as often as it has places.

    A line with one of the `signs` is no number, but that `minus` may stand in front of one; ids both.

    Returns:
        The last lines (n, L) int32, and the probability (n,) float32 of all that was written.
    """
    from keras import ops

    steps = ops.arange(shape.source_length)

    def is_number(line: Any) -> Any:
        is_sign = ops.any(ops.equal(line[:, :, None], ops.convert_to_tensor(signs, "int32")), axis=-1)
        belongs = ops.logical_and(ops.equal(steps, 0), ops.equal(line, minus))
        return ops.logical_not(ops.any(ops.logical_and(is_sign, ops.logical_not(belongs)), axis=1))

    def go_on(number: Any, line: Any, ended: Any, worth: Any) -> Any:
        return ops.logical_and(number < shape.source_length, ops.logical_not(ops.all(ended)))

    def body(number: Any, line: Any, ended: Any, worth: Any) -> tuple[Any, ...]:
        chances = ops.log_softmax(model(lines_alone(line, shape), training=False), axis=-1)
        is_text = ops.not_equal(line, shape.pad)
        chosen = ops.where(is_text, ops.cast(ops.argmax(chances, axis=-1), "int32"), shape.pad)
        surely = ops.sum(ops.where(is_text, ops.max(chances, axis=-1), 0.0), axis=1)
        new = _packed(chosen, shape)
        worth = ops.where(ended, worth, worth + surely)
        stays = ops.all(ops.equal(new, line), axis=1)
        new = ops.where(ended[:, None], line, new)
        return number + 1, new, ops.logical_or(ended, ops.logical_or(stays, is_number(new))), worth

    line = ops.convert_to_tensor(source)
    first = (ops.convert_to_tensor(0, "int32"), line, is_number(line), ops.zeros_like(line[:, 0], dtype="float32"))
    _, line, _, worth = ops.while_loop(go_on, body, first)
    return line, ops.exp(worth)


def _packed(line: Any, shape: Shape) -> Any:
    """Drop the blanks of lines (n, L), so that the text stands flush left before padding."""
    from keras import ops

    is_text = ops.logical_and(ops.not_equal(line, shape.end), ops.not_equal(line, shape.pad))
    # Text keeps its order by its place, and blanks come behind the last of them.
    places = ops.where(is_text, ops.arange(shape.source_length), ops.arange(shape.source_length) + shape.source_length)
    moved = ops.take_along_axis(ops.where(is_text, line, shape.pad), ops.argsort(places, axis=1), axis=1)
    return ops.cast(moved, "int32")


@lru_cache(maxsize=2**16)
def lines_of(expression: str, operation: Operation = "exact", rule: Rule = "all") -> tuple[str, ...]:
    """List the lines from an expression on that something is left to do in; a number is its own line.

    >>> lines_of("8+3*(9+9)"), lines_of("7")
    (('8+3*(9+9)', '8+3*18', '8+54'), ('7',))
    """
    lines = [expression]
    while not NUMBER.fullmatch(following := reduce_line(lines[-1], rule, operation)):
        lines.append(following)
    return tuple(lines)


@lru_cache(maxsize=2**16)
def held_out(line: str, level: Level) -> bool:
    """Tell whether a line is an expression of the validation or the test part, by content."""
    return split_of(as_expression(line), level) != "train"


@lru_cache(maxsize=2**16)
def rewritten(line: str, operation: Operation = "exact", rule: Rule = "all") -> str:
    """Write the line after a line in the same places, numbers units first, `.` for blanks.

    Raises:
        EncodingError: a value that is longer than what it replaces.

    >>> rewritten("8+3*(9+9)"), rewritten("8+3*18"), rewritten("(20)"), rewritten("1/3-2")
    ('8+3*81...', '8+45..', '02..', '1|3-2')
    >>> rewritten("1+2-(4*5)"), rewritten("1+2-(4*5)", rule="first")
    ('3..-02...', '3..-(4*5)')
    """
    places = list(reverse_numbers(line))
    ready = [(step.start, step.stop, step.value) for step in ready_steps(line, operation)]
    for start, stop, value in ready[: 1 if rule == "first" else None] or [(0, len(line), line_value(line, operation))]:
        text = reverse_numbers(write_value(value))
        if len(text) > stop - start:
            raise EncodingError(f"'{line[start:stop]}' has the value '{write_value(value)}', which needs more places")
        places[start:stop] = text.ljust(stop - start, BLANK)
    return "".join(places)


def _rows(encoder: Encoder, texts: list[str], width: int) -> NDArray[np.int32]:
    """Write lines, and what stands in their places, as rows (n, width)."""
    shape, known = encoder.shape, encoder.vocabulary.ids
    ids: Mapping[str, int] = {**known, BLANK: shape.end, STROKE: shape.start}
    rows = np.full((len(texts), width), shape.pad, np.int32)
    for row, text in zip(rows, texts, strict=True):
        if not text or len(text) > width:
            raise EncodingError(f"the line '{text}' has {len(text)} characters, rows have room for 1 to {width}")
        unknown = [character for character in text if character not in ids]
        if unknown:
            raise EncodingError(f"the line '{text}' holds '{unknown[0]}', which the vocabulary does not have")
        row[: len(text)] = [ids[character] for character in text]
    return rows


def _answer(encoder: Encoder, row: list[int]) -> str:
    """Read a last line as an answer; empty where it is no number."""
    shape = encoder.shape
    symbols = [STROKE if each == shape.start else encoder.vocabulary.symbol(each) for each in row if each != shape.pad]
    text = reverse_numbers("".join(symbols))
    return text.replace(STROKE, "/") if NUMBER.fullmatch(text) else ""
