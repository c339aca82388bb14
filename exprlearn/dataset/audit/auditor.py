"""Verifies the rows of files, many at once, and remembers what they say."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import partial

import numpy as np

from exprlearn.arithmetic import DEFAULT_LIMITS, Tree
from exprlearn.arithmetic.operators import Operators
from exprlearn.dataset.audit.audit_rows import RowSource
from exprlearn.dataset.audit.ledger import Groups, Ledger, Pairs, shown_expressions
from exprlearn.dataset.audit.questions import find_expression, read_with
from exprlearn.dataset.audit.read_questions import ReadQuestions, read_questions
from exprlearn.dataset.audit.result import AuditFinding, FileCounts, Hint, Kind, Level, RowCounts, Turned
from exprlearn.dataset.audit.row_fields import QuestionRow, QuestionRows
from exprlearn.dataset.audit.verdicts import Verdict, check_answer, check_calculations, compare_answer, turn_answer
from exprlearn.dataset.text_forms import readable_forms
from exprlearn.errors import DataError
from exprlearn.plugin import Division, Working
from exprlearn.working import reverse_numbers

WAYS: tuple[Turned, ...] = ("source", "answer", "both")

COUNTED = [field.name for field in fields(RowCounts)]

# Most rows count as nothing else.
_RIGHT = ("rows", "questions")

# Of so many wrong answers it is tried whether they are right reversed.
_TRIED = 1000

# Rows that are verified at once, and characters in them.
_MOST_ROWS, _MOST_CHARACTERS = 1 << 13, 1 << 22


class Auditor:
    """Verifies rows and remembers their expressions.

    Args:
        division: how answers are computed.
        turned: whose digits are reversed.
        examples: how many findings of each kind are kept.
        working: what answers are the ends of, if they are.
        operators: those of plugins that questions are read with.
    """

    def __init__(
        self,
        division: Division,
        turned: Turned | None,
        examples: int,
        working: Working | None = None,
        operators: Operators = (),
    ) -> None:
        self.division, self.turned, self.examples, self.working = division, turned, examples, working
        self.operators = operators
        self.ledger = Ledger()
        self.answers: list[AuditFinding] = []
        self.calculations: list[AuditFinding] = []
        self.unread: tuple[str, str] | None = None
        self._tried, self._repaired = 0, Counter[Turned]()

    def read(self, source: RowSource) -> FileCounts:
        """Read one file; a `DataError` says why it cannot be, or that it holds no rows, or none with a question."""
        self.ledger.open(source)
        counts: Counter[str] = Counter()
        for rows in _together(source.read()):
            # Most rows are alike, so whole lists of words are counted first.
            for words, number in Counter(self._count_rows(source, rows)).items():
                for word in words:
                    counts[word] += number
        if not counts["rows"]:
            raise DataError(f"'{source.name}' holds no rows; name a file that has some")
        if not counts["questions"]:
            wanted, found = ", ".join(source.keys.question), ", ".join(source.fields[:20])
            raise DataError(
                f"no row of '{source.name}' has a text under {wanted}: its rows have {found or 'no keys'}; "
                "name the key of the question with --question-key"
            )
        return FileCounts(file=source.name, **{name: counts[name] for name in COUNTED})

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
        """Tell what reading digits in reverse would fix, where that is at least half of what was tried."""
        turned, right = max(((way, self._repaired[way]) for way in WAYS), key=lambda repaired: repaired[1])
        return Hint(turned=turned, right=right, tried=self._tried) if right and 2 * right >= self._tried else None

    def _count_rows(self, source: RowSource, rows: QuestionRows) -> Iterator[tuple[str, ...]]:
        """Verify and remember some rows; yield what each counts as."""
        turned = self.turned in ("source", "both")
        found = read_questions(rows.questions, self.division, turned=turned, operators=self.operators)
        self._enter(source, rows, found)
        as_given = self.working is None and self.turned not in ("answer", "both")
        for place, (answer, truth) in enumerate(zip(rows.answers, found.truths, strict=True)):
            # Most answers are the truth, letter for letter.
            if truth is not None and answer == truth and as_given and "<<" not in truth:
                yield _RIGHT
            else:
                yield self._words(source, rows[place], found, place)

    def _enter(self, source: RowSource, rows: QuestionRows, found: ReadQuestions) -> None:
        """Remember rows, and what the workings of those to train on show."""
        asked = np.flatnonzero([expression is not None for expression in found.expressions])
        parts = [source.name if part is None else part for part in rows.parts]
        if len(asked) < len(rows):
            parts = [parts[place] for place in asked.tolist()]
        self.ledger.enter(np.array(rows.lines)[asked], parts, found.texts[asked], found.forms[asked])
        if self.working is None and not any(rows.workings):
            return
        shown: list[tuple[int, str]] = []
        for place, part in zip(asked.tolist(), parts, strict=True):
            row = rows[place]
            if self.ledger.trains(part):
                shown += [(row.line, text) for text in shown_expressions(self._working_of(row), self.working)]
        forms = readable_forms([text for _, text in shown], limits=DEFAULT_LIMITS)
        self.ledger.enter_shown((line, form) for (line, _), form in zip(shown, forms, strict=True) if form is not None)

    def _words(self, source: RowSource, row: QuestionRow, found: ReadQuestions, place: int) -> tuple[str, ...]:
        """Verify a row that is not plainly right; return what it counts as."""
        words, checked = ["rows"] if row.question is None else ["rows", "questions"], False
        where, expression = source.place(row.line), found.expressions[place]
        if expression is None:
            words.append("unreadable")
            self.unread = self.unread or (where, row.question or "")
        else:
            truth, given = found.truths[place], self._given(row, self.turned)
            if truth is None:
                verdict, truth = check_answer(found.tree(place), given, self.division)
            else:
                verdict = compare_answer(given, truth, partial(found.tree, place))
            if verdict is Verdict.RIGHT and "<<" not in (row.answer or ""):
                return _RIGHT
            checked = verdict is not Verdict.UNCHECKED
            if not checked:
                words.append("unchecked")
            elif verdict is Verdict.WRONG:
                words.append("wrong_answers")
                self._keep_wrong(where, row, expression, truth)
        if row.answer and "<<" in row.answer:
            checked |= self._check_calculations(where, row.answer, words)
        return tuple(words if checked else [*words, "unjudged"])

    def _expression(self, row: QuestionRow, turned: Turned | None) -> Tree | None:
        if row.question is None:
            return None
        decimals, from_behind = self.division.operation == "exact", turned in ("source", "both")
        tree = read_with(row.question, () if from_behind else self.operators)
        return tree or find_expression(row.question, decimals=decimals, turned=from_behind)

    def _given(self, row: QuestionRow, turned: Turned | None) -> str | None:
        """Return what a row gives as its answer."""
        given = row.answer
        if given and self.working is not None:
            given = self.working.answer(given)
        return turn_answer(given) if given and turned in ("answer", "both") else given

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

    def _keep_wrong(self, place: str, row: QuestionRow, expression: str, truth: str | None) -> None:
        if len(self.answers) < self.examples:
            finding = AuditFinding(
                kind="wrong answer", place=place, expression=expression, answer=row.answer, truth=truth
            )
            self.answers.append(finding)
        if self.turned is None and self._tried < _TRIED:
            self._tried += 1
            for way in WAYS:
                turned = self._expression(row, way)
                if turned is not None:
                    verdict, _ = check_answer(turned, self._given(row, way), self.division)
                    self._repaired[way] += verdict is Verdict.RIGHT

    def _check_calculations(self, place: str, answer: str, words: list[str]) -> bool:
        """Verify the calculations in an answer, and tell whether there was one that could be."""
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
            for read in (rows[place] for rows in source.read(only=numbers) for place in range(len(rows))):
                tree = self._expression(read, self.turned)
                expression = tree.expression if tree else ""
                found[numbers[read.line]] = source.place(read.line), expression, read.answer
        return found


def _together(pieces: Iterable[QuestionRows]) -> Iterator[QuestionRows]:
    """Yield more rows at once, few where they are long."""
    held, size = QuestionRows([], [], [], [], []), 0
    for rows in pieces:
        held.extend(rows)
        size += rows.size()
        if len(held) >= _MOST_ROWS or size > _MOST_CHARACTERS:
            yield held
            held, size = QuestionRows([], [], [], [], []), 0
    if len(held):
        yield held
