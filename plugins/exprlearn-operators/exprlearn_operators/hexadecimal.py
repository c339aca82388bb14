"""Numbers to the base sixteen: `0x1f` is 31."""

from __future__ import annotations

from exprlearn.plugin import OperatorSpec

HEXADECIMAL = OperatorSpec(
    name="hexadecimal",
    summary="A hexadecimal number: 0x1f is 31.",
    sign="x",
    form="numeral",
    pattern="0x[0-9a-f]+",
    calculate=lambda text: int(text, 16),
)
