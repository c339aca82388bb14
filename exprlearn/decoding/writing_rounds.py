"""Lines are written anew, round after round, until they are numbers.

A round takes the lines that are none yet, packs them into rows as training does, and asks for all rows in blocks of one
size, so that a single function is compiled. Lines get shorter and fewer from round to round, and so do the rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exprlearn.decoding.packing import find_places
from exprlearn.encoding.id_rows import lengths, packed
from exprlearn.tensors import ops

if TYPE_CHECKING:
    from exprlearn.decoding.decoder import Decoder

#: Rows that are written in one call: of more than the decoder's few, no other number is compiled.
BLOCK = 32


class Rounds:
    """Lets a model write lines until each is a number, stays as it is, or was written as often as it has places.

    Args:
        decoder: runs the model, which reads lines and segments and writes logits.
        signs: the ids of what stands in no number.
        minus: the one of them that may stand in front of a number; -1 where there is none.
        row_length: the steps of a row.
        spare: how many blanks stand behind a line as it is read, where there is room for them.
    """

    def __init__(self, decoder: Decoder, signs: list[int], minus: int, row_length: int, *, spare: int = 0) -> None:
        self.decoder, self.shape, self.row_length = decoder, decoder.shape, row_length
        self.signs, self.minus, self.spare = signs, minus, spare

    def write(
        self,
        source: NDArray[np.int32],
        on_round: Callable[[NDArray[np.intp], NDArray[np.int32]], None] = lambda rows, lines: None,
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Write lines (n, L) int32, flush left.

        `on_round` hears after every round which rows (m,) it has changed, and how their lines read now, (m, L).

        Returns:
            The last lines (n, L) int32, and the logarithm of the probability of all that was written, (n,) float32.
        """
        lines, worth = source.copy(), np.zeros(len(source), np.float32)
        waiting = np.flatnonzero(~self.are_numbers(lines))
        for _ in range(source.shape[1]):
            if not len(waiting):
                break
            new, surely = self._written(lines[waiting])
            stays = (new == lines[waiting]).all(axis=1)
            lines[waiting] = new
            worth[waiting] += surely
            on_round(waiting[~stays], new[~stays])
            waiting = waiting[~stays & ~self.are_numbers(new)]
        return lines, worth

    def are_numbers(self, lines: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Tell which lines (n, L) have no sign but a minus in front: (n,) bool."""
        is_sign = np.isin(lines, self.signs)
        is_sign[:, :1] &= lines[:, :1] != self.minus
        return np.asarray(~is_sign.any(axis=1))

    def _written(self, lines: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Write lines (n, L) once, without their blanks, and say how surely: (n,)."""
        places, counts = np.arange(lines.shape[1]), lengths(lines)[:, None]
        read = np.where((counts <= places) & (places < counts + self.spare), self.shape.end, lines)
        packing = find_places(lengths(read), self.row_length)
        rows = packing.lay_out(read), packing.segments
        chosen, chances = (packing.take_back(each) for each in self.decoder.run("line", self._line, *rows, chunk=BLOCK))
        texts = packed(np.where(chosen == self.shape.end, self.shape.pad, chosen))
        new = np.full_like(lines, self.shape.pad)
        new[:, : texts.shape[1]] = texts
        return new, chances.sum(axis=1)

    def _line(self, rows: Any, segments: Any) -> tuple[Any, Any]:
        """Choose the most probable tokens of rows (n, T), with the logarithms of their probabilities."""
        chances = ops.log_softmax(self.decoder.model([rows, segments], training=False), axis=-1)
        return ops.cast(ops.argmax(chances, axis=-1), "int32"), ops.max(chances, axis=-1)
