"""Reading an expression by rules that do not hold: from left to right, or as if there were no brackets."""

from __future__ import annotations

import re

from exprlearn.arithmetic import plain_signs

_TOKEN = re.compile(r"[0-9]+|[-+*/()]")


def left_to_right(expression: str) -> str:
    """Write an expression so that its operations are done in reading order, brackets first as ever.

    >>> left_to_right("1+2*3"), left_to_right("2*(1+2*3)-4")
    ('((1+2)*3)', '((2*((1+2)*3))-4)')
    """
    # What is open: for each bracket the text read so far, and the signs before its next operand.
    open_levels: list[tuple[str, str]] = []
    read, signs = "", ""
    for token in _TOKEN.findall(plain_signs(expression)):
        if token == "(":
            open_levels.append((read, signs))
            read, signs = "", ""
        elif token in "+-*/":
            signs += token
        else:
            operand = token
            if token == ")":
                operand = read if read.startswith("(") else f"({read})"
                read, signs = open_levels.pop()
            read, signs = _joined(read, signs, operand), ""
    return read


def without_brackets(expression: str) -> str:
    """Leave all brackets out.

    >>> without_brackets("2*(3+4)")
    '2*3+4'
    """
    return plain_signs(expression).replace("(", "").replace(")", "")


def _joined(read: str, signs: str, operand: str) -> str:
    """Append an operand; the first sign behind what was read is the operation, all others belong to the operand."""
    if not read:
        return f"({signs}{operand})" if signs else operand
    return f"({read}{signs[:1]}{signs[1:]}{operand})"
