"""The expressions that the working in a row shows, by their forms."""

from __future__ import annotations

import re
from collections.abc import Iterator

from exprlearn.arithmetic import DEFAULT_LIMITS
from exprlearn.dataset.canonical import canonical_key
from exprlearn.errors import EvaluationError
from exprlearn.plugin import Working
from exprlearn.working import as_expression

# What stands between the expressions and values of the built-in workings.
_BETWEEN = re.compile(r"[;=:,\n]")
_NUMBER = re.compile(r"[0-9]+")
_VALUE = re.compile(r"-?[0-9]+\|[0-9]+")


def shown_forms(text: str, working: Working | None = None) -> Iterator[int]:
    """Yield the canonical form of each expression of several numbers in a working; what cannot be read shows nothing.

    Args:
        text: the working.
        working: how it is written; None reads what stands between `;`, `=`, `:` and `,`.

    >>> len(list(shown_forms("9+9=18;3*18=54;8+54=62"))), list(shown_forms("62"))
    (3, [])
    """
    if not text:
        return
    # The last part is the answer, which may be a fraction, as `1|3` may be a value.
    lines = _BETWEEN.split(text)[:-1] if working is None else [line.expression for line in working.lines(text)]
    for line in lines:
        if len(_NUMBER.findall(line)) > 1 and not _VALUE.fullmatch(line):
            try:
                yield canonical_key(as_expression(line), limits=DEFAULT_LIMITS)
            except EvaluationError:
                continue
