"""What is written before an answer: nothing, the values, the lines, or the calculations with their values.

For `8+3*(9+9)`, whose answer is 62:

    none         62
    results      18;54;62
    expressions  8+3*18=8+54=62
    equations    9+9=18;3*18=54;8+54=62

The answer stands in the place of the last value, written as the division policy writes it. Where the last line is not
that value, since a sign stood in front of a bracket, one more part says so: `-(2+7)` is `2+7=9;-9=-9`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from exprlearn.plugin import ShownLine, WorkingBounds
from exprlearn.working.reduction import WorkingStep, write_value

#: What stands between two parts of a text, and between a calculation and its value.
NEXT, IS = ";", "="

# A number may end in a digit or in what a policy writes behind it; these call for more.
_OPEN_END = tuple("-+*/(|.:,=; ")
_CALCULATION = re.compile(r"[+*(]|[0-9]\s*-")
#: Finds both in an answer, in JavaScript too.
UNFINISHED = rf"[-+*/(|.:,=; ]$|{_CALCULATION.pattern}"


class NoWorking:
    """Writes the answer alone."""

    characters = ""
    is_deterministic = True

    def __str__(self) -> str:
        return "none"

    def write(self, steps: Sequence[WorkingStep], answer: str) -> str:
        """Return the answer."""
        return answer

    def answer(self, text: str) -> str:
        """Return the whole text."""
        return text

    def lines(self, text: str) -> list[ShownLine]:
        """Return nothing but the answer.

        >>> NoWorking().lines("62")
        [ShownLine(expression='', stated='62', is_part=False)]
        """
        return [ShownLine("", text)]

    def longest(self, bounds: WorkingBounds) -> int:
        """Return the length of the longest answer."""
        return bounds.answer


class ResultsWorking:
    """Writes the value of each calculation.

    >>> from exprlearn.working import steps
    >>> ResultsWorking().write(steps("8+3*(9+9)"), "62")
    '18;54;62'
    """

    characters = ";-|0123456789"
    is_deterministic = True
    #: Finds what stands behind the last separator.
    answer_pattern = "(?:^|;)([^;]*)$"

    def __str__(self) -> str:
        return "results"

    def write(self, steps: Sequence[WorkingStep], answer: str) -> str:
        """Write the values, the last one as the answer."""
        return NEXT.join([*(write_value(step.value) for step in _before_answer(steps)), answer])

    def answer(self, text: str) -> str:
        """Return what stands behind the last separator."""
        return finished(text.rpartition(NEXT)[2])

    def lines(self, text: str) -> list[ShownLine]:
        """List the values, which show no expression."""
        return [ShownLine("", part) for part in text.split(NEXT)]

    def longest(self, bounds: WorkingBounds) -> int:
        """Count a number and a separator for each calculation."""
        return bounds.steps * (bounds.number + 1) + bounds.answer


class ExpressionsWorking:
    """Writes the line after each calculation.

    >>> from exprlearn.working import steps
    >>> ExpressionsWorking().write(steps("8+3*(9+9)"), "62")
    '8+3*18=8+54=62'
    """

    characters = "=+-*/()|0123456789"
    is_deterministic = True
    #: Finds what stands behind the last sign of equality.
    answer_pattern = "(?:^|=)([^=]*)$"

    def __str__(self) -> str:
        return "expressions"

    def write(self, steps: Sequence[WorkingStep], answer: str) -> str:
        """Write the lines, the last one as the answer."""
        return IS.join([*("".join(step.rest.split()) for step in _before_answer(steps)), answer])

    def answer(self, text: str) -> str:
        """Return what stands behind the last sign of equality; a line that is not a number yet is no answer."""
        return finished(text.rpartition(IS)[2])

    def lines(self, text: str) -> list[ShownLine]:
        """List each line with the one that follows; the first has the expression itself before it, which is not shown.

        >>> [(line.expression, line.stated) for line in ExpressionsWorking().lines("8+3*18=8+54=62")]
        [('', '8+3*18'), ('8+3*18', '8+54'), ('8+54', '62')]
        """
        parts = text.split(IS)
        return list(map(ShownLine, ["", *parts[:-1]], parts))

    def longest(self, bounds: WorkingBounds) -> int:
        """Count a line and a separator for each calculation."""
        return bounds.steps * (bounds.line + 1) + bounds.answer


class EquationsWorking:
    """Writes each calculation with its value.

    >>> from exprlearn.working import steps
    >>> EquationsWorking().write(steps("8+3*(9+9)"), "62")
    '9+9=18;3*18=54;8+54=62'
    """

    characters = "=;+-*/|0123456789"
    is_deterministic = True
    #: Finds what stands behind the last sign of equality of the last calculation.
    answer_pattern = "(?:^|=)([^;=]*)$"

    def __str__(self) -> str:
        return "equations"

    def write(self, steps: Sequence[WorkingStep], answer: str) -> str:
        """Write the calculations, the last value as the answer."""
        if not steps:
            return answer
        before = _before_answer(steps)
        parts = [self.equation(step, write_value(step.value)) for step in before]
        line = without_brackets("".join(steps[-1].rest.split()))
        last = f"{line}{IS}{answer}" if len(before) == len(steps) else self.equation(steps[-1], answer)
        return NEXT.join([*parts, last])

    def equation(self, step: WorkingStep, value: str) -> str:
        """Write one calculation and what it comes to."""
        return f"{step.calculation}{IS}{value}"

    def answer(self, text: str) -> str:
        """Return what stands behind the last sign of equality of the last calculation."""
        last = text.rpartition(NEXT)[2]
        return finished(last.rpartition(IS)[2]) if IS in last or NEXT not in text else ""

    def lines(self, text: str) -> list[ShownLine]:
        """List the calculations with what the text gives for them.

        >>> [(line.expression, line.stated) for line in EquationsWorking().lines("9+9=18;3*18=54;8+")]
        [('9+9', '18'), ('3*18', '54'), ('8+', '')]
        """
        parts = text.split(NEXT)
        if len(parts) == 1 and IS not in text and finished(text):
            return [ShownLine("", text)]
        return [line for part in parts for line in self.part_lines(part)]

    def part_lines(self, part: str) -> list[ShownLine]:
        """List what one part of a text shows."""
        calculation, mark, value = part.partition(IS)
        # A value alone is no calculation.
        return [ShownLine(calculation or (part if mark else ""), value)]

    def longest(self, bounds: WorkingBounds) -> int:
        """Count three numbers, the operator and two separators for each calculation, and the answer's own line."""
        return (bounds.steps + 1) * (3 * bounds.number + 3) + bounds.answer


