"""The audit: every row is read once, answered and remembered as hashes; then the parts are compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from exprlearn.dataset.answering import named
from exprlearn.dataset.audit.answers import Verdict, judge
from exprlearn.dataset.audit.examples import overlapping, repeating
from exprlearn.dataset.audit.ledger import Ledger, Level
from exprlearn.dataset.audit.questions import find_expression
from exprlearn.dataset.audit.result import Audit, FileCounts, Finding, Overlap, PartCounts
from exprlearn.dataset.audit.rows import Keys, Row, read_rows
from exprlearn.errors import DataError
from exprlearn.plugin import Division

LEVELS: tuple[Level, ...] = ("string", "commutative")


def audit(files: Sequence[Path], division: Division, *, keys: Keys | None = None, examples: int = 10) -> Audit:
    """Look for wrong answers, duplicates and leaks in JSONL files.

    A row belongs to the part of the data that its split key names, else to its file. The same expression twice in one
    part is a duplicate; in two parts it is a leak, and so is another way to write it, such as `5+3` for `3+5`.

    Args:
        files: JSONL files, plain or gzipped; a folder stands for those it holds.
        division: how answers are computed.
        keys: where rows keep their fields.
        examples: how many findings of each kind are shown.

    Raises:
        DataError: a file that cannot be read, a line that is no JSON object, or a file without any expression.
    """
    reading = _Reading(division, keys or Keys(), examples)
    counts = tuple(reading.read(file) for file in listed(files))
    ledger = reading.ledger
    shared = {level: ledger.shared(level) for level in LEVELS}
    findings = [*reading.wrong, *repeating(ledger, reading.keys, examples)]
    findings += overlapping(ledger, reading.keys, shared, examples)
    return Audit(
        division=named(division),
        files=counts,
        parts=tuple(_part_counts(ledger, part) for part in ledger.parts),
        overlaps=tuple(
            Overlap(
                parts=pair, string=len(shared["string"].get(pair, ())), commutative=len(shared["commutative"][pair])
            )
            for pair in shared["commutative"]
        ),
        leaks={level: len(np.unique(np.concatenate([*found.values(), []]))) for level, found in shared.items()},
        findings=tuple(findings),
    )


def listed(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield files, and the JSONL files of folders by name.

    Raises:
        DataError: a folder without any.
    """
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = sorted(file for file in path.iterdir() if file.name.endswith((".jsonl", ".jsonl.gz")))
        if not found:
            raise DataError(f"the folder '{path}' holds no .jsonl or .jsonl.gz file; name the files")
        yield from found


class _Reading:
    """The first half: what can be said of rows one by one."""

    def __init__(self, division: Division, keys: Keys, examples: int) -> None:
        self.division, self.keys, self.examples = division, keys, examples
        self.ledger = Ledger()
        self.wrong: list[Finding] = []

    def read(self, file: Path) -> FileCounts:
        """Read one file.

        Raises:
            DataError: it cannot be read, or no row holds an expression.
        """
        self.ledger.open(file)
        counts = Counter(self._row(file, row) for row in read_rows(file, self.keys))
        rows = sum(counts.values())
        if counts[None] == rows:
            where = ", ".join(self.keys.question)
            raise DataError(
                f"no row of '{file}' holds an arithmetic expression under {where}: name its key with --question-key"
                if rows
                else f"'{file}' holds no rows; name a file that has some"
            )
        return FileCounts(
            file=str(file),
            rows=rows,
            unreadable=counts[None],
            unchecked=counts[Verdict.UNCHECKED],
            wrong_answers=counts[Verdict.WRONG],
        )

    def _row(self, file: Path, row: Row) -> Verdict | None:
        """Judge and remember one row; None when it holds no expression."""
        tree = find_expression(row.question) if row.question is not None else None
        if tree is None:
            return None
        self.ledger.enter(row.line, str(file) if row.part is None else row.part, tree)
        verdict, truth = judge(tree, row.answer, self.division)
        if verdict is Verdict.WRONG and len(self.wrong) < self.examples:
            place = f"{file}:{row.line}"
            self.wrong.append(
                Finding(kind="wrong answer", place=place, expression=tree.expression, answer=row.answer, truth=truth)
            )
        return verdict


def _part_counts(ledger: Ledger, part: str) -> PartCounts:
    duplicates, forms = (len(ledger.repeated(part, level)) for level in LEVELS)
    return PartCounts(part=part, rows=len(ledger.rows(part)), duplicates=duplicates, twins=forms - duplicates)
