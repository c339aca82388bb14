"""Values that a config writes as text: ranges, spans of time and things that may be left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, PlainValidator

RANGE = re.compile(r"(\d+)(?:\.\.(\d+))?")
BOUNDS = re.compile(r"(\d*)\.\.(\d*)")
DECIMALS = re.compile(r"(\d{1,15})\.(\d{1,3})\.\.(\d{1,15})\.(\d{1,3})")
SPAN = re.compile(r"(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s?)?")
NOTHING = "none"

Pair = tuple[int, int]
Bounds = tuple[int, int | None]
"""A smallest and a largest size; None is without end."""
NumberRange = Pair | str
"""A smallest and a largest whole number, or decimals as they are written: ``0.0..9.9``."""


def parse_range(value: Any) -> Pair:
    """Read a range with both ends inside; a single number is a range of one, anything else a `ValueError`.

    >>> parse_range("2..4"), parse_range(3)
    ((2, 4), (3, 3))
    """
    if isinstance(value, list | tuple) and len(value) == 2:
        value = f"{value[0]}..{value[1]}"
    found = RANGE.fullmatch(str(value).strip())
    if found is None:
        raise ValueError("write a range as '2..4', or a single number")
    low, high = int(found[1]), int(found[2] or found[1])
    if low > high:
        raise ValueError(f"a range runs upwards, write '{high}..{low}'")
    return low, high


def parse_bounds(value: Any) -> Bounds | None:
    """Read a range one end of which may be open, or None for 'none'; anything else is a `ValueError`.

    >>> parse_bounds("2..4"), parse_bounds("..4"), parse_bounds("2.."), parse_bounds("none")
    ((2, 4), (0, 4), (2, None), None)
    """
    if value is None or value == NOTHING:
        return None
    found = BOUNDS.fullmatch(str(value).strip())
    if found is None or all(found.groups()) or not any(found.groups()):
        return parse_range(value)
    return int(found[1] or 0), int(found[2]) if found[2] else None


def write_range(pair: Bounds) -> str:
    """Write a range as a config holds it.

    >>> write_range((2, 4)), write_range((2, None))
    ('2..4', '2..')
    """
    low, high = pair
    return f"{low}..{'' if high is None else high}"


def parse_numbers(value: Any) -> Pair | str:
    """Read a range of whole numbers, or one of decimals, which stays the text that it is.

    >>> parse_numbers("1..99"), parse_numbers(" 0.0..9.9")
    ((1, 99), '0.0..9.9')
    """
    text = str(value).strip()
    found = DECIMALS.fullmatch(text)
    if found is None:
        return parse_range(value)
    low, low_decimals, high, high_decimals = found.groups()
    if len(low_decimals) != len(high_decimals):
        raise ValueError("write both ends with as many decimals, such as '0.00..9.50'")
    if int(low + low_decimals) > int(high + high_decimals):
        raise ValueError(f"a range runs upwards, write '{high}.{high_decimals}..{low}.{low_decimals}'")
    return text


def _parse_ranges(value: Any) -> NumberRange | dict[str, NumberRange] | None:
    if value is None or value == NOTHING:
        return None
    if isinstance(value, Mapping):
        return {str(name): parse_numbers(part) for name, part in value.items()}
    return parse_numbers(value)


def _write_ranges(value: NumberRange | dict[str, NumberRange] | None) -> Any:
    if isinstance(value, dict):
        return {name: _write_ranges(each) for name, each in value.items()}
    return value if value is None or isinstance(value, str) else write_range(value)


def seconds(span: str) -> float | None:
    """Tell how many seconds a span of time has; None for 'none', a `ValueError` for anything else.

    >>> seconds("90s"), seconds("1h30m"), seconds("none")
    (90.0, 5400.0, None)
    """
    if span == NOTHING:
        return None
    found = SPAN.fullmatch(span.strip())
    if found is None or not any(found.groups()):
        raise ValueError("write a time as '90s', '10m', '1h30m' or 'none'")
    hours, minutes, rest = (float(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + rest


def _check_span(value: Any) -> str:
    span = f"{value}s" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
    seconds(span)
    return span


def _nothing(value: Any) -> Any:
    return None if value == NOTHING else value


OrNothing = BeforeValidator(_nothing)
Sizes = Annotated[
    Bounds | None, PlainValidator(parse_bounds), PlainSerializer(lambda value: value and write_range(value))
]
Ranges = Annotated[
    NumberRange | dict[str, NumberRange] | None, PlainValidator(_parse_ranges), PlainSerializer(_write_ranges)
]
Span = Annotated[str, PlainValidator(_check_span)]
