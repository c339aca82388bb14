"""Hand-made skeleton tables, so that these tests need no grammar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

# A machine that others work on is slow at times.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

MakeBlock = Callable[..., Any]


class Table:
    """A skeleton table from patterns in which `#` is a number."""

    operators = ()

    def __init__(self, patterns: Sequence[str], literals: Sequence[str] | None = None) -> None:
        self.patterns = list(patterns)
        self.literals = tuple(literals or dict.fromkeys("".join(patterns).replace("#", "")))
        self.tokens = np.full((len(patterns), max(map(len, patterns))), -2, np.int16)
        for row, pattern in enumerate(patterns):
            codes = [-1 if sign == "#" else self.literals.index(sign) for sign in pattern]
            self.tokens[row, : len(codes)] = codes

    def __len__(self) -> int:
        return len(self.patterns)

    def pattern(self, row: int) -> str:
        return self.patterns[row]


def fill(pattern: str, numbers: Sequence[int]) -> str:
    parts = pattern.split("#")
    return parts[0] + "".join(f"{number}{part}" for number, part in zip(numbers, parts[1:], strict=True))


@pytest.fixture
def make_table() -> type[Table]:
    return Table


@pytest.fixture
def four_terms() -> Table:
    """All operators at four numbers, bracketed in many ways, some with signs."""
    shapes = ("#{}#{}#{}#", "(#{}#){}(#{}#)", "#{}(#{}#{}#)", "(#{}(#{}#)){}#", "-#{}(-#{}--#){}-(+#)")
    return Table([shape.format(*signs) for shape in shapes for signs in product("+-*/", repeat=3)])


@pytest.fixture
def make_block() -> MakeBlock:
    """Draw n expressions of a table with numbers from low to high."""

    def make(table: Table, rows: int, low: int, high: int, seed: int = 0) -> Any:
        chance = np.random.default_rng(seed)
        skeletons = chance.integers(0, len(table), rows)
        numbers = chance.integers(low, high + 1, (rows, table.patterns[0].count("#")))
        texts = [fill(table.patterns[row], values) for row, values in zip(skeletons, numbers.tolist(), strict=True)]
        return SimpleNamespace(skeletons=table, rows=skeletons, numbers=numbers, expressions=np.array(texts))

    return make
