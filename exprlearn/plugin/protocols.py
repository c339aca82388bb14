"""What the components that a spec makes must do: the contracts between a plugin and the core."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Tokenizer(Protocol):
    """Cuts text into tokens and joins them again; `join(split(text)) == text`.

    Attributes:
        per_character: every token is one character, so whole blocks are looked up at once.
    """

    per_character: bool

    def symbols(self, alphabet: Any) -> Sequence[str]:
        """List every token that can occur, in a fixed order, without padding, start and end."""

    def split(self, text: str) -> list[str]:
        """Cut `text` into tokens."""

    def join(self, tokens: Sequence[str]) -> str:
        """Write tokens as text again."""


class Padding(Protocol):
    """Lays right-packed rows of ids out in rows of a fixed width."""

    def width(self, alphabet: Any, vocabulary: Any) -> int:
        """Tell the width that every expression of the alphabet fits in."""

    def pad(self, ids: NDArray[np.int32], vocabulary: Any, width: int) -> NDArray[np.int32]:
        """Spread packed ids (n, longest) over rows (n, width)."""


class Reversal(Protocol):
    """Says which sides are written back to front.

    Attributes:
        source: source rows are reversed.
        target: answers are reversed, before their end mark.
    """

    source: bool
    target: bool


class Constraint(Protocol):
    """Keeps or drops expressions."""

    def keep(self, block: Any, values: Any) -> NDArray[np.bool_]:
        """Tell for each row of a block whether it stays."""

    def holds(self, expression: str, value: Fraction) -> bool:
        """Tell the same of one expression."""


class Division(Protocol):
    """Says how `/` computes and how an answer is written.

    Attributes:
        operation: `exact` keeps rationals, `floor` rounds every division down.
        characters: every character an answer can hold.
    """

    operation: Literal["exact", "floor"]
    characters: str

    def answer(self, value: Fraction, expression: str = "") -> str:
        """Write the answer, or raise an `EvaluationError` that says why there is none."""

    def answers(self, values: Any) -> tuple[NDArray[np.str_], NDArray[np.bool_]]:
        """Write the answers of a block; the mask tells which rows have one."""


class Metric(Protocol):
    """Scores decoded answers."""

    def score(self, answers: Sequence[str], truths: Sequence[str]) -> float:
        """Return the score over all items; higher is better unless the summary says otherwise."""
