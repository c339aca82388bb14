"""A framing: how examples are laid out as arrays, what is learned from them, and how answers are read.

Everything that depends on the framing of a model stands in a class of its own: those that there are, by the names that
a `ModelSpec` gives, stand in `exprlearn.decoding.framings`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.decoding.packing import row_length_for
from exprlearn.plugin import ModelSpec, Shape
from exprlearn.tensors import keras, ops

if TYPE_CHECKING:
    from exprlearn.config import Components
    from exprlearn.decoding.decoder import Decoded, Decoder
    from exprlearn.decoding.stepping import Stepping
    from exprlearn.decoding.working_writer import WorkingWriter
    from exprlearn.encoding import Encoder
    from exprlearn.encoding.id_rows import Texts

Written = tuple[list[str], "list[float] | None", "Decoded | None"]
"""Answers as text, the probability of each, and every step of each; None where a model has none."""


class FramingRules(ABC):
    """The rules of one framing; what is written here holds for rows of tokens that end with an end mark."""

    #: Whether an answer is one number, read from numbers.
    answers_numbers = False
    #: Whether an answer is a row of tokens with probabilities, which can be searched for and checked in one pass.
    writes_tokens = True
    #: Where it is not, why there is nothing to search for.
    without_beam = ""
    #: Where no working can be learned, why.
    without_working = ""
    #: Checks the lines that a model shows of itself; None where it shows none.
    checker: WorkingWriter | None = None
    #: Whether a row holds several examples: `arrays` gives as many rows as these need, and `segments` with them.
    packs = False
    #: What has to be known of cells beyond the training, where its expressions are not all that was learned from.
    beyond_note = ""

    def adapted(self, components: Components) -> FramingRules:
        """Return the rules for a run of these components; an OptionError names settings that do not go with them."""
        return self

    @property
    def counts(self) -> dict[str, int]:
        """Return what `arrays` counted when it was last called."""
        return {}

    def notes(self, counts: Mapping[str, int]) -> list[str]:
        """Tell in sentences what was learned from otherwise than one may expect, from the counts of all epochs."""
        return []

    def row_length(self, shape: Shape) -> int:
        """Return the steps of a row that holds several examples."""
        return row_length_for(shape.source_length)

    def shape(self, encoder: Encoder) -> Shape:
        """Return the sizes of what a model reads and writes."""
        return encoder.shape

    def sources(self, encoder: Encoder, expressions: Texts, random: np.random.Generator | None = None) -> NDArray[Any]:
        """Write n expressions as a model reads them, (n, source_length) int32; `random` lays training rows out.

        Raises:
            EncodingError: an expression that the vocabulary or the widths cannot write.
        """
        return encoder.sources(expressions, random)

    def targets(self, encoder: Encoder, answers: NDArray[np.str_], scale: float) -> NDArray[Any]:
        """Write answers '<U' (n,) as a model learns them, (n, target_length) int32.

        Raises:
            EncodingError: an answer that cannot be written.
        """
        return encoder.targets(answers)

    def arrays(
        self,
        encoder: Encoder,
        expressions: NDArray[np.str_],
        answers: NDArray[np.str_],
        scale: float,
        random: np.random.Generator | None = None,
    ) -> dict[str, NDArray[Any]]:
        """Write n training examples as `source` and `target`, (n, steps) each; `random` lays them out.

        Rules that pack write fewer rows, and `segments`: 1, 2, … for the examples of a row and 0 for padding. All three
        are (rows, row_length) int32.
        """
        return {
            "source": self.sources(encoder, expressions, random),
            "target": self.targets(encoder, answers, scale),
        }

    def explained(self, encoder: Encoder, expression: str, truth: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Show what an expression and its answer become, as plain data."""
        return asdict(encoder.describe(expression)), asdict(encoder.describe_answer(truth))

    def shown(self, encoder: Encoder, expression: str, answer: str) -> tuple[str, str]:
        """Show an example in a few characters, as it is read and as it is written."""
        return encoder.describe(expression).padded, encoder.describe_answer(answer).padded

    def scale(self, answers: NDArray[np.str_]) -> float:
        """Return the answer that a model calls 1, for the first training answers '<U' (n,)."""
        return 1.0

    def inputs(self, shape: Shape, batch: Mapping[str, Any]) -> list[Any]:
        """Return what a model reads of `source` and `target` while it learns."""
        return [batch["source"]]

    def output_shape(self, shape: Shape) -> tuple[int, ...]:
        """Return the shape of what a model writes of a row."""
        return shape.target_length, shape.vocabulary_size

    def logits(self, model: keras.Model, shape: Shape, source: Any, target: Any) -> Any:
        """Return what a model says at each step of targets (n, target_length), each after the target's own tokens.

        Args:
            model: the built model.
            shape: its shape.
            source: (n, source_length) int32, as `sources` writes it.
            target: (n, target_length) int32.

        Returns:
            (n, target_length, vocabulary_size) float32.
        """
        return model(self.inputs(shape, {"source": source, "target": target}), training=False)

    def loss(self, shape: Shape, outputs: Any, batch: Mapping[str, Any]) -> Any:
        """Return the scalar loss: cross-entropy over every token that is no padding.

        Args:
            shape: the model's shape.
            outputs: logits (batch, steps, vocabulary_size).
            batch: with `target` (batch, steps) int32.
        """
        target = batch["target"]
        counts = ops.cast(ops.not_equal(target, shape.pad), outputs.dtype)
        # Picking the target's log probability is a product with one-hot rows: XLA fuses it, a gather it does not.
        chosen = ops.sum(ops.log_softmax(outputs) * ops.one_hot(target, shape.vocabulary_size), axis=-1)
        return -ops.sum(chosen * counts) / ops.sum(counts)

    @abstractmethod
    def stepping(self, model: keras.Model, spec: ModelSpec, shape: Shape) -> Stepping:
        """Return how a model writes token after token."""

    @abstractmethod
    def greedy(self, model: keras.Model, stepping: Stepping, shape: Shape, source: Any) -> tuple[Any, Any]:
        """Write with the most probable token at each step.

        Returns:
            Tokens (n, target_length) int32, and the probabilities of all at every step (…, vocabulary_size).
        """

    def read(self, decoder: Decoder, encoder: Encoder, source: NDArray[Any], scale: float) -> Written:
        """Let a model answer source rows (n, …), and read what it writes."""
        decoded = decoder.decode(source)
        texts = encoder.answers(decoded.ids).tolist()
        return texts, decoded.answer_probabilities(decoder.shape.end).tolist(), decoded

    def read_working(self, decoder: Decoder, encoder: Encoder, source: NDArray[Any], scale: float) -> Written:
        """Let a model answer source rows (n, …), and read all the lines that it shows of itself."""
        return self.read(decoder, encoder, source, scale)
