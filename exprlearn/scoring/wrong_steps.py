"""Where an answer went wrong: the first token that is not the right one, and how probable both were to the decoder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Tokens that are listed besides the one that was written.
OTHERS = 3


@dataclass(frozen=True)
class WrongStep:
    """The first step at which a decoder wrote another token than the right one.

    Until then it had written and read the right tokens, so these are its probabilities on the right way.

    Attributes:
        step: number of the step in the order of writing, from 1.
        chosen: the token written.
        right: the token that would have been right; `<end>` where the answer should have ended.
        others: the most probable tokens besides the one written, best first.
    """

    step: int
    chosen: str
    chosen_probability: float
    right: str
    right_probability: float
    others: tuple[tuple[str, float], ...] = ()

    def document(self) -> dict[str, Any]:
        """Return it as plain values, for JSON; probabilities with six decimals."""
        return {
            **{key: round(value, 6) if isinstance(value, float) else value for key, value in vars(self).items()},
            "others": [[token, round(probability, 6)] for token, probability in self.others],
        }


def first_wrong_steps(ids: NDArray[np.int32], targets: NDArray[np.int32], end: int) -> NDArray[np.intp]:
    """Find the first step at which each row of tokens differs from its target, up to the target's end mark.

    From ids and targets, (n, steps) int32 each, and the id of the end mark to (n,) int; -1 where none differs.

    >>> written, right = np.array([[5, 6, 2], [5, 2, 0]], np.int32), np.array([[5, 7, 2], [5, 2, 0]], np.int32)
    >>> first_wrong_steps(written, right, end=2).tolist()
    [1, -1]
    """
    # Targets 5 end 0: the end is over before step 2, so that what is written there does not count.
    over_before = np.cumsum(targets == end, axis=1) - (targets == end) > 0
    differs = (ids != targets) & ~over_before
    return np.where(differs.any(axis=1), np.argmax(differs, axis=1), -1)


def wrong_steps(
    ids: NDArray[np.int32],
    probabilities: NDArray[np.float32],
    targets: NDArray[np.int32],
    end: int,
    symbol: Callable[[int], str],
) -> list[WrongStep | None]:
    """Tell where each row went wrong; None where it did not.

    Args:
        ids: tokens as written, (n, steps) int32.
        probabilities: of every token at every step, (n, steps, vocabulary_size) float32.
        targets: tokens of the truth (n, steps) int32.
        end: id of the end mark.
        symbol: writes a token.
    """
    steps = first_wrong_steps(ids, targets, end)
    found: list[WrongStep | None] = [None] * len(ids)
    rows = np.flatnonzero(steps >= 0)
    if not len(rows):
        return found
    seen = probabilities[rows, steps[rows]]
    best = np.argsort(-seen, axis=1, kind="stable")[:, : OTHERS + 1].tolist()
    columns = zip(rows.tolist(), steps[rows].tolist(), best, strict=True)
    for index, (row, step, likely) in enumerate(columns):
        chosen, right = int(ids[row, step]), int(targets[row, step])
        others = [(symbol(token), float(seen[index, token])) for token in likely if token != chosen][:OTHERS]
        sure = float(seen[index, chosen]), float(seen[index, right])
        found[row] = WrongStep(step + 1, symbol(chosen), sure[0], symbol(right), sure[1], tuple(others))
    return found