def _before_answer(steps: Sequence[WorkingStep]) -> Sequence[WorkingStep]:
    """Return the steps whose values are written: the answer stands for the last one if the last line is its value."""
    if steps and steps[-1].rest.strip() != write_value(steps[-1].value):
        return steps
    return steps[:-1]


def without_brackets(line: str) -> str:
    """Write a line in which nothing is left to be computed without its brackets, which change nothing.

    >>> without_brackets("(-9)"), without_brackets("-(-0)")
    ('-9', '--0')
    """
    return line.replace("(", "").replace(")", "")


def finished(text: str) -> str:
    """Return an answer, empty where the text breaks off or is a calculation still to be done.

    >>> finished("62"), finished("-17/5"), finished("8+54"), finished("8-"), finished("")
    ('62', '-17/5', '', '', '')
    """
    return "" if not text or text.endswith(_OPEN_END) or _CALCULATION.search(text) else text


def spaced_lines(text: str) -> str:
    """Write a working so that its lines are told apart.

    >>> spaced_lines("8+3*18=8+54=62"), spaced_lines("9+9=18;3*18=54")
    ('8+3*18 = 8+54 = 62', '9+9 = 18; 3*18 = 54')
    """
    return text.replace(IS, f" {IS} ").replace(NEXT, f"{NEXT} ")
