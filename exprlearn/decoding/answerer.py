"""From expressions to a model's answers as text, whatever its framing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exprlearn.decoding.beam import checked_width
from exprlearn.decoding.decoder import Decoded, Decoder
from exprlearn.decoding.framing import FramingRules
from exprlearn.errors import OptionError

if TYPE_CHECKING:
    from exprlearn.encoding import Encoder


class Candidate(NamedTuple):
    """An answer that a beam found, and its probability."""

    answer: str
    probability: float


@dataclass(frozen=True)
class Answers:
    """A model's answers.

    Attributes:
        texts: the answers, n of them.
        probabilities: of each answer; None for models that answer with a number.
        decoded: every step of every answer; None for models that answer with a number, and where nobody asked.
        candidates: of a beam, for each expression its most probable answers with their probabilities, best first.
    """

    texts: list[str]
    probabilities: list[float] | None
    decoded: Decoded | None
    candidates: list[tuple[Candidate, ...]] | None = None


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

    @property
    def rules(self) -> FramingRules:
        """Return what the model's framing says of arrays and answers."""
        return self.decoder.rules

    def answer(self, expressions: Sequence[str] | NDArray[np.str_], *, beam: int = 1, steps: bool = False) -> Answers:
        """Answer expressions.

        Args:
            expressions: n of them.
            beam: how many beginnings of an answer are kept from step to step; 1 is greedy decoding.
            steps: whether a beam's answers are told step by step too.

        Raises:
            EncodingError: an expression that the vocabulary or the widths cannot write.
            OptionError: a beam that is too narrow or too wide, or a wider one than 1 for a model that writes a number.
        """
        if checked_width(beam) > 1:
            return self._searched(expressions, beam, steps=steps)
        return Answers(*self.rules.read(self.decoder, self.encoder, self.rows(expressions), self.scale))

    def rows(self, expressions: Sequence[str] | NDArray[np.str_]) -> NDArray[Any]:
        """Write n expressions as the model reads them: (n, steps) int32, or (n, steps, features) float32 for a mapping.

        Raises:
            EncodingError: an expression that the vocabulary or the widths cannot write.
        """
        return self.rules.sources(self.encoder, expressions)

    def margins(self, expressions: NDArray[np.str_], answers: NDArray[np.str_]) -> NDArray[np.float32]:
        """Tell in one pass which expressions (n,) a sequence model answers rightly; see `forced_margins`.

        Returns:
            (n,) float32, above `TIE` where greedy decoding writes the answer, below `-TIE` where it does not.

        Raises:
            EncodingError: an example that cannot be written.
        """
        return self.decoder.margins(self.rows(expressions), self.rules.targets(self.encoder, answers, self.scale))

    def _searched(self, expressions: Sequence[str] | NDArray[np.str_], beam: int, *, steps: bool) -> Answers:
        if not self.rules.writes_tokens:
            raise OptionError(f"a beam of {beam}: {self.rules.without_beam}, so leave --beam out")
        sources = self.rows(expressions)
        beams = self.decoder.beams(sources, beam)
        count, width, length = beams.ids.shape
        texts = self.encoder.answers(beams.ids.reshape(-1, length)).reshape(count, width)
        rows = zip(texts.tolist(), np.exp(beams.log_probabilities.astype(np.float64)).tolist(), strict=True)
        candidates = [_different(answers, shares) for answers, shares in rows]
        best = [found[0] for found in candidates]
        decoded = self.decoder.retrace(sources, beams.ids[:, 0]) if steps else None
        return Answers([item.answer for item in best], [item.probability for item in best], decoded, candidates)

    def arrays(
        self, expressions: NDArray[np.str_], answers: NDArray[np.str_], random: np.random.Generator | None = None
    ) -> dict[str, NDArray[Any]]:
        """Write n examples as `source` and `target`, what a model of this framing learns from: int32 (n, steps) each.

        A mapping reads float32 (n, steps, features) and its target is float32 (n, 1).

        `random` lays sources out where the padding can.

        Raises:
            EncodingError: an example that cannot be written.
        """
        return self.rules.arrays(self.encoder, expressions, answers, self.scale, random)


def _different(answers: Sequence[str], probabilities: Sequence[float]) -> tuple[Candidate, ...]:
    """List different texts, best first, each with its likeliest row of tokens; rows that do not exist have none.

    >>> [found.answer for found in _different(["12", "12", "1", ""], [0.5, 0.25, 0.125, 0.0])]
    ['12', '1']
    """
    found: dict[str, float] = {}
    for answer, probability in zip(answers, probabilities, strict=True):
        if probability > 0 or not found:
            found.setdefault(answer, probability)
    return tuple(Candidate(*pair) for pair in found.items())
