"""From expressions to a model's answers as text, whatever its framing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.errors import EncodingError
from exprlearn.scoring.decode import Decoded, Decoder

if TYPE_CHECKING:
    from exprlearn.encoding import Encoder


@dataclass(frozen=True)
class Answers:
    """A model's answers.

    Attributes:
        texts: the answers, n of them.
        probabilities: of each answer; None for models that answer with a number.
        decoded: every step of every answer; None for models that answer with a number.
    """

    texts: list[str]
    probabilities: list[float] | None
    decoded: Decoded | None


@dataclass(frozen=True)
class Answerer:
    """Asks a model and reads what it says.

    Attributes:
        decoder: runs the model.
        encoder: writes expressions, reads answers.
        scale: the answer that a mapping model calls 1.
    """

    decoder: Decoder
    encoder: Encoder
    scale: float = 1.0

    def answer(self, expressions: Sequence[str] | NDArray[np.str_]) -> Answers:
        """Answer expressions.

        Raises:
            EncodingError: an expression that the vocabulary or the widths cannot write.
        """
        if self.decoder.spec.framing == "mapping":
            values = self.decoder.values(self.encoder.numbers(expressions)) * self.scale
            return Answers([str(int(value)) for value in np.rint(values)], None, None)
        decoded = self.decoder.decode(self.encoder.sources(expressions))
        texts = self.encoder.answers(decoded.ids).tolist()
        return Answers(texts, decoded.answer_probabilities(self.decoder.shape.end).tolist(), decoded)

    def arrays(self, expressions: NDArray[np.str_], answers: NDArray[np.str_]) -> dict[str, NDArray[Any]]:
        """Write examples as the arrays a model of this framing learns from: `source` and `target`, by row.

        Raises:
            EncodingError: an example that cannot be written.
        """
        if self.decoder.spec.framing != "mapping":
            return {"source": self.encoder.sources(expressions), "target": self.encoder.targets(answers)}
        target = (numbers(answers) / self.scale).astype(np.float32)[:, None]
        return {"source": self.encoder.numbers(expressions), "target": target}


def numbers(answers: NDArray[np.str_]) -> NDArray[np.float64]:
    """Read answers (n,) as numbers (n,) float64.

    Raises:
        EncodingError: an answer that is no number, such as `7/2`.

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
