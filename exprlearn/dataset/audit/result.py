"""What an audit found, as counts and examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from exprlearn.dataset.audit.ledger import Level

Kind = Literal["wrong answer", "duplicate", "leak"]


@dataclass(frozen=True, kw_only=True)
class FileCounts:
    """Counts of one file.

    Attributes:
        file: its path.
        rows: lines that are not blank.
        unreadable: rows in which no expression was found.
        unchecked: rows whose answer is missing, holds no number, or is too large to compute.
        wrong_answers: rows whose answer is not the true one.
    """

    file: str
    rows: int
    unreadable: int
    unchecked: int
    wrong_answers: int


@dataclass(frozen=True, kw_only=True)
class PartCounts:
    """Counts of one part of the data: rows with one value of the split key, or a file whose rows have none.

    Attributes:
        part: the value, or the file's path.
        rows: rows with an expression.
        duplicates: rows whose expression an earlier row of the part has.
        twins: other rows that an earlier row of the part says in other words, such as `5+3` behind `3+5`.
    """

    part: str
    rows: int
    duplicates: int
    twins: int


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """What two parts have in common.

    Attributes:
        parts: the two.
        string: different expressions that both have.
        commutative: different forms that both have; a form is an expression up to the order of terms and factors.
    """

    parts: tuple[str, str]
    string: int
    commutative: int


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One row that shows a finding.

    Attributes:
        kind: what is wrong.
        place: file and line, as `file:line`.
        expression: as it was read, without blanks.
        answer: the row's answer.
        truth: of a wrong answer, the right one, None where there is none.
        other: of a duplicate or leak, where the other row is, and its expression.
        level: of a leak, whether the texts are equal or only the forms.
    """

    kind: Kind
    place: str
    expression: str
    answer: str | None
    truth: str | None = None
    other: tuple[str, str] | None = None
    level: Level | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, without what says nothing of this kind."""
        common = {"kind": self.kind, "place": self.place, "expression": self.expression, "answer": self.answer}
        if self.kind == "wrong answer":
            return {**common, "truth": self.truth}
        place, expression = self.other or ("", "")
        other = {"place": place, "expression": expression}
        return {**common, **({"level": self.level} if self.level else {}), "other": other}


@dataclass(frozen=True, kw_only=True)
class Audit:
    """All that was found.

    Attributes:
        division: the division policy that answers were computed under.
        files: counts by file.
        parts: counts by part.
        overlaps: two parts each that have something in common.
        leaks: expressions and forms that more than one part has.
        findings: examples of each kind.
    """

    division: str
    files: tuple[FileCounts, ...]
    parts: tuple[PartCounts, ...]
    overlaps: tuple[Overlap, ...]
    leaks: Mapping[Level, int]
    findings: tuple[Finding, ...]

    @property
    def rows(self) -> int:
        """Count the rows of all files."""
        return sum(file.rows for file in self.files)

    @property
    def unreadable(self) -> int:
        """Count the rows in which no expression was found."""
        return sum(file.unreadable for file in self.files)

    @property
    def unchecked(self) -> int:
        """Count the rows whose answer could not be checked."""
        return sum(file.unchecked for file in self.files)

    @property
    def wrong_answers(self) -> int:
        """Count the rows whose answer is not the true one."""
        return sum(file.wrong_answers for file in self.files)

    @property
    def duplicates(self) -> int:
        """Count the rows whose expression an earlier row of the same part has."""
        return sum(part.duplicates for part in self.parts)

    @property
    def twins(self) -> int:
        """Count the rows that an earlier row of the same part says in other words: no fault inside of one part."""
        return sum(part.twins for part in self.parts)

    @property
    def is_clean(self) -> bool:
        """Tell whether there are no wrong answers, no duplicates and no leaks."""
        return not (self.wrong_answers or self.duplicates or any(self.leaks.values()))

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return {
            "rows": self.rows,
            "wrong_answers": self.wrong_answers,
            "duplicates": self.duplicates,
            "leaks": dict(self.leaks),
            "examples": [finding.as_dict() for finding in self.findings],
            "twins": self.twins,
            "unreadable": self.unreadable,
            "unchecked": self.unchecked,
            "division": self.division,
            "files": [asdict(file) for file in self.files],
            "parts": [asdict(part) for part in self.parts],
            "overlaps": [{**asdict(overlap), "parts": list(overlap.parts)} for overlap in self.overlaps],
        }
