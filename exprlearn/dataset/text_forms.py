"""The canonical keys of many texts, most of them by the block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from exprlearn.arithmetic import UNLIMITED, Limits, compile_skeletons
from exprlearn.arithmetic.operators import Operators
from exprlearn.arithmetic.text_blocks import read_texts
from exprlearn.dataset.canonical import canonical_key, canonical_keys, text_key
from exprlearn.errors import EvaluationError

_AT_ONCE = 1 << 14


def canonical_forms(expressions: Iterable[str], operators: Operators = ()) -> list[int]:
    """Return the commutative key of each expression; a text that is no expression says only what itself says.

    `operators` are those of plugins that they are read with.

    >>> one, other, third, fourth = canonical_forms(["3+5", "5+3", "3-5", "three"])
    >>> one == other, one == third, third == fourth
    (True, False, False)
    """
    texts = list(expressions)
    forms = readable_forms(texts, limits=UNLIMITED, operators=operators)
    return [text_key(text) if form is None else form for text, form in zip(texts, forms, strict=True)]


def readable_forms(texts: Sequence[str], *, limits: Limits, operators: Operators = ()) -> list[int | None]:
    """Return the commutative key of each text, None where it is no expression or one larger than `limits`."""
    return [
        form
        for start in range(0, len(texts), _AT_ONCE)
        for form in _forms(texts[start : start + _AT_ONCE], limits, operators)
    ]


def _forms(texts: Sequence[str], limits: Limits, operators: Operators) -> Iterator[int | None]:
    rows, block = read_texts(texts)
    found = dict(zip(rows.tolist(), canonical_keys(block, compile_skeletons(block.skeletons)).tolist(), strict=True))
    for row, text in enumerate(texts):
        yield found[row] if row in found else _form(text, limits, operators)


def _form(text: str, limits: Limits, operators: Operators) -> int | None:
    try:
        return canonical_key(text, limits=limits, operators=operators)
    except EvaluationError:
        return None
