"""The framings by name: a number, all tokens at once, token after token, or line after line."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from exprlearn.decoding.causal import CausalRules
from exprlearn.decoding.framing import FramingRules, Written
from exprlearn.decoding.rewriting import RewritingRules
from exprlearn.decoding.stepping import Stepping, independent
from exprlearn.decoding.teacher_forcing import TeacherForcedRules
from exprlearn.errors import EncodingError
from exprlearn.plugin import ModelSpec, Shape
from exprlearn.plugin.kinds.model import Framing
from exprlearn.tensors import keras, ops

if TYPE_CHECKING:
    from exprlearn.decoding.decoder import Decoder
    from exprlearn.encoding import Encoder
    from exprlearn.encoding.id_rows import Texts


class MappingRules(FramingRules):
    """Numbers (steps, features) float32 → one number, in units of the largest answer."""

    answers_numbers, writes_tokens = True, False
    without_beam = without_working = "a mapping model answers with one number"

    def explained(self, encoder: Encoder, expression: str, truth: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Show the numbers of an expression."""
        numbers = encoder.numbers([expression])[0].tolist()
        return {"text": encoder.alphabet.normalise(expression), "numbers": numbers}, {"text": truth}

    def shape(self, encoder: Encoder) -> Shape:
        """Return the sizes of rows of numbers."""
        return encoder.number_shape

    def sources(self, encoder: Encoder, expressions: Texts, random: np.random.Generator | None = None) -> NDArray[Any]:
        """Write the numbers of n expressions, (n, steps, features) float32."""
        return encoder.numbers(expressions)

    def targets(self, encoder: Encoder, answers: NDArray[np.str_], scale: float) -> NDArray[Any]:
        """Write answers '<U' (n,) as scaled numbers, (n, 1) float32."""
        return (numbers(answers) / scale).astype(np.float32)[:, None]

    def scale(self, answers: NDArray[np.str_]) -> float:
        """Return the largest of the first training answers '<U' (n,), at least 1."""
        return max(float(np.abs(numbers(answers)).max()), 1.0)

    def output_shape(self, shape: Shape) -> tuple[int, ...]:
        """Return the shape of one number."""
        return (1,)

    def loss(self, shape: Shape, outputs: Any, batch: Mapping[str, Any]) -> Any:
        """Return the squared error of scaled answers (batch, 1)."""
        return ops.mean(ops.square(outputs - batch["target"]))

    def stepping(self, model: keras.Model, spec: ModelSpec, shape: Shape) -> NoReturn:
        """Refuse: there are no steps."""
        raise TypeError("a mapping model writes one number, not token after token")

    def greedy(self, model: keras.Model, stepping: Stepping, shape: Shape, source: Any) -> NoReturn:
        """Refuse: there are no tokens."""
        raise TypeError("a mapping model writes one number, not tokens")

    def read(self, decoder: Decoder, encoder: Encoder, source: NDArray[Any], scale: float) -> Written:
        """Round each number to a whole one."""
        values = decoder.values(source) * scale
        return [_whole(value) for value in values.tolist()], None, None


class SequenceRules(FramingRules):
    """Tokens → the logits of all steps at once, none of which depends on another."""

    def stepping(self, model: keras.Model, spec: ModelSpec, shape: Shape) -> Stepping:
        """Take each step's logits from those that the model gives of the source."""
        return independent(model, shape)

    def greedy(self, model: keras.Model, stepping: Stepping, shape: Shape, source: Any) -> tuple[Any, Any]:
        """Take the most probable token of every step."""
        logits = model([source], training=False)
        return ops.cast(ops.argmax(logits, axis=-1), "int32"), ops.softmax(logits, axis=-1)


FRAMINGS: Mapping[Framing, FramingRules] = {
    "mapping": MappingRules(),
    "sequence": SequenceRules(),
    "teacher-forced": TeacherForcedRules(),
    "causal": CausalRules(),
    "rewriting": RewritingRules(),
}


def numbers(answers: NDArray[np.str_]) -> NDArray[np.float64]:
    """Read answers (n,) as numbers (n,) float64.

    Raises:
        EncodingError: an answer that is not a number, such as `7/2`.

    >>> numbers(np.array(["12", "-3"])).tolist()
    [12.0, -3.0]
    """
    try:
        return answers.astype(np.float64)
    except ValueError as error:
        raise EncodingError(
            f"mapping models answer with one number, and an answer is none ({error}): "
            "choose --division exact-only, floor or decimal"
        ) from error


def _whole(value: float) -> str:
    """Write a number rounded to a whole one; nothing where it is none, as after a training that ran away.

    >>> _whole(12.5), _whole(-0.2), _whole(math.nan)
    ('12', '0', '')
    """
    return str(round(value)) if math.isfinite(value) else ""
