"""Reversals: which sides are written back to front, so that the step read last or written first carries least."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sides:
    """The sides that are reversed.

    A reversed source is the padded row back to front. A reversed answer is written last digit first, so a carry
    is known before the digit that needs it; its end mark and padding stay at the right.
    """

    source: bool = False
    target: bool = False


NONE = Sides()
SOURCE = Sides(source=True)
TARGET = Sides(target=True)
BOTH = Sides(source=True, target=True)
