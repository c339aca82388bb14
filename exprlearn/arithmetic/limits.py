"""How large an expression may be before it is refused."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Caps that keep every evaluation short, whatever the text.

    Attributes:
        characters: length of the text.
        depth: operators, signs and open brackets that may wait for their right side at once.
        bits: of every number read and of numerator and denominator of every intermediate value.
    """

    characters: int = 4096
    depth: int = 1000
    bits: int = 4096


#: What text from a user must keep to.
DEFAULT_LIMITS = Limits()

#: For expressions that a grammar of known size wrote.
UNLIMITED = Limits(characters=1 << 62, depth=1 << 62, bits=1 << 62)
