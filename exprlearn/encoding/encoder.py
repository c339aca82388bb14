"""The encoder: expressions and answers to arrays of ids, and back."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from exprlearn.encoding.alphabet import Alphabet
from exprlearn.encoding.id_rows import Texts
from exprlearn.encoding.lookup import lookup_for
from exprlearn.encoding.mapping import NumberRows
from exprlearn.encoding.sides import AnswerRows, SourceRows, answer_steps, vocabulary_of
from exprlearn.encoding.stored import Length, plain, stored
from exprlearn.encoding.vocabulary import END, PAD, Vocabulary
from exprlearn.errors import RunError
from exprlearn.plugin import Augmenting, Padding, Reversal, Shape, Tokenizer
from exprlearn.plugin.kinds.model import Inputs
from exprlearn.plugin.kinds.padding import Piecewise


class Encoder:
    """Writes expressions and answers as ids in one combination of tokenizer, padding and reversal.

    Args:
        alphabet: what expressions and answers hold, and how long they get.
        tokenizer: cuts text into tokens.
        padding: lays sources out in rows of one width.
        reversal: which sides are reversed.
        inputs: how models turn source ids into features.
        vocabulary: the ids of an earlier run; None lets the tokenizer list its symbols.
        names: the components as a config names them, by kind, for `to_json`.

    Raises:
        EncodingError: the tokenizer cannot write the alphabet.

    >>> from exprlearn.arithmetic.divisions import ExactOnlyPolicy
    >>> from exprlearn.encoding import BOTH, Characters, PerTerm, alphabet_of
    >>> from exprlearn.sampling.space import ExpressionSpace
    >>> addition = alphabet_of(ExpressionSpace.from_file("addition"), ExactOnlyPolicy(), longest_answer=4)
    >>> encoder = Encoder(addition, tokenizer=Characters(), padding=PerTerm(), reversal=BOTH)
    >>> encoder.sources(["12+3"])
    array([[ 6,  0,  0, 13,  5,  4,  0]], dtype=int32)
    >>> encoder.targets(["15"])
    array([[8, 4, 2, 0, 0]], dtype=int32)
    >>> encoder.expressions(encoder.sources(["12+3"])).tolist(), encoder.answers(encoder.targets(["15"])).tolist()
    (['12+3'], ['15'])
    >>> encoder.describe("12 + 3").padded
    '·12+··3'
    """

    def __init__(
        self,
        alphabet: Alphabet,
        *,
        tokenizer: Tokenizer,
        padding: Padding,
        reversal: Reversal,
        inputs: Inputs = "embedding",
        vocabulary: Vocabulary | None = None,
        names: Mapping[str, Named] | None = None,
    ) -> None:
        self.alphabet, self.inputs = alphabet, inputs
        self.vocabulary = vocabulary or vocabulary_of(tokenizer, alphabet)
        self.reversal = reversal
        self._names = dict(names or {})
        if isinstance(padding, Piecewise):
            said = f"{type(padding).__name__}: number_steps and ends_right are deprecated, nothing asks for them"
            warnings.warn(said, DeprecationWarning, stacklevel=2)
        self._sources = SourceRows(
            lookup=lookup_for(tokenizer, self.vocabulary, alphabet, "source"),
            vocabulary=self.vocabulary,
            padding=padding,
            width=padding.width(alphabet, self.vocabulary),
            is_reversed=reversal.source,
            turns_numbers=alphabet.turns_numbers,
        )
        self._answers = AnswerRows(
            lookup=lookup_for(tokenizer, self.vocabulary, alphabet, "target"),
            vocabulary=self.vocabulary,
            width=answer_steps(tokenizer, alphabet) + 1,
            is_reversed=reversal.target,
            turns_numbers=alphabet.turns_numbers,
        )

    @property
    def shape(self) -> Shape:
        """The sizes of the arrays of ids."""
        return Shape(
            source_length=self._sources.width,
            target_length=self._answers.width,
            vocabulary_size=len(self.vocabulary),
            inputs=self.inputs,
            digits=tuple(np.flatnonzero(self.vocabulary.numerals).tolist()),
        )

    @property
    def number_shape(self) -> Shape:
        """The sizes of rows of numbers, and of an answer that is one number."""
        return Shape(
            source_length=self.number_rows.steps,
            target_length=1,
            vocabulary_size=len(self.vocabulary),
            inputs=self.inputs,
            features=self.number_rows.features,
        )

    @cached_property
    def number_rows(self) -> NumberRows:
        """The rows of numbers that the mapping framing reads."""
        return NumberRows(self.alphabet)

    @property
    def augments(self) -> bool:
        """Tell whether training rows are laid out in another way each epoch."""
        return isinstance(self._sources.padding, Augmenting)

    def sources(self, expressions: Texts, random: np.random.Generator | None = None) -> NDArray[np.int32]:
        """Return expressions as padded rows (n, source_length) int32.

        Args:
            expressions: n of them.
            random: lays training rows out, where the padding can; None for everything that is asked or evaluated.

        Raises:
            EncodingError: an expression that is empty, too long or outside of the vocabulary.
        """
        return self._sources.rows(expressions, random)

    def targets(self, answers: Texts) -> NDArray[np.int32]:
        """Return answers as rows (n, target_length) int32: tokens, end mark, padding.

        Raises:
            EncodingError: an answer that is too long or outside of the vocabulary.
        """
        return self._answers.rows(answers)

    def expressions(self, ids: NDArray[np.integer[Any]]) -> NDArray[np.str_]:
        """Return the expressions '<U' (n,) of source rows (n, source_length)."""
        return self._sources.texts(ids)

    def answers(self, ids: NDArray[np.integer[Any]]) -> NDArray[np.str_]:
        """Return the answers '<U' (n,) of target rows (n, steps), up to their first end mark."""
        return self._answers.texts(ids)

    def numbers(self, expressions: Texts) -> NDArray[np.float32]:
        """Return expressions as scaled numbers (n, steps, features) float32, see `NumberRows`."""
        return self.number_rows.rows(expressions)

    def describe(self, expression: str) -> EncodingSteps:
        """Show what an expression becomes, step by step."""
        rows, text = self.sources([expression]), self.alphabet.normalise(expression)
        return steps_of(text, rows[0], self.vocabulary, self._sources.turned(rows)[0])

    def describe_answer(self, answer: str) -> EncodingSteps:
        """Show what an answer becomes, step by step; `padded` is the row as a decoder writes it."""
        row = self.targets([answer])[0]
        return steps_of(answer, row, self.vocabulary, row)

    def to_json(self) -> dict[str, Any]:
        """Return plain data that `from_json` makes the same encoder of.

        Raises:
            ValueError: the encoder was made without `names`.
        """
        missing = [kind for kind in PARTS if kind not in self._names]
        if missing:
            raise ValueError(f"an encoder that is to be stored needs the names of its {', '.join(missing)}")
        document = Document(
            format=FORMAT,
            **{kind: Part(self._names[kind].name, dict(self._names[kind].options)) for kind in PARTS},
            inputs=self.inputs,
            source_length=self._sources.width,
            target_length=self._answers.width,
            alphabet=self.alphabet,
            vocabulary=self.vocabulary,
        )
        return document.to_json()

    @classmethod
    def from_json(cls, document: Any, make: Make) -> Encoder:
        """Make the encoder that `to_json` wrote.

        Args:
            document: what `to_json` returned, perhaps read from a file.
            make: makes a component from its kind, name and options.

        Raises:
            RunError: the data is damaged, or its components now lay arrays out in another width.
            UnknownName: a component is not installed.
        """
        read = Document.from_json(document)
        names: dict[str, Part] = {"tokenizer": read.tokenizer, "padding": read.padding, "reversal": read.reversal}
        parts = {kind: make(kind, part.name, part.options) for kind, part in names.items()}
        encoder = cls(read.alphabet, **parts, inputs=read.inputs, vocabulary=read.vocabulary, names=names)
        now, then = (encoder.shape.source_length, encoder.shape.target_length), (read.source_length, read.target_length)
        if now != then:
            raise RunError(
                f"the run was trained on rows of {then[0]} and {then[1]} steps, its components now make {now[0]} and "
                f"{now[1]}: install the versions that run.json names"
            )
        return encoder


FORMAT = 1
PARTS = ("tokenizer", "padding", "reversal")

Make = Callable[[str, str, dict[str, Any]], Any]
"""Makes a component from its kind, its name and its options, as `registries[kind].make(name, options)` does."""


class Named(Protocol):
    """A component as a config names it."""

    @property
    def name(self) -> str:
        """The name in the registry of its kind."""

    @property
    def options(self) -> Mapping[str, Any]:
        """Its options as plain values."""


@dataclass(frozen=True)
class Part:
    """A component by name and options."""

    name: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Document:
    """The plain data of an encoder."""

    format: int
    tokenizer: Part
    padding: Part
    reversal: Part
    inputs: Inputs
    source_length: Length
    target_length: Length
    alphabet: Alphabet
    vocabulary: Vocabulary

    def to_json(self) -> dict[str, Any]:
        """Return it as dictionaries, lists, texts and numbers."""
        return dict(plain(self))

    @classmethod
    def from_json(cls, document: Any) -> Document:
        """Check plain data and make the document of it.

        Raises:
            RunError: data of another format, or damaged.
        """
        found = document.get("format") if isinstance(document, Mapping) else None
        if found != FORMAT:
            raise RunError(
                f"the stored encoding has format {repr(found)[:80]}, this version of exprlearn reads {FORMAT}: "
                "restore the file, or install the version that run.json names"
            )
        return stored(cls, document)


SHOWN = {PAD: "·", END: "⏎"}


@dataclass(frozen=True)
class EncodingSteps:
    """What a text becomes on its way into a row.

    Attributes:
        text: the text as the grammar writes it.
        padded: the text in its row, `·` for padding and `⏎` for the end mark, before the source is reversed.
        tokens: the symbols of the row as the model meets them.
        ids: their ids.
    """

    text: str
    padded: str
    tokens: tuple[str, ...]
    ids: tuple[int, ...]


def steps_of(text: str, row: NDArray[np.int32], vocabulary: Vocabulary, readable: NDArray[np.int32]) -> EncodingSteps:
    """Describe the row of ids (width,) that a text became; `readable` is the row before it was reversed."""
    tokens = tuple(vocabulary.symbol(number) for number in row.tolist())
    padded = "".join(SHOWN.get(number, vocabulary.symbol(number)) for number in readable.tolist())
    return EncodingSteps(text, padded, tokens, tuple(row.tolist()))
