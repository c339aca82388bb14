"""Sizes as users give them, as bounds."""

from __future__ import annotations

from collections.abc import Mapping

from exprlearn.errors import GrammarError, SizeError
from exprlearn.grammar.pragmas import Bounds, parse_bounds

Span = int | str | tuple[int, int | None] | list[int]
"""One number, ``"2..4"``, or a smallest and a largest number."""


def read_bounds(name: str, span: Span) -> Bounds:
    """Read a span.

    >>> read_bounds("terms", (2, 4)), read_bounds("terms", 3), read_bounds("terms", "2..")
    ((2, 4), (3, 3), (2, None))

    Raises:
        SizeError: not a span, negative, or its end is before its start.
    """
    try:
        if isinstance(span, str):
            return parse_bounds(span)
        low, high = (span, span) if isinstance(span, int) else span
    except (TypeError, ValueError):
        raise _no_span(name, span) from None
    if not isinstance(low, int) or not (high is None or isinstance(high, int)):
        raise _no_span(name, span)
    if low < 0 or (high is not None and high < low):
        raise _no_span(name, span)
    return low, high


def read_ranges(ranges: Mapping[str, Span] | Span | None) -> dict[str, tuple[int, int]] | tuple[int, int] | None:
    """Read number ranges: one for all number terminals, or by terminal.

    >>> read_ranges("1..99"), read_ranges({"NUMBER": (1, 9)})
    ((1, 99), {'NUMBER': (1, 9)})

    Raises:
        SizeError: not a span.
        GrammarError: a range without an end.
    """
    if ranges is None:
        return None
    if isinstance(ranges, Mapping):
        return {name: _closed(name, span) for name, span in ranges.items()}
    return _closed("range", ranges)


def _closed(name: str, span: Span) -> tuple[int, int]:
    low, high = read_bounds(name, span)
    if high is None:
        raise GrammarError(f"{name}={span!r} has no end: write a largest number too, such as 1..99")
    return low, high


def _no_span(name: str, span: object) -> SizeError:
    return SizeError(f"{name}={span!r} is no span: write {name}=3, {name}=(2, 4) or {name}='2..4'")
