"""The audit: every row is read once, answered and remembered as hashes; then the parts are compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from exprlearn.arithmetic import Tree
from exprlearn.dataset.answering import named
from exprlearn.dataset.audit.ledger import Groups, Ledger, Shown
from exprlearn.dataset.audit.questions import find_expression
from exprlearn.dataset.audit.result import Audit, AuditFinding, FileCounts, Hint, Overlap, PartCounts, Turned
from exprlearn.dataset.audit.rows import Keys, QuestionRow, RowSource, open_source, read_rows
from exprlearn.dataset.audit.verdicts import CheckedCalculation, Verdict, check_answer, check_calculations, turn_answer
from exprlearn.errors import DataError
from exprlearn.plugin import Division

WAYS: tuple[Turned, ...] = ("source", "answer", "both")

_SOURCE, _ANSWER = frozenset(("source", "both")), frozenset(("answer", "both"))

# Most rows count as nothing else.
_RIGHT = ("rows", "questions")

# Of so many wrong answers it is tried whether they are right back to front.
_TRIED = 1000


class Auditor:
    """Judges rows and remembers their expressions.

    Args:
        division: how answers are computed.
        turned: whose digits are written back to front.
        examples: how many findings of each kind are kept.
    """

    def __init__(self, division: Division, turned: Turned | None, examples: int) -> None:
        self.division, self.turned, self.examples = division, turned, examples
        self.ledger = Ledger()
        self._decimals = division.operation == "exact"
        self.answers: list[AuditFinding] = []
        self.calculations: list[AuditFinding] = []
        self.unread: tuple[str, str] | None = None
        self._tried, self._repaired = 0, Counter[Turned]()

    def read(self, source: RowSource) -> FileCounts:
        """Read one file.

        Raises:
            DataError: it cannot be read, holds no rows, or none of them has a question.
        """
        self.ledger.open(source)
        counts: Counter[str] = Counter()
        # Most rows are alike, so whole lists of words are counted first.
        name = source.name
        for said, rows in Counter(self._row(source, name, row) for row in read_rows(source)).items():
            for word in said:
                counts[word] += rows
        if not counts["questions"]:
            raise DataError(_without_questions(source, counts["rows"]))
        del counts["questions"]
        return FileCounts(file=name, **{name: counts[name] for name in FileCounts.__annotations__ if name != "file"})

    def expression(self, row: QuestionRow, turned: Turned | None) -> Tree | None:
        """Read the expression of a row."""
        if row.question is None:
            return None
        return find_expression(row.question, decimals=self._decimals, turned=turned in _SOURCE)

    @property
    def hint(self) -> Hint | None:
        """Tell what reading digits back to front would mend, where that is at least half of what was tried."""
        turned, right = max(((way, self._repaired[way]) for way in WAYS), key=lambda repaired: repaired[1])
        return Hint(turned=turned, right=right, tried=self._tried) if right and 2 * right >= self._tried else None

    def _row(self, source: RowSource, name: str, row: QuestionRow) -> tuple[str, ...]:
        """Judge and remember one row; return what it counts as."""
        tree = self.expression(row, self.turned)
        verdict, said = None, ["rows"] if row.question is None else ["rows", "questions"]
        if tree is None:
            said.append("unreadable")
            self.unread = self.unread or (source.place(row.line), row.question or "")
        else:
            self.ledger.enter(row.line, name if row.part is None else row.part, tree)
            verdict, truth = self._judged(tree, row, self.turned)
            if verdict is Verdict.RIGHT and "<<" not in (row.answer or ""):
                return _RIGHT
            if verdict is Verdict.UNCHECKED:
                said.append("unchecked")
            elif verdict is Verdict.WRONG:
                said.append("wrong_answers")
                self._keep_wrong(source, row, tree, truth)
        judged = self._calculations(source, row, said) if row.answer and "<<" in row.answer else False
        if not judged and (verdict is None or verdict is Verdict.UNCHECKED):
            said.append("unjudged")
        return tuple(said)

    def _judged(self, tree: Tree, row: QuestionRow, turned: Turned | None) -> tuple[Verdict, str | None]:
        given = row.answer
        return check_answer(tree, turn_answer(given) if given and turned in _ANSWER else given, self.division)

    def _keep_wrong(self, source: RowSource, row: QuestionRow, tree: Tree, truth: str | None) -> None:
        if len(self.answers) < self.examples:
            place = source.place(row.line)
            self.answers.append(
                AuditFinding(
                    kind="wrong answer", place=place, expression=tree.expression, answer=row.answer, truth=truth
                )
            )
        if self.turned is None and self._tried < _TRIED:
            self._tried += 1
            for way in WAYS:
                turned = self.expression(row, way)
                self._repaired[way] += turned is not None and self._judged(turned, row, way)[0] is Verdict.RIGHT

    def _calculations(self, source: RowSource, row: QuestionRow, said: list[str]) -> bool:
        """Judge the calculations in an answer, and tell whether there was one that could be."""
        sides = {"source": self.turned in _SOURCE, "target": self.turned in _ANSWER}
        found = list(check_calculations(row.answer or "", self.division, **sides))
        said += ["calculations"] * len(found)
        wrong: list[CheckedCalculation] = []
        for calculation in found:
            if calculation.verdict is Verdict.UNCHECKED:
                said.append("unread_calculations")
            elif calculation.verdict is Verdict.WRONG:
                said.append("wrong_calculations")
                wrong.append(calculation)
        for left, right, _, truth in islice(wrong, self.examples - len(self.calculations)):
            place = source.place(row.line)
            self.calculations.append(
                AuditFinding(kind="wrong calculation", place=place, expression=left, answer=right, truth=truth)
            )
        return any(calculation.verdict is not Verdict.UNCHECKED for calculation in found)


def _without_questions(source: RowSource, rows: int) -> str:
    if not rows:
        return f"'{source.name}' holds no rows; name a file that has some"
    wanted, fields = ", ".join(source.keys.question), ", ".join(source.fields()[:20])
    return (
        f"no row of '{source.name}' has a text under {wanted}: its rows have {fields or 'no keys'}; "
        "name the key of the question with --question-key"
    )


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

    Raises:
        DataError: a file or a line that cannot be read, or a file without any question.
    """
    auditor, keys = Auditor(division, turned, examples), keys or Keys()
    counts = tuple(auditor.read(open_source(file, keys)) for file in listed(files))
    ledger = auditor.ledger
    texts, forms = ledger.grouped("string"), ledger.grouped("commutative")
    shown = Shown(ledger, lambda row: auditor.expression(row, turned), examples)
    found = [*shown.repeating(texts.repeated()), *shown.overlapping(texts.leaked(), forms.leaked())]
    return Audit(
        division=named(division),
        files=counts,
        parts=tuple(_part_counts(ledger, texts, forms)),
        overlaps=tuple(_overlaps(ledger, texts, forms)) if len(ledger.parts) <= _COMPARED else None,
        leaks={"string": texts.shared(), "commutative": forms.shared()},
        findings=(*auditor.answers, *auditor.calculations, *found),
        turned=turned,
        hint=auditor.hint,
        unread=auditor.unread,
    )


def listed(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield files, and the JSONL, CSV and TSV files of folders by name.

    Raises:
        DataError: a folder without any.
    """
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
    groups = texts.rows, texts.repeated().rows, forms.repeated().rows
    counted = (ledger.split_of(rows).tolist() for rows in groups)
    for part, rows, duplicates, repeated in zip(ledger.parts, *counted, strict=True):
        yield PartCounts(part=part, rows=rows, duplicates=duplicates, twins=repeated - duplicates)


def _overlaps(ledger: Ledger, texts: Groups, forms: Groups) -> Iterator[Overlap]:
    parts, same = list(ledger.parts), texts.overlaps()
    for (one, other), count in sorted(forms.overlaps().items()):
        yield Overlap(parts=(parts[one], parts[other]), string=same[one, other], commutative=count)
