"""From expressions to a model's answers as text, whatever its framing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exprlearn.decoding.beam import checked_width
from exprlearn.decoding.decoder import Decoded, Decoder
from exprlearn.decoding.framing import FramingRules
from exprlearn.decoding.working_writer import WorkingWriter
from exprlearn.errors import OptionError
from exprlearn.plugin.kinds.working import Drop

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
        texts: the answers, n of them, without what was written before them.
        probabilities: of each answer; None for models that answer with a number.
        decoded: every step of every answer; None for models that answer with a number, and where nobody asked.
        candidates: of a beam, for each expression its most probable answers with their probabilities, best first.
        written: all that was written of each, answer included; None where answers stand alone.
    """

    texts: list[str]
    probabilities: list[float] | None
    decoded: Decoded | None
    candidates: list[tuple[Candidate, ...]] | None = None
    written: list[str] | None = None


@dataclass(frozen=True)
class Answerer:
    """Asks a model and reads what it says.

    Attributes:
        decoder: runs the model.
        encoder: writes expressions, reads answers.
        scale: the answer that a mapping model calls 1.
        writer: writes the workings that stand before answers; None where these stand alone.
    """

    decoder: Decoder
    encoder: Encoder
    scale: float = 1.0
    writer: WorkingWriter | None = None

    @property
    def rules(self) -> FramingRules:
        """Return what the model's framing says of arrays and answers."""
        return self.decoder.rules

    @property
    def checker(self) -> WorkingWriter | None:
        """Return what checks the lines that the model shows; None where it shows none."""
        return self.reader or self.rules.checker

    @property
    def reader(self) -> WorkingWriter | None:
        """Return what finds answers behind the workings that the model writes; None where answers stand alone."""
        return None if self.writer is None or self.writer.stands_alone else self.writer

    def answer(
        self, expressions: Sequence[str] | NDArray[np.str_], *, beam: int = 1, steps: bool = False, lines: bool = False
    ) -> Answers:
        """Answer expressions.

        Args:
            expressions: n of them.
            beam: how many beginnings of an answer are kept from step to step; 1 is greedy decoding.
            steps: whether a beam's answers are told step by step too.
            lines: whether the lines that a model shows of itself are wanted; a working that it learned is always told.

        Raises:
            EncodingError: an expression that the vocabulary or the widths cannot write.
            OptionError: a beam that is too narrow or too wide, or a wider one than 1 for a model that writes a number.
        """
        if checked_width(beam) > 1:
            return self._searched(expressions, beam, steps=steps)
        checker = self.checker if lines else self.reader
        read = self.rules.read if checker is None else self.rules.read_working
        texts, sure, decoded = read(self.decoder, self.encoder, self.rows(expressions), self.scale)
        if checker is None:
            return Answers(texts, sure, decoded)
        return Answers([checker.answer(text) for text in texts], sure, decoded, written=texts)

    def texts(
        self, expressions: NDArray[np.str_], answers: NDArray[np.str_], drop: Drop | None = None
    ) -> NDArray[np.str_]:
        """Return what the model is to write of n examples: their answers, with the workings before them; '<U' (n,).

        `drop` leaves as many parts of the workings out; None as many as the run does.
        """
        if self.writer is None:
            return answers
        return np.array(self.writer.texts(expressions.tolist(), answers.tolist(), drop), np.str_)

    @property
    def counts(self) -> dict[str, int]:
        """Return what `arrays` counted when it was last called."""
        return {**self.rules.counts, **(self.writer.counts if self.writer else {})}

    def notes(self, counts: Mapping[str, int]) -> list[str]:
        """Tell in sentences what was learned from otherwise than one may expect, from the counts of all epochs."""
        return [*self.rules.notes(counts), *(self.writer.notes(counts) if self.writer else [])]

    def rows(self, expressions: Sequence[str] | NDArray[np.str_]) -> NDArray[Any]:
        """Write n expressions as the model reads them: (n, steps) int32, or (n, steps, features) float32 for a mapping.

        Raises:
            EncodingError: an expression that the vocabulary or the widths cannot write.
        """
        return self.rules.sources(self.encoder, expressions)

    def margins(self, expressions: NDArray[np.str_], answers: NDArray[np.str_]) -> NDArray[np.float32]:
        """Tell in one pass which expressions (n,) a sequence model answers rightly; see `forced_margins`.

        Returns:
            (n,) float32, above `TIE` where greedy decoding writes the answer, below `-TIE` where it does not. With a
            working, these hold of the text: where it is not written, the answer may be right for all that.

        Raises:
            EncodingError: an example that cannot be written.
        """
        texts = self.texts(expressions, answers)
        margins = np.full(len(texts), -np.inf, np.float32)
        rows = np.arange(len(texts)) if self.writer is None else np.flatnonzero(self.writer.fits(texts.tolist()))
        if len(rows):
            targets = self.rules.targets(self.encoder, texts[rows], self.scale)
            margins[rows] = self.decoder.margins(self.rows(expressions[rows]), targets)
        return margins

    def _searched(self, expressions: Sequence[str] | NDArray[np.str_], beam: int, *, steps: bool) -> Answers:
        if not self.rules.writes_tokens:
            raise OptionError(f"a beam of {beam}: {self.rules.without_beam}, so leave --beam out")
        sources = self.rows(expressions)
        beams = self.decoder.beams(sources, beam)
        count, width, length = beams.ids.shape
        texts = self.encoder.answers(beams.ids.reshape(-1, length)).reshape(count, width).tolist()
        rows = zip(texts, np.exp(beams.log_probabilities.astype(np.float64)).tolist(), strict=True)
        candidates = [_different(self._read(row), shares) for row, shares in rows]
        best = [found[0] for found in candidates]
        decoded = self.decoder.retrace(sources, beams.ids[:, 0]) if steps else None
        answers, probabilities = [item.answer for item in best], [item.probability for item in best]
        written = [row[0] for row in texts] if self.reader else None
        return Answers(answers, probabilities, decoded, candidates, written)

    def _read(self, texts: list[str]) -> list[str]:
        return texts if self.reader is None else [self.reader.answer(text) for text in texts]

    def arrays(
        self,
        expressions: NDArray[np.str_],
        answers: NDArray[np.str_],
        random: np.random.Generator | None = None,
        drop: Drop | None = None,
    ) -> dict[str, NDArray[Any]]:
        """Write n examples as `source` and `target`, what a model of this framing learns from: int32 (n, steps) each.

        With a working, the text that shows it is the target, and an example whose text is too long is another one.
        A mapping reads float32 (n, steps, features) and its target is float32 (n, 1). Rules that pack write fewer rows.

        `random` lays sources out where the padding can, and puts rows of several examples in order; `drop` is as of
        `texts`.

        Raises:
            EncodingError: an example that cannot be written.
        """
        texts = self.texts(expressions, answers, drop)
        if self.writer is not None:
            rows = self.writer.rows_that_fit(texts.tolist())
            expressions, texts = expressions[rows], texts[rows]
        return self.rules.arrays(self.encoder, expressions, texts, self.scale, random)


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
