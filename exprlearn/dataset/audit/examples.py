"""Examples of what an audit found between rows: hashes point at rows, and these are read once more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from exprlearn.arithmetic import Tree
from exprlearn.dataset.audit.ledger import Ledger, Level, Pairs, Place
from exprlearn.dataset.audit.result import Finding, Kind
from exprlearn.dataset.audit.rows import Row, Source, read_rows

Reader = Callable[[Row], Tree | None]


class Shown(NamedTuple):
    """How findings between rows are shown: where the rows are, how they are read, and how many are shown."""

    ledger: Ledger
    read: Reader
    most: int

    def repeating(self, repeated: Pairs) -> list[Finding]:
        """Show rows that repeat an earlier one of their part."""
        return list(self._findings(repeated, "duplicate", None, self.most))

    def overlapping(self, texts: Pairs, forms: Pairs) -> list[Finding]:
        """Show rows whose expression another part has: first those with the same text, then those of the same form."""
        findings = list(self._findings(texts, "leak", "string", self.most))
        others = ~np.isin(forms.rows, texts.rows)
        rest = Pairs(forms.rows[others], forms.others[others])
        return [*findings, *self._findings(rest, "leak", "commutative", self.most - len(findings))]

    def _findings(self, pairs: Pairs, kind: Kind, level: Level | None, count: int) -> Iterator[Finding]:
        chosen = list(zip(pairs.rows[:count].tolist(), pairs.others[:count].tolist(), strict=True))
        places = {row: self.ledger.place(row) for pair in chosen for row in pair}
        texts = self._texts(set(places.values()))
        for row, other in chosen:
            (expression, answer), place = texts[places[row]], places[other]
            yield Finding(
                kind=kind,
                place=str(places[row]),
                expression=expression,
                answer=answer,
                other=(str(place), texts[place][0]),
                level=level,
            )

    def _texts(self, places: set[Place]) -> dict[Place, tuple[str, str | None]]:
        """Read the expressions and answers of some rows."""
        numbers: defaultdict[Source, set[int]] = defaultdict(set)
        for place in places:
            numbers[place.source].add(place.number)
        texts = {}
        for source, wanted in numbers.items():
            for row in read_rows(source, only=wanted):
                tree = self.read(row)
                texts[Place(source, row.line)] = tree.expression if tree else "", row.answer
        return texts
