"""A written working held against its expression, exactly: the first wrong line, and what is wrong there.

    calculation  what is computed comes to something else
    order        it cannot be computed now: something else comes first, or its operands stand nowhere
    unreadable   a line, or what is given for it, cannot be read
    answer       all values are right, and the answer is not what the policy writes for the last one
    unfinished   the text breaks off before the answer

Any calculation whose operands are numbers may come next, not only the leftmost one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from exprlearn.arithmetic import DEFAULT_LIMITS, Limits, answer
from exprlearn.arithmetic.parsing import plain_signs
from exprlearn.errors import EvaluationError
from exprlearn.plugin import Division, ShownLine, Working
from exprlearn.working.forms import without_brackets
from exprlearn.working.reduction import WorkingStep, line_value, ready_steps, replace_spans, steps, write_value

FaultKind = Literal["calculation", "order", "unreadable", "answer", "unfinished"]


@dataclass(frozen=True)
class WorkingFault:
    """The first wrong line of a working.

    Attributes:
        line: its number, from 0.
        kind: what is wrong.
        expression: what the line computes; empty where it shows no expression.
        found: what the text gives for it.
        expected: what is right; of an order, the calculations that can be done.
    """

    line: int
    kind: FaultKind
    expression: str
    found: str
    expected: str

    def __str__(self) -> str:
        """Say it in a sentence.

        >>> print(WorkingFault(1, "calculation", "3*18", "44", "54"))
        first wrong line 2, calculation: 3*18 is 54, not 44
        """
        found = self.found or "nothing"
        said = {
            "calculation": f"{self.expression} is {self.expected}, not {found}",
            "order": f"{self.found or self.expression} stands where {self.expected} can be done",
            "unreadable": f"{self.found or self.expression} cannot be read",
            "answer": f"the answer is {self.expected}, not {found}",
            "unfinished": f"it breaks off at {self.found or self.expression or 'nothing'}",
        }
        return f"first wrong line {self.line + 1}, {self.kind}: {said[self.kind]}"


@dataclass(frozen=True)
class WorkingCheck:
    """How far a working is right.

    Attributes:
        right: how many lines are right, up to the first wrong one; what only serves the next one is not counted.
        lines: how many there would be at least, were they all right.
        fault: the first wrong line; None where all are right and the answer is there.
    """

    right: int
    lines: int
    fault: WorkingFault | None

    @property
    def share(self) -> float:
        """Return which share of the lines is right; 1.0 only without a fault."""
        return self.right / self.lines if self.lines else 1.0


def check_working(
    expression: str,
    text: str,
    working: Working,
    division: Division,
    *,
    truth: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> WorkingCheck:
    """Find the first wrong line of a working; whatever the text holds, it is checked.

    Args:
        expression: what was asked.
        text: the working that was written, numbers most significant digit first.
        working: how it should be written.
        division: how `/` computes and how the answer is written.
        truth: the answer, where it is known already.
        limits: how large texts and values may be.

    Raises:
        EvaluationError: the expression itself has no answer.

    >>> from exprlearn.arithmetic.divisions import ExactOnlyPolicy
    >>> from exprlearn.working.forms import EquationsWorking
    >>> check_working("8+3*(9+9)", "9+9=18;3*18=44;8+44=52", EquationsWorking(), ExactOnlyPolicy()).fault
    WorkingFault(line=1, kind='calculation', expression='3*18', found='44', expected='54')
    >>> check_working("8+3*2", "8+3=11;11*2=22", EquationsWorking(), ExactOnlyPolicy()).fault
    WorkingFault(line=0, kind='order', expression='8+3', found='11', expected='3*2')
    """
    truth = answer(expression, division, limits=limits) if truth is None else truth
    worked = steps(expression, division.operation, limits=limits)
    lines, written = working.lines(text[: limits.characters]), working.write(worked, truth)
    counted = sum(not line.is_part for line in lines)
    if text == written:
        return WorkingCheck(counted, counted, None)
    check = _LineCheck(expression, truth, division, limits, right=working.lines(written))
    for number, line in enumerate(lines):
        fault = check.find_fault(line, is_last=number == len(lines) - 1, is_alone=not working.characters)
        if fault is not None:
            right = sum(not each.is_part for each in lines[:number])
            return WorkingCheck(right, right + max(check.missing, 1), WorkingFault(number, *fault))
    found = working.answer(text)
    if found == truth and not check.ready:
        return WorkingCheck(counted, counted, None)
    kind: FaultKind = "unfinished" if check.ready or not found else "answer"
    return WorkingCheck(counted, counted + max(check.missing, 1), WorkingFault(len(lines), kind, "", found, truth))


_Fault = tuple[FaultKind, str, str, str]


class _LineCheck:
    """Follows a working through the lines of its expression.

    Attributes:
        line: what is still to be computed.
    """

    def __init__(
        self, expression: str, truth: str, division: Division, limits: Limits, *, right: Sequence[ShownLine] = ()
    ) -> None:
        # Where a right text begins with a calculation, a value alone says nothing of how it came about; where it shows
        # nothing but values, a line is none.
        self._values_tell = not any(line.expression for line in right[:1])
        self._lines_tell = any(line.expression for line in right)
        self.truth, self._operation, self._limits = truth, division.operation, limits
        self._go_to("".join(plain_signs(expression).split()))

    def _go_to(self, line: str) -> None:
        """Go on with another line than the one that follows when the leftmost calculation is done."""
        self.line, self._ahead = line, steps(line, self._operation, limits=self._limits)[::-1]

    def _follows(self, shown: ShownLine) -> bool:
        """Tell whether a line does the leftmost calculation, and go on behind it if so; most lines of most texts do."""
        if not self._ahead or shown.is_part:
            return False
        step, is_first = self._ahead[-1], not shown.expression and self._values_tell
        calculates = shown.expression == step.calculation or (is_first and not self._lines_tell)
        shows = shown.expression == self.line or (is_first and self._lines_tell)
        if not (calculates and shown.stated == write_value(step.value)) and not (shows and shown.stated == step.rest):
            return False
        self.line, self._ahead = step.rest, self._ahead[:-1]
        return True

    @property
    def ready(self) -> tuple[WorkingStep, ...]:
        """The calculations that can be done now."""
        return ready_steps(self.line, self._operation, limits=self._limits)

    @property
    def missing(self) -> int:
        """How many calculations there are still to be done."""
        return len(self._ahead)

    def find_fault(self, shown: ShownLine, *, is_last: bool, is_alone: bool) -> _Fault | None:
        """Check a line, and go on to what follows from it; None where it is right.

        Args:
            shown: the line.
            is_last: whether the answer may stand in it.
            is_alone: whether the working shows nothing but the answer.
        """
        if not is_last and not is_alone and self._follows(shown):
            return None
        if shown.expression and self._value(shown.expression) is None:
            breaks_off = is_last and not shown.stated
            return ("unfinished" if breaks_off else "unreadable"), shown.expression, shown.stated, ""
        if shown.is_part:
            return self._check_part(shown)
        if is_alone:
            return None if shown.stated == self.truth else ("answer", "", shown.stated, self.truth)
        ready = self.ready
        if is_last and shown.stated == self.truth and self._may_end(shown.expression, ready):
            return None
        if not ready:
            return "answer", shown.expression, shown.stated, self.truth
        done = [step for step in ready if step.calculation == shown.expression]
        if done and write_value(done[0].value) == shown.stated:
            self._go_to(done[0].rest)
            return None
        if shown.expression in ("", self.line):
            return self._check_line(shown, ready, is_last=is_last)
        if not done:
            return "order", shown.expression, shown.stated, ", ".join(step.calculation for step in ready)
        return self._fault_of(done[0], shown.stated, is_last=is_last)

    def _check_part(self, shown: ShownLine) -> _Fault | None:
        value = self._value(shown.expression)
        if value is None or write_value(value) == shown.stated:
            return None
        kind: FaultKind = "calculation" if shown.stated else "unfinished"
        return kind, shown.expression, shown.stated, write_value(value)

    def _may_end(self, expression: str, ready: tuple[WorkingStep, ...]) -> bool:
        """Tell whether a last line may state the answer, and go to the end if so."""
        if not ready:
            return expression in ("", self.line, without_brackets(self.line))
        step = ready[0]
        shown = [self.line, *([""] if self._values_tell else [])]
        if _ends_with_value(step):
            shown.append(step.calculation)
        if len(ready) > 1 or expression not in shown or self._ready(step.rest):
            return False
        self._go_to(step.rest)
        return True

    def _check_line(self, shown: ShownLine, ready: tuple[WorkingStep, ...], *, is_last: bool) -> _Fault | None:
        """Check what shows a whole line, or a value alone, behind the line before."""
        lines = {write_value(step.value): step.rest for step in reversed(ready)} if not shown.expression else {}
        if self._lines_tell or shown.expression:
            lines |= {step.rest: step.rest for step in ready}
            lines[replace_spans(self.line, ready)] = replace_spans(self.line, ready)
        if shown.stated in lines and not self._values_tell and not shown.expression:
            return "order", "", shown.stated, ", ".join(step.calculation for step in ready)
        if shown.stated in lines:
            self._go_to(lines[shown.stated])
            return None
        return self._fault_of_line(shown, ready, is_last=is_last)

    def _fault_of_line(self, shown: ShownLine, ready: tuple[WorkingStep, ...], *, is_last: bool) -> _Fault:
        """Say which calculation of a line came out wrong; where it is none, that the line does not follow."""
        text = shown.stated
        if not (self._lines_tell or shown.expression or self._is_number(text)):
            return ("unreadable" if text else "unfinished"), "", text, write_value(ready[0].value)
        for step in ready:
            before, behind = self.line[: step.start], self.line[step.stop :]
            value = text[len(before) : len(text) - len(behind)]
            if text == before + value + behind and self._is_number(value):
                return self._fault_of(step, value, is_last=is_last)
        if self._is_number(text):
            return self._fault_of(ready[0], text, is_last=is_last)
        value_of_text = self._value(text)
        if value_of_text is None:
            return ("unreadable" if text else "unfinished"), self.line, text, ready[0].rest
        kind: FaultKind = "order" if value_of_text == self._value(self.line) else "calculation"
        return kind, self.line, text, ready[0].rest

    def _fault_of(self, step: WorkingStep, stated: str, *, is_last: bool) -> _Fault:
        """Say what is wrong with the value that is stated of a calculation."""
        ends = is_last and not self._ready(step.rest) and _ends_with_value(step)
        expected = self.truth if ends else write_value(step.value)
        found = self._value(stated)
        if ends and found == step.value:
            return "answer", step.calculation, stated, expected
        # An answer need not be a number of a line.
        kind: FaultKind = "calculation" if found is not None or (ends and stated) else "unreadable"
        return (kind if stated else "unfinished"), step.calculation, stated, expected

    def _ready(self, line: str) -> tuple[WorkingStep, ...]:
        return ready_steps(line, self._operation, limits=self._limits)

    def _is_number(self, text: str) -> bool:
        return self._value(text) is not None and not self._ready(text) and text[-1:].isdigit()

    def _value(self, text: str) -> Fraction | None:
        try:
            return line_value(text, self._operation, limits=self._limits)
        except EvaluationError:
            return None


def _ends_with_value(step: WorkingStep) -> bool:
    """Tell whether the line after a calculation is its value; `-9` is not that of `2+7`."""
    return without_brackets(step.rest) == write_value(step.value)
