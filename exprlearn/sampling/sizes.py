"""Size vectors: how many terms, brackets, … an expression has, and how they are packed into one integer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from exprlearn.errors import SizeError

MEASURES = ("terms", "brackets", "operators", "characters")
"""What can be counted in every expression: numbers, opening brackets, signs, written characters."""

OPERATORS = frozenset("+-*/−×÷")

_WIDTH = 24
LARGEST = 2 ** (_WIDTH - 1) - 1
"""The largest size that a field of a packed vector holds; the bit above it catches what runs over."""


@dataclass(frozen=True, slots=True)
class Sizes(Mapping[str, int]):
    """The sizes of one stratum, a read-only mapping.

    >>> sizes = Sizes((("terms", 3), ("brackets", 1)))
    >>> sizes["terms"], str(sizes), sizes.as_dict()
    (3, 'terms=3 brackets=1', {'terms': 3, 'brackets': 1})
    """

    pairs: tuple[tuple[str, int], ...]

    def __getitem__(self, name: str) -> int:
        return dict(self.pairs)[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def __str__(self) -> str:
        return " ".join(f"{name}={value}" for name, value in self.pairs)

    def __hash__(self) -> int:
        return hash(self.pairs)

    def as_dict(self) -> dict[str, int]:
        """Copy into a plain dictionary, in the order of the size vector."""
        return dict(self.pairs)


@dataclass(frozen=True)
class Layout:
    """The fields of a packed size vector, the first most significant: vectors sort like tuples, add like integers.

    >>> layout = Layout(("terms", "brackets"))
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
