"""A working without its beginning: its first parts are left out, at most all that stands before the answer.

    drop
    0      342*361:342+20520=20862+102600=123462
    1      342+20520=20862+102600=123462
    2      20862+102600=123462
    all    123462

A part ends with what separates it from the next one. What is left is the end of the whole text, so that it shows no
line that the whole one does not show.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from itertools import takewhile

from exprlearn.plugin import Working
from exprlearn.plugin.kinds.working import Drop
from exprlearn.working.line_checking import WorkingCheck

#: What numbers, calculations and lines are written with, so that it separates nothing.
_OF_LINES = frozenset("0123456789+-*/()|.")


def drop_parts(text: str, answer: str, working: Working, drop: Drop) -> str:
    """Leave out the first parts of a text that ends with an answer, which stays.

    >>> from exprlearn.working.forms import ExpressionsWorking
    >>> [drop_parts("8+3*18=8+54=62", "62", ExpressionsWorking(), drop) for drop in (0, 1, 9)]
    ['8+3*18=8+54=62', '8+54=62', '62']
    """
    if drop == "all":
        return answer
    parts = parts_before(text, answer, working)
    return "".join(parts[drop:]) + answer


def parts_before(text: str, answer: str, working: Working) -> list[str]:
    """Cut what stands before the answer of a text into its parts.

    >>> from exprlearn.working.columns import ColumnsWorking
    >>> parts_before("756/18:40*720:36/18:2*36:0/18=42", "42", ColumnsWorking())
    ['756/18:', '40*720:', '36/18:', '2*36:', '0/18=']
    """
    return _parts(working.characters).findall(text[: len(text) - len(answer)])


def without_missing(check: WorkingCheck, missing: str, whole: str, working: Working) -> WorkingCheck:
    """Leave the lines out that a text did not show, from the check of the text behind its missing beginning.

    Args:
        check: of the missing beginning and the text together.
        missing: the beginning that was not to be written.
        whole: the right working, which begins with it.
        working: how it is written.

    >>> from exprlearn.arithmetic.divisions import ExactOnlyPolicy
    >>> from exprlearn.working import check_working
    >>> from exprlearn.working.forms import ExpressionsWorking
    >>> check = check_working("8+3*(9+9)", "8+3*18=8+55=63", ExpressionsWorking(), ExactOnlyPolicy())
    >>> found = without_missing(check, "8+3*18=", "8+3*18=8+54=62", ExpressionsWorking())
    >>> print(found.right, found.lines, found.fault)
    0 2 first wrong line 1, calculation: 3*18 is 54, not 55
    """
    # A line that ends behind the beginning is not among them.
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(working.lines(missing), working.lines(whole), strict=False))
    lines = [line for line, _ in pairs] if missing else []
    counted = sum(not line.is_part for line in lines)
    fault = check.fault and replace(check.fault, line=max(check.fault.line - len(lines), 0))
    return WorkingCheck(max(check.right - counted, 0), max(check.lines - counted, 0), fault)


@lru_cache
def _parts(characters: str) -> re.Pattern[str]:
    separators = "".join(map(re.escape, sorted(set(characters) - _OF_LINES)))
    return re.compile(f"[^{separators}]*[{separators}]+|[^{separators}]+" if separators else ".+", re.DOTALL)
