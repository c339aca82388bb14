"""The framing `causal`: question and answer are one sequence, and several of them stand in a row.

    reads     1 2 + 3 ^ 1 5      the question, the start mark `^`, the answer; its end mark is read by nobody
    writes    · · · · 1 5 $      what follows: learned from the start mark on, up to the end mark `$`

A model reads tokens (n, L), and for each of them which example of the row it belongs to (n, L); it writes the logits
(n, L, V) of the next token. When it is asked, questions stand flush right before the start mark, so that answers begin
at one step. Padding within and around sources is dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.decoding.packing import pack_examples, row_length_for
from exprlearn.decoding.teacher_forcing import TeacherForcedRules, one_step_late
from exprlearn.encoding import Left
from exprlearn.encoding.id_rows import lengths, packed
from exprlearn.plugin import Shape
from exprlearn.tensors import keras, ops

if TYPE_CHECKING:
    from exprlearn.encoding import Encoder
    from exprlearn.encoding.id_rows import Texts


class CausalRules(TeacherForcedRules):
    """Tokens of question and answer → the logits of the token that follows each."""

    packs = True

    def row_length(self, shape: Shape) -> int:
        """Return the steps of a row that holds several examples."""
        return row_length_for(shape.source_length + shape.target_length)

    def sources(self, encoder: Encoder, expressions: Texts, random: np.random.Generator | None = None) -> NDArray[Any]:
        """Write n questions flush right, (n, source_length) int32."""
        rows = encoder.sources(expressions, random)
        return Left().pad(packed(rows), encoder.vocabulary, rows.shape[1])

    def arrays(
        self,
        encoder: Encoder,
        expressions: NDArray[np.str_],
        answers: NDArray[np.str_],
        scale: float,
        random: np.random.Generator | None = None,
    ) -> dict[str, NDArray[Any]]:
        """Write n examples, each a question, the start mark and its answer, into rows (rows, row_length) int32."""
        shape = self.shape(encoder)
        questions = self.sources(encoder, expressions, random)
        joined = join_examples(questions, self.targets(encoder, answers, scale), shape)
        return pack_examples(joined, lengths(joined["source"]), self.row_length(shape), random)

    def inputs(self, shape: Shape, batch: Mapping[str, Any]) -> list[Any]:
        """Return tokens, and to which example of its row each belongs; without `segments`, join source and target."""
        if "segments" in batch:
            return [batch["source"], batch["segments"]]
        late = one_step_late(batch["target"], shape)
        asked = ops.cast(ops.not_equal(batch["source"], shape.pad), "int32")
        return [
            ops.concatenate([batch["source"], late], axis=1),
            ops.concatenate([asked, ops.ones_like(late)], axis=1),
        ]

    def output_shape(self, shape: Shape) -> tuple[int, ...]:
        """Return the shape of the logits of a row with one example."""
        return shape.source_length + shape.target_length, shape.vocabulary_size

    def logits(self, model: keras.Model, shape: Shape, source: Any, target: Any) -> Any:
        """Return the logits of the steps of the target, from the start mark on."""
        return super().logits(model, shape, source, target)[:, shape.source_length :]


def join_examples(source: NDArray[Any], target: NDArray[Any], shape: Shape) -> dict[str, NDArray[np.int32]]:
    """Write questions (n, source_length) and answers (n, target_length) as sequences that are read and written.

    Returns:
        `source` and `target`, (n, longest) int32 each, flush left.

    >>> shape = Shape(source_length=3, target_length=3, vocabulary_size=9, start=1, end=2)
    >>> for name, rows in join_examples(np.array([[0, 5, 6]]), np.array([[7, 2, 0]]), shape).items():
    ...     print(name, rows)
    source [[5 6 1 7]]
    target [[0 0 7 2]]
    """
    begun = np.full((len(source), 1), shape.start)
    read = np.concatenate([source, begun, np.where(target == shape.end, shape.pad, target)[:, :-1]], axis=1)
    written = np.concatenate([np.full_like(source, shape.pad), target], axis=1)
    taken = read != shape.pad
    counts = taken.sum(axis=1)
    is_filled = np.arange(int(counts.max(initial=0))) < counts[:, None]
    joined = {}
    for name, rows in (("source", read), ("target", written)):
        joined[name] = np.full(is_filled.shape, shape.pad, np.int32)
        joined[name][is_filled] = rows[taken]
    return joined
