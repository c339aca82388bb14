"""Tell slips in carrying from other mistakes."""

from __future__ import annotations

import re
from collections.abc import Sequence

NUMBER = re.compile(r"-?[0-9]{1,300}")
ONE_COLUMN = re.compile(r"10*")


class ButForACarry:
    """Counts answers that are right, or that have a carry too many or too few in one column.

    Beside the exact match it tells what is left to learn: where it is high and exact match is low, the digits are
    right and the carries are not.

    >>> ButForACarry().score(["1225", "1125", "225", "?"], ["1225", "1225", "1225", "1225"])
    0.75
    """

    def score(self, answers: Sequence[str], truths: Sequence[str]) -> float:
        """Return the share of such answers."""
        pairs = list(zip(answers, truths, strict=True))
        return sum(is_right_but_for_a_carry(answer, truth) for answer, truth in pairs) / len(pairs)


def is_right_but_for_a_carry(answer: str, truth: str) -> bool:
    """Tell whether an answer is the truth, or an integer that differs by a power of ten.

    >>> [is_right_but_for_a_carry(answer, "100") for answer in ("100", "90", "110", "98", "")]
    [True, True, True, False, False]
    """
    if answer == truth:
        return True
    if not (NUMBER.fullmatch(answer) and NUMBER.fullmatch(truth)):
        return False
    return bool(ONE_COLUMN.fullmatch(str(abs(int(answer) - int(truth)))))
