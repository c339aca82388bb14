"""The sizes a model is built for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Inputs = Literal["one-hot", "integer", "embedding"]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Everything a model's builder may know of the data.

    Attributes:
        source_length: steps of a source row; in the mapping framing the numbers of an expression.
        target_length: steps of a target row, the end mark included; 1 in the mapping framing.
        vocabulary_size: ids run from 0 to `vocabulary_size - 1`.
        inputs: how source ids become features.
        features: features of a step in the mapping framing.
        pad: id of padding.
        start: id that a decoder reads first.
        end: id that ends every target.
        digits: ids of the tokens that are digits or several in a row; none in the mapping framing.
    """

    source_length: int
    target_length: int
    vocabulary_size: int
    inputs: Inputs = "embedding"
    features: int = 1
    pad: int = 0
    start: int = 1
    end: int = 2
    digits: tuple[int, ...] = ()
