"""Examples of what an audit found between rows: hashes point at lines, and these are read once more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from exprlearn.dataset.audit.ledger import Ledger, Level, Place
from exprlearn.dataset.audit.questions import find_expression
from exprlearn.dataset.audit.result import Finding, Kind
from exprlearn.dataset.audit.rows import Keys, read_rows

Shared = Mapping[Level, Mapping[tuple[str, str], NDArray[np.uint64]]]

Pair = tuple[int, int]
"""A row, and an earlier or otherwise placed one that says the same."""


def repeating(ledger: Ledger, keys: Keys, count: int) -> list[Finding]:
    """Show rows that repeat an earlier one of their part."""
    pairs: list[Pair] = []
    for part in ledger.parts:
        rows = ledger.repeated(part, "string")[: count - len(pairs)]
        pairs += zip(rows.tolist(), ledger.find(part, "string", ledger.keys("string")[rows]), strict=True)
    return list(_shown(ledger, keys, pairs, "duplicate", None))


def overlapping(ledger: Ledger, keys: Keys, shared: Shared, count: int) -> list[Finding]:
    """Show rows whose expression another part has: first those with the same text, then those with the same form."""
    findings: list[Finding] = []
    for level in shared:
        pairs = list(islice(_leaks(ledger, shared, level, count), count - len(findings)))
        findings += _shown(ledger, keys, pairs, "leak", level)
    return findings


def _leaks(ledger: Ledger, shared: Shared, level: Level, count: int) -> Iterator[Pair]:
    for (one, other), found in shared[level].items():
        rows = ledger.rows(other)
        leaked = np.isin(ledger.keys(level)[rows], found)
        if level != "string":
            texts = shared["string"].get((one, other), np.zeros(0, np.uint64))
            leaked &= ~np.isin(ledger.keys("string")[rows], texts)
        rows = rows[leaked][:count]
        yield from zip(rows.tolist(), ledger.find(one, level, ledger.keys(level)[rows]), strict=True)


def _shown(ledger: Ledger, keys: Keys, pairs: Sequence[Pair], kind: Kind, level: Level | None) -> Iterator[Finding]:
    places = {row: ledger.place(row) for pair in pairs for row in pair}
    texts = _texts(set(places.values()), keys)
    for row, other in pairs:
        (expression, answer), place = texts[places[row]], places[other]
        yield Finding(
            kind=kind,
            place=_written(places[row]),
            expression=expression,
            answer=answer,
            other=(_written(place), texts[place][0]),
            level=level,
        )


def _texts(places: set[Place], keys: Keys) -> dict[Place, tuple[str, str | None]]:
    """Read the expressions and answers of some lines."""
    lines: defaultdict[object, set[int]] = defaultdict(set)
    for place in places:
        lines[place.file].add(place.line)
    texts = {}
    for file in {place.file for place in places}:
        for row in read_rows(file, keys, only=lines[file]):
            tree = find_expression(row.question or "")
            texts[Place(file, row.line)] = tree.expression if tree else "", row.answer
    return texts


def _written(place: Place) -> str:
    return f"{place.file}:{place.line}"
