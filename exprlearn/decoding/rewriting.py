"""The framing `rewriting`: a line is written anew over itself, calculation by calculation, until it is a number.

    8+3*(9+9)   the line
    8+3*81...   every calculation whose operands are numbers is replaced by its value, units first and flush left
    8+45.....   what is left over of its span, brackets included, are blanks; before the next round they are dropped
    26.......   the answer 62

A model reads rows of several lines, and which of them a token belongs to, (rows, T) both; it writes the logits
(rows, T, V) of the lines that follow, token under token. There are no symbols of its own for blanks and for the stroke
of a fraction: the end mark stands for the one, the start mark for the other.

Every line of a training expression is an example, but for those that may not be learned from, see `learned_lines`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from exprlearn.decoding.framing import FramingRules, Written
from exprlearn.decoding.learned_lines import LearnedLines, LineCounts
from exprlearn.decoding.next_lines import BLANK, NUMBER, STROKE, lines_of
from exprlearn.decoding.packing import pack_examples
from exprlearn.decoding.working_writer import WorkingWriter
from exprlearn.decoding.writing_rounds import Rounds
from exprlearn.encoding import Right
from exprlearn.encoding.id_rows import code_points, lengths
from exprlearn.encoding.lookup import UNKNOWN
from exprlearn.errors import EncodingError, OptionError
from exprlearn.plugin import ModelSpec, Shape
from exprlearn.tensors import keras, ops
from exprlearn.working import Rule, reverse_numbers
from exprlearn.working.forms import IS, ExpressionsWorking

if TYPE_CHECKING:
    from exprlearn.config import Components
    from exprlearn.decoding.decoder import Decoder
    from exprlearn.decoding.stepping import Stepping
    from exprlearn.encoding import Encoder
    from exprlearn.encoding.id_rows import Texts

#: What stands between the numbers of a line.
SIGNS = ("+", "-", "*", "/", "(", ")")
#: Policies that write the value of the last line as it is, a stroke as the sign of a division.
POLICIES = ("exact-only", "fraction", "floor")
#: Tokenizers for which a token is a character.
TOKENIZERS = ("characters", "digits")


class RewritingRules(FramingRules):
    """Tokens of a line → the logits of the next line's, in the same places."""

    writes_tokens, packs = False, True
    without_beam = "a rewriting model writes whole lines"
    without_working = "a rewriting model shows its lines anyway"
    beyond_note = (
        "beyond what the grammar writes: lines that were learned from hold larger numbers, and may be among these"
    )

    def __init__(self, lines: LearnedLines | None = None, checker: WorkingWriter | None = None) -> None:
        self.lines, self.checker = lines or LearnedLines(), checker
        self._counts = LineCounts()

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
        options, operation = components.model_options, components.division.operation
        rule: Rule = getattr(options, "rule", "all")
        spare: int = getattr(options, "spare", 0)
        lines = LearnedLines(operation, config.data.level, rule, spare=spare, thinning=config.data.thinning)
        return RewritingRules(lines, WorkingWriter(ExpressionsWorking(), components.division))

    @property
    def counts(self) -> dict[str, int]:
        """Return how many lines there were when `arrays` was last called, and how many were not learned from."""
        return asdict(self._counts)

    def notes(self, counts: Mapping[str, int]) -> list[str]:
        """Tell how many lines were not learned from, and why."""
        reasons = {
            "held_out": "belong to validation or test",
            "too_long": "have values that are longer than what they replace",
            "thinned": f"had come before in the epoch, by data.thinning={self.lines.thinning:g}",
        }
        told = {reason: counts.get(name, 0) for name, reason in reasons.items()}
        return [
            f"{count} of {counts['lines']} lines were left out, which {reason}"
            for reason, count in told.items()
            if count
        ]

    def shape(self, encoder: Encoder) -> Shape:
        """Return the sizes of rows of lines, none of which is longer than the longest expression and spare blanks.

        Raises:
            OptionError: a grammar whose fixed texts are other than the signs that lines are written with.
        """
        others = [text for text in encoder.alphabet.literals if text not in SIGNS]
        if others:
            raise OptionError(
                f"grammar.name: a rewriting model writes {' '.join(SIGNS)} alone, and the grammar writes "
                f"{', '.join(map(repr, others))}: write those signs in it, or choose another model"
            )
        width = Right().width(encoder.alphabet, encoder.vocabulary) + self.lines.spare
        return replace(encoder.shape, source_length=width, target_length=width)

    def inputs(self, shape: Shape, batch: Mapping[str, Any]) -> list[Any]:
        """Return lines and which of its row each token belongs to; the only one where nothing is said of it."""
        source = batch["source"]
        alone = ops.cast(ops.not_equal(source, shape.pad), "int32")
        return [source, batch.get("segments", alone)]

    def output_shape(self, shape: Shape) -> tuple[int, ...]:
        """Return the shape of the logits of a line."""
        return shape.source_length, shape.vocabulary_size

    def sources(self, encoder: Encoder, expressions: Texts, random: np.random.Generator | None = None) -> NDArray[Any]:
        """Write n expressions as lines, (n, L) int32."""
        texts = [reverse_numbers(text) for text in _normal(encoder, expressions)]
        return _rows(encoder, texts, self.shape(encoder).source_length)

    def arrays(
        self,
        encoder: Encoder,
        expressions: NDArray[np.str_],
        answers: NDArray[np.str_],
        scale: float,
        random: np.random.Generator | None = None,
    ) -> dict[str, NDArray[Any]]:
        """Write the lines of n expressions, each with the one after it, as rows of several: (rows, T) int32 all.

        `random` decides which of the lines that come again are left out, and the order of the rows.
        """
        shape = self.shape(encoder)
        texts = _normal(encoder, expressions)
        pairs, self._counts = self.lines.choose(texts, shape.source_length, encoder.alphabet.numbers, random)
        source, target = (_rows(encoder, [pair[side] for pair in pairs], shape.source_length) for side in (0, 1))
        return pack_examples({"source": source, "target": target}, lengths(source), self.row_length(shape), random)

    def explained(self, encoder: Encoder, expression: str, truth: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Show the lines of an expression."""
        text, longest = encoder.alphabet.normalise(expression), self.shape(encoder).source_length
        pairs = [self.lines.pair(line, longest) for line in lines_of(text, self.lines.operation, self.lines.rule)]
        shown = " → ".join(written for _, written in filter(None, pairs))
        return {"text": text, "line": reverse_numbers(text)}, {"text": truth, "lines": shown}

    def shown(self, encoder: Encoder, expression: str, answer: str) -> tuple[str, str]:
        """Show a line and the one that is written over it."""
        text = encoder.alphabet.normalise(expression)
        return self.lines.pair(text, self.shape(encoder).source_length) or (text, "")

    def stepping(self, model: keras.Model, spec: ModelSpec, shape: Shape) -> NoReturn:
        """Refuse: a line is written all at once."""
        raise TypeError("a rewriting model writes whole lines, not token after token")

    def greedy(self, model: keras.Model, stepping: Stepping, shape: Shape, source: Any) -> NoReturn:
        """Refuse: a line is written all at once."""
        raise TypeError("a rewriting model writes whole lines, not token after token")

    def read(self, decoder: Decoder, encoder: Encoder, source: NDArray[Any], scale: float) -> Written:
        """Let lines be written anew until they are numbers, and read these; what is none is no answer."""
        written, log_probabilities = self._rounds(decoder, encoder).write(source)
        probabilities = np.exp(log_probabilities.astype(np.float64)).tolist()
        return [_answer(_text(encoder, decoder.shape, row)) for row in written.tolist()], probabilities, None

    def read_working(self, decoder: Decoder, encoder: Encoder, source: NDArray[Any], scale: float) -> Written:
        """Let lines be written anew until they are numbers, and read all of them: `8+3*18=8+54=62`."""
        lines: list[list[str]] = [[] for _ in source]

        def note(rows: NDArray[np.intp], changed: NDArray[np.int32]) -> None:
            for row, ids in zip(rows.tolist(), changed.tolist(), strict=True):
                lines[row].append(_text(encoder, decoder.shape, ids))

        written, log_probabilities = self._rounds(decoder, encoder).write(source, note)
        last = [_text(encoder, decoder.shape, row) for row in written.tolist()]
        # The last line stands as the answer, where it is one.
        texts = [IS.join([*found[:-1], _answer(line) or line]) for found, line in zip(lines, last, strict=True)]
        return texts, np.exp(log_probabilities.astype(np.float64)).tolist(), None

    def _rounds(self, decoder: Decoder, encoder: Encoder) -> Rounds:
        known = encoder.vocabulary.ids
        signs = [known[sign] for sign in SIGNS if sign in known]
        return Rounds(decoder, signs, known.get("-", -1), self.row_length(decoder.shape), spare=self.lines.spare)


def _normal(encoder: Encoder, expressions: Texts) -> list[str]:
    """Write expressions as the grammar does."""
    readings = str.maketrans(dict(encoder.alphabet.readings("source")))
    return [str(text).translate(readings) for text in expressions]


def _rows(encoder: Encoder, texts: list[str], width: int) -> NDArray[np.int32]:
    """Write lines, and what stands in their places, as rows (n, width)."""
    shape = encoder.shape
    for text in texts:
        if not 0 < len(text) <= width:
            raise EncodingError(f"the line '{text}' has {len(text)} characters, rows have room for 1 to {width}")
    ids = {"\0": shape.pad, **encoder.vocabulary.ids, BLANK: shape.end, STROKE: shape.start}
    table = np.full(max(map(ord, ids)) + 2, UNKNOWN, np.int32)
    table[list(map(ord, ids))] = list(ids.values())
    codes = code_points(texts)
    found = table[np.minimum(codes, len(table) - 1)]
    if found.min(initial=shape.pad) == UNKNOWN:
        row, column = np.argwhere(found == UNKNOWN)[0]
        sign = chr(codes[row, column])
        raise EncodingError(f"the line '{texts[row]}' holds '{sign}', which the vocabulary does not have")
    return np.pad(found, ((0, 0), (0, width - found.shape[1])), constant_values=shape.pad)


def _text(encoder: Encoder, shape: Shape, row: list[int]) -> str:
    """Read a line, numbers most significant digit first."""
    symbols = [STROKE if each == shape.start else encoder.vocabulary.symbol(each) for each in row if each != shape.pad]
    return reverse_numbers("".join(symbols))


def _answer(line: str) -> str:
    """Read a last line as an answer; empty where it is not a number."""
    return line.replace(STROKE, "/") if NUMBER.fullmatch(line) else ""
