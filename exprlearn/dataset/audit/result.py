"""What an audit found, as counts and examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

#: What two rows have in common: their text, or the form of it alone.
Level = Literal["string", "commutative"]

Kind = Literal["wrong answer", "wrong calculation", "duplicate", "leak", "shown"]

#: Whose digits are reversed: of the numbers in questions, of those in answers, of both.
Turned = Literal["source", "answer", "both"]


@dataclass(frozen=True, kw_only=True)
class RowCounts:
    """How many rows there are, and calculations in their answers.

    Attributes:
        rows: what is not blank.
        unreadable: rows whose question is no expression.
        unchecked: rows whose answer is missing, holds no number, is rounded, doubtful or too large to compute.
        unjudged: rows of both kinds in whose answer no calculation was verified either.
        wrong_answers: rows whose answer is not the true one.
        calculations: calculations `<<4*6=24>>` in answers.
        unread_calculations: those of them that cannot be verified.
        wrong_calculations: those of them that are wrong.
    """

    rows: int
    unreadable: int
    unchecked: int
    unjudged: int
    wrong_answers: int
    calculations: int
    unread_calculations: int
    wrong_calculations: int


@dataclass(frozen=True, kw_only=True)
class FileCounts(RowCounts):
    """Counts of one file, named by its path."""

    file: str


@dataclass(frozen=True, kw_only=True)
class PartCounts:
    """Counts of the rows with an expression that have one value of the split key, or of a file whose rows have none.

    Attributes:
        duplicates: rows whose expression an earlier row of the part has.
        commuted: other rows that an earlier row of the part says in other words, such as `5+3` behind `3+5`.
    """

    part: str
    rows: int
    duplicates: int
    commuted: int


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """What two parts have in common.

    Attributes:
        string: different expressions that both have.
        commutative: different forms that both have; a form is an expression up to the order of terms and factors.
    """

    parts: tuple[str, str]
    string: int
    commutative: int


@dataclass(frozen=True, kw_only=True)
class Hint:
    """How many of the wrong answers that were tried are right where digits are read in reverse."""

    turned: Turned
    right: int
    tried: int


@dataclass(frozen=True, kw_only=True)
class AuditFinding:
    """One row that shows a finding.

    Attributes:
        place: file and line, as `file:line`, or `file: row 3` of an array.
        expression: as it was read, without blanks.
        answer: the row's answer, or what it says the calculation comes to.
        truth: of a wrong answer or calculation, the right one, None where there is none.
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
        if self.kind in ("wrong answer", "wrong calculation"):
            return {**common, "truth": self.truth}
        place, expression = self.other or ("", "")
        other = {"place": place, "expression": expression}
        return {**common, **({"level": self.level} if self.level else {}), "other": other}


@dataclass(frozen=True, kw_only=True)
class Audit(RowCounts):
    """All that was found, with the counts of all files.

    Attributes:
        overlaps: two parts each that have something in common; None where there are too many parts to compare by twos.
        leaks: how many expressions and forms that more than one part has.
        turned: whose digits were read in reverse.
        hint: what reading digits in reverse would fix.
        unread: where the first row that is not read stands, and its question.
        shown: how many expressions the workings of training rows show.
        held_out_shown: how many of them have the form of what another part asks.
    """

    division: str
    files: tuple[FileCounts, ...]
    parts: tuple[PartCounts, ...]
    overlaps: tuple[Overlap, ...] | None
    leaks: Mapping[Level, int]
    findings: tuple[AuditFinding, ...]
    turned: Turned | None
    hint: Hint | None
    unread: tuple[str, str] | None
    shown: int = 0
    held_out_shown: int = 0

    @property
    def duplicates(self) -> int:
        """Count the rows whose expression an earlier row of the same part has."""
        return sum(part.duplicates for part in self.parts)

    @property
    def has_faults(self) -> bool:
        """Tell whether there are wrong answers, wrong calculations, duplicates or leaks."""
        wrong = self.wrong_answers or self.wrong_calculations or self.duplicates or self.held_out_shown
        return bool(wrong or any(self.leaks.values()))

    @property
    def is_clean(self) -> bool:
        """Tell whether there are no faults, and at least half of the rows could be verified."""
        return not self.has_faults and 2 * self.unjudged <= self.rows

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return {
            "rows": self.rows,
            "wrong_answers": self.wrong_answers,
            "duplicates": self.duplicates,
            "leaks": dict(self.leaks),
            "examples": [finding.as_dict() for finding in self.findings],
            "clean": self.is_clean,
            "unjudged": self.unjudged,
            "unreadable": self.unreadable,
            "unchecked": self.unchecked,
            "twins": sum(part.commuted for part in self.parts),
            "calculations": self.calculations,
            "unread_calculations": self.unread_calculations,
            "wrong_calculations": self.wrong_calculations,
            **({"workings": {"shown": self.shown, "held_out": self.held_out_shown}} if self.shown else {}),
            "division": self.division,
            "reversed_digits": self.turned,
            "reversed_digits_hint": self.hint and asdict(self.hint),
            "files": [{"file": file.file, **asdict(file)} for file in self.files],
            "parts": [asdict(part) for part in self.parts],
            "overlaps": None if self.overlaps is None else [_plain(overlap) for overlap in self.overlaps],
        }


def _plain(overlap: Overlap) -> dict[str, Any]:
    return {**asdict(overlap), "parts": list(overlap.parts)}
