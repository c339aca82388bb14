"""Size vectors: how many terms, brackets, … an expression has, as users bound them and packed into one integer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from exprlearn.errors import GrammarError, SizeError
from exprlearn.grammar.pragmas import Bounds, Range, parse_bounds, parse_decimals, parse_weight

MEASURES = ("terms", "brackets", "operators", "characters")
"""What can be counted in every expression: numbers, opening brackets, signs, written characters."""

OPERATORS = frozenset("+-*/−×÷")

_WIDTH = 24
LARGEST = 2 ** (_WIDTH - 1) - 1
"""The largest size that a field of a packed vector holds; the bit above it catches what runs over."""


@dataclass(frozen=True)
class SizeLayout:
    """The fields of a packed size vector, the first most significant: vectors sort like tuples, add like integers.

    >>> layout = SizeLayout(("terms", "brackets"))
    >>> layout.unpack(layout.pack({"terms": 3}) + layout.pack({"terms": 1, "brackets": 2}))
    (4, 2)
    """

    fields: tuple[str, ...]

    def pack(self, sizes: Mapping[str, int]) -> int:
        """Write sizes as one integer; fields that are not named are 0."""
        vector = 0
        for field in self.fields:
            size = sizes.get(field, 0)
            if size > LARGEST:
                raise SizeError(f"{field}={size} is more than any expression can have here: at most {LARGEST}")
            vector = vector << _WIDTH | size
        return vector

    def unpack(self, vector: int) -> tuple[int, ...]:
        """Read the sizes back, in the order of `fields`."""
        shifts = range(_WIDTH * (len(self.fields) - 1), -1, -_WIDTH)
        return tuple(vector >> shift & (2**_WIDTH - 1) for shift in shifts)

    @property
    def guards(self) -> int:
        """The top bit of every field, which no valid size sets."""
        return sum(1 << (_WIDTH * position + _WIDTH - 1) for position in range(len(self.fields)))


def measure_text(text: str) -> dict[str, int]:
    """Count what a literal adds to the sizes of an expression.

    >>> measure_text("(")
    {'brackets': 1, 'operators': 0, 'characters': 1}
    """
    signs = sum(character in OPERATORS for character in text)
    return {"brackets": text.count("("), "operators": signs, "characters": len(text)}


Span = int | str | tuple[int, int | None] | list[int]
"""One number, ``"2..4"``, or a smallest and a largest number."""


def read_bounds(name: str, span: Span) -> Bounds:
    """Read a span; a `SizeError` where it is none, negative, or ends before its start.

    >>> read_bounds("terms", (2, 4)), read_bounds("terms", 3), read_bounds("terms", "2..")
    ((2, 4), (3, 3), (2, None))
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


def read_ranges(ranges: Mapping[str, Span] | Span | None) -> dict[str, Range] | Range | None:
    """Read number ranges, one for all number terminals or by terminal; a `GrammarError` where one has no end.

    >>> read_ranges("1..99"), read_ranges({"NUMBER": (1, 9)}), read_ranges("0.0..9.9")
    ((1, 99), {'NUMBER': (1, 9)}, DecimalRange(low=0, high=99, digits=1))
    """
    if ranges is None:
        return None
    if isinstance(ranges, Mapping):
        return {name: _closed(name, span) for name, span in ranges.items()}
    return _closed("range", ranges)


def _closed(name: str, span: Span) -> Range:
    if isinstance(span, str) and (decimals := parse_decimals(span)):
        return decimals
    low, high = read_bounds(name, span)
    if high is None:
        raise GrammarError(f"{name}={span!r} has no end: write a largest number too, such as 1..99")
    return low, high


def _no_span(name: str, span: object) -> SizeError:
    return SizeError(f"{name}={span!r} is no span: write {name}=3, {name}=(2, 4) or {name}='2..4'")


Weight = int | float | str | Fraction


def exact_weights(weights: Mapping[str, Weight]) -> dict[str, Fraction]:
    """Read weights as fractions, a float as what it prints as; a `GrammarError` where one is not a number above 0.

    >>> exact_weights({"add": 3, "sub": 0.1})
    {'add': Fraction(3, 1), 'sub': Fraction(1, 10)}
    """
    exact: dict[str, Fraction] = {}
    for name, weight in weights.items():
        try:
            exact[name] = parse_weight(str(weight))
        except ValueError:
            raise GrammarError(
                f"{weight!r} is no weight of {name!r}: write a number above 0, such as 3 or 1/2"
            ) from None
    return exact
