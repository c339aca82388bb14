"""Numbers units first, each by itself, so that a carry is known before the digit that needs it.

The order of the text stays: reversing all of it would put the answer before its working.
"""

from __future__ import annotations

import re

_DIGITS = re.compile(r"[0-9]{2,}")


def reverse_numbers(text: str) -> str:
    """Reverse each number of a text, where it stands; a sign stays in front. Its own inverse.

    >>> reverse_numbers("9+9=18;3*18=54;8+54=62"), reverse_numbers("-17|50")
    ('9+9=81;3*81=45;8+45=26', '-71|05')
    """
    return _DIGITS.sub(lambda number: number[0][::-1], text)
