"""The audit: every row is read once, answered and remembered as hashes; then the parts are compared."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np

from exprlearn.arithmetic import Tree
from exprlearn.dataset.audit.audit_rows import Keys, QuestionRow, RowSource
from exprlearn.dataset.audit.ledger import Groups, Ledger, Pairs, shown_forms
from exprlearn.dataset.audit.questions import find_expression
from exprlearn.dataset.audit.result import (
    Audit,
    AuditFinding,
    FileCounts,
    Hint,
    Kind,
    Level,
    Overlap,
    PartCounts,
    RowCounts,
    Turned,
)
from exprlearn.dataset.audit.verdicts import Verdict, check_answer, check_calculations, turn_answer
from exprlearn.dataset.drawing.split import named
from exprlearn.errors import DataError
from exprlearn.plugin import Division, Working
from exprlearn.working import reverse_numbers

WAYS: tuple[Turned, ...] = ("source", "answer", "both")

_COUNTED = [field.name for field in fields(RowCounts)]

# Most rows count as nothing else.
_RIGHT = ("rows", "questions")

# Of so many wrong answers it is tried whether they are right back to front.
_TRIED = 1000

# Comparing parts by twos takes their number squared.
_COMPARED = 100

_NAMES = tuple(f"{suffix}{packed}" for suffix in (".jsonl", ".csv", ".tsv") for packed in ("", ".gz"))


def audit(
    files: Sequence[Path],
    division: Division,
    *,
    keys: Keys | None = None,
    examples: int = 10,
    turned: Turned | None = None,
    working: Working | None = None,
) -> Audit:
    """Look for wrong answers, wrong calculations in answers, duplicates and leaks in files.

    A row is judged where its question is an expression and nothing else. It belongs to the part of the data that its
    split key names, else to its file. The same expression twice in one part is a duplicate; in two parts it is a leak,
    and so is another way to write it, such as `5+3` for `3+5`.

    Args:
        files: JSON lines, JSON arrays, CSV, TSV, or equations a line, plain or gzipped; a folder stands for the JSONL,
            CSV and TSV files that it holds.
        division: how answers are computed.
        keys: where rows keep their fields.
        examples: how many findings of each kind are shown.
        turned: whose digits are written back to front: of the numbers in questions, in answers, or in both.
        working: what answers are the ends of; without it, what stands between the signs of a column `working` is read.

    Raises:
        DataError: a file or a line that cannot be read, or a file without any question.
    """
    auditor = Auditor(division, turned, examples, working)
    by_file = tuple(auditor.read(RowSource(file, keys or Keys())) for file in _files(files))
    ledger = auditor.ledger
    held = ledger.held_out_shown()
    texts, forms = ledger.grouped("string"), ledger.grouped("commutative")
    return Audit(
        **{name: sum(getattr(counts, name) for counts in by_file) for name in _COUNTED},
        division=named(division),
        files=by_file,
        parts=tuple(_part_counts(ledger, texts, forms)),
        overlaps=tuple(_overlaps(ledger, texts, forms)) if len(ledger.parts) <= _COMPARED else None,
        leaks={"string": texts.shared(), "commutative": forms.shared()},
        findings=(
            *auditor.answers,
            *auditor.calculations,
            *auditor.compare_rows(texts, forms),
            *auditor.show_lines(held),
        ),
        turned=turned,
        hint=auditor.hint,
        unread=auditor.unread,
        shown=ledger.shown,
        held_out_shown=len(held),
    )


class Auditor:
    """Judges rows and remembers their expressions.

    Args:
        division: how answers are computed.
        turned: whose digits are written back to front.
        examples: how many findings of each kind are kept.
        working: what answers are the ends of, if they are.
    """

    def __init__(
        self, division: Division, turned: Turned | None, examples: int, working: Working | None = None
    ) -> None:
        self.division, self.turned, self.examples, self.working = division, turned, examples, working
        self.ledger = Ledger()
        self.answers: list[AuditFinding] = []
        self.calculations: list[AuditFinding] = []
        self.unread: tuple[str, str] | None = None
        self._tried, self._repaired = 0, Counter[Turned]()

    def read(self, source: RowSource) -> FileCounts:
        """Read one file; a `DataError` says why it cannot be, or that it holds no rows, or none with a question."""
        self.ledger.open(source)
        counts: Counter[str] = Counter()
        # Most rows are alike, so whole lists of words are counted first.
        for words, rows in Counter(self._row(source, row) for row in source.read()).items():
            for word in words:
                counts[word] += rows
        if not counts["rows"]:
            raise DataError(f"'{source.name}' holds no rows; name a file that has some")
        if not counts["questions"]:
            wanted, found = ", ".join(source.keys.question), ", ".join(source.fields[:20])
            raise DataError(
                f"no row of '{source.name}' has a text under {wanted}: its rows have {found or 'no keys'}; "
                "name the key of the question with --question-key"
            )
        return FileCounts(file=source.name, **{name: counts[name] for name in _COUNTED})

    def compare_rows(self, texts: Groups, forms: Groups) -> Iterator[AuditFinding]:
        """Show rows that repeat one of their part, then those that another part has: as text, then as form alone."""
        most, leaked, alike = self.examples, texts.leaked(), forms.leaked()
        alike = alike[~np.isin(alike[:, 0], leaked[:, 0])]
        kinds: tuple[tuple[Kind, Level | None, list[list[int]]], ...] = (
            ("duplicate", None, texts.repeated()[:most].tolist()),
            ("leak", "string", leaked[:most].tolist()),
            ("leak", "commutative", alike[: most - min(most, len(leaked))].tolist()),
        )
        shown = self._read_again({row for _, _, pairs in kinds for pair in pairs for row in pair})
        for kind, level, pairs in kinds:
            for row, other in pairs:
                place, expression, answer = shown[row]
                yield AuditFinding(
                    kind=kind, place=place, expression=expression, answer=answer, other=shown[other][:2], level=level
                )

    @property
    def hint(self) -> Hint | None:
        """Tell what reading digits back to front would mend, where that is at least half of what was tried."""
        turned, right = max(((way, self._repaired[way]) for way in WAYS), key=lambda repaired: repaired[1])
        return Hint(turned=turned, right=right, tried=self._tried) if right and 2 * right >= self._tried else None

    def _row(self, source: RowSource, row: QuestionRow) -> tuple[str, ...]:
        """Judge and remember one row; return what it counts as."""
        tree = self._expression(row, self.turned)
        words, checked = ["rows"] if row.question is None else ["rows", "questions"], False
        if tree is None:
            words.append("unreadable")
            self.unread = self.unread or (source.place(row.line), row.question or "")
        else:
            self.ledger.enter(row.line, source.name if row.part is None else row.part, tree)
            if row.working or self.working is not None:
                self.ledger.enter_shown(shown_forms(self._working_of(row), self.working))
            verdict, truth = self._check(tree, row, self.turned)
            if verdict is Verdict.RIGHT and "<<" not in (row.answer or ""):
                return _RIGHT
            checked = verdict is not Verdict.UNCHECKED
            if not checked:
                words.append("unchecked")
            elif verdict is Verdict.WRONG:
                words.append("wrong_answers")
                self._keep_wrong(source.place(row.line), row, tree, truth)
        if row.answer and "<<" in row.answer:
            checked |= self._check_calculations(source.place(row.line), row.answer, words)
        return tuple(words if checked else [*words, "unjudged"])

    def _expression(self, row: QuestionRow, turned: Turned | None) -> Tree | None:
        if row.question is None:
            return None
        decimals = self.division.operation == "exact"
        return find_expression(row.question, decimals=decimals, turned=turned in ("source", "both"))

    def _check(self, tree: Tree, row: QuestionRow, turned: Turned | None) -> tuple[Verdict, str | None]:
        given = row.answer
        if given and self.working is not None:
            given = self.working.answer(given)
        backwards = given and turned in ("answer", "both")
        return check_answer(tree, turn_answer(given or "") if backwards else given, self.division)

    def _working_of(self, row: QuestionRow) -> str:
        text = row.working or (row.answer if self.working is not None else "") or ""
        return reverse_numbers(text) if self.turned in ("answer", "both") else text

    def show_lines(self, held: Pairs) -> Iterator[AuditFinding]:
        """Show training rows whose workings show what another part asks."""
        pairs = held[: self.examples].tolist()
        shown = self._read_again({row for pair in pairs for row in pair})
        for row, other in pairs:
            place, expression, answer = shown[row]
            yield AuditFinding(
                kind="shown",
                place=place,
                expression=expression,
                answer=answer,
                other=shown[other][:2],
                level="commutative",
            )

    def _keep_wrong(self, place: str, row: QuestionRow, tree: Tree, truth: str | None) -> None:
        if len(self.answers) < self.examples:
            finding = AuditFinding(
                kind="wrong answer", place=place, expression=tree.expression, answer=row.answer, truth=truth
            )
            self.answers.append(finding)
        if self.turned is None and self._tried < _TRIED:
            self._tried += 1
            for way in WAYS:
                turned = self._expression(row, way)
                self._repaired[way] += turned is not None and self._check(turned, row, way)[0] is Verdict.RIGHT

    def _check_calculations(self, place: str, answer: str, words: list[str]) -> bool:
        """Judge the calculations in an answer, and tell whether there was one that could be."""
        checked = False
        source, target = self.turned in ("source", "both"), self.turned in ("answer", "both")
        for left, right, verdict, truth in check_calculations(answer, self.division, source=source, target=target):
            words.append("calculations")
            checked |= verdict is not Verdict.UNCHECKED
            if verdict is Verdict.UNCHECKED:
                words.append("unread_calculations")
            elif verdict is Verdict.WRONG:
                words.append("wrong_calculations")
                if len(self.calculations) < self.examples:
                    finding = AuditFinding(
                        kind="wrong calculation", place=place, expression=left, answer=right, truth=truth
                    )
                    self.calculations.append(finding)
        return checked

    def _read_again(self, rows: set[int]) -> dict[int, tuple[str, str, str | None]]:
        """Read the places, expressions and answers of some rows."""
        wanted: defaultdict[RowSource, dict[int, int]] = defaultdict(dict)
        for row in rows:
            source, number = self.ledger.locate(row)
            wanted[source][number] = row
        found = {}
        for source, numbers in wanted.items():
            for read in source.read(only=numbers):
                tree = self._expression(read, self.turned)
                expression = tree.expression if tree else ""
                found[numbers[read.line]] = source.place(read.line), expression, read.answer
        return found


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield files, and the JSONL, CSV and TSV files of folders by name."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        try:
            found = sorted(file for file in path.iterdir() if file.name.endswith(_NAMES))
        except OSError as error:
            raise DataError(f"the folder '{path}' cannot be read: {error.strerror or error}; name its files") from None
        if not found:
            raise DataError(f"the folder '{path}' holds no .jsonl, .csv or .tsv file; name the files")
        yield from found


def _part_counts(ledger: Ledger, texts: Groups, forms: Groups) -> Iterator[PartCounts]:
    groups = texts.rows, texts.repeated()[:, 0], forms.repeated()[:, 0]
    counted = (ledger.count_by_part(rows).tolist() for rows in groups)
    for part, rows, duplicates, repeated in zip(ledger.parts, *counted, strict=True):
        yield PartCounts(part=part, rows=rows, duplicates=duplicates, twins=repeated - duplicates)


def _overlaps(ledger: Ledger, texts: Groups, forms: Groups) -> Iterator[Overlap]:
    parts, same = list(ledger.parts), texts.overlaps()
    for (one, other), count in sorted(forms.overlaps().items()):
        yield Overlap(parts=(parts[one], parts[other]), string=same[one, other], commutative=count)
