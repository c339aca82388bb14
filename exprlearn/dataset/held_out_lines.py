"""Lines of a working that would show a test: an example may be trained on when every line of its working is free.

A line is an expression itself. It belongs to a split by its canonical form, as every expression does. It is *held out*
when that is validation or test, provided that the space can hold an expression of this form at all: as many numbers,
and none that its grammar cannot write, nor operators. `8+3*18` is free in a space of numbers up to 9, and `9*9` in one
of sums, whatever their forms; `9+9` is not. A line with signs or fractions has the form of another expression, `8--5`
that of `8+5`, `1|3*2` that of `1/3*2`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exprlearn.arithmetic import UNLIMITED, parse
from exprlearn.arithmetic.numerals import read_digits
from exprlearn.arithmetic.parsing import plain_signs
from exprlearn.dataset.canonical import Level, canonical_key
from exprlearn.dataset.drawing.split import Split, split_of
from exprlearn.errors import EvaluationError
from exprlearn.plugin import Division, Working
from exprlearn.sampling import ExpressionSpace
from exprlearn.working import as_expression, write_working

# Lines whose split is remembered: short ones come again and again.
_REMEMBERED = 1 << 17

_NUMBERS = re.compile("[0-9]+")
_FREE = (None, "train")

#: What is one operator where canonical forms are concerned: a difference has the form of a sum.
_KINDS = {"+": re.compile(r"\+|(?<=[0-9)])-"), "*": re.compile(r"\*"), "/": re.compile(r"[/|]")}


class SpaceForms(NamedTuple):
    """What tells whether a space may hold an expression of some numbers.

    Attributes:
        terms: how many numbers it has, least and most.
        numbers: the smallest and the largest of every language of numbers.
        operators: kinds of operators that it may have: `+` for sums and differences, `*`, `/`.
    """

    terms: tuple[int, int]
    numbers: frozenset[tuple[int, int]]
    operators: str = "+*/"

    @classmethod
    def of(cls, space: ExpressionSpace) -> SpaceForms:
        """Measure a space."""
        terms = [stratum.sizes["terms"] for stratum in space.strata]
        languages = space.specification.languages
        literals = plain_signs("".join(space.specification.literals)).replace("-", "+")
        operators = "".join(kind for kind in _KINDS if kind in literals)
        return cls((min(terms), max(terms)), frozenset((each.lowest, each.highest) for each in languages), operators)

    @classmethod
    def of_plain(cls, plain: Any) -> SpaceForms:
        """Make it of what `plain` returns."""
        low, high = plain["terms"]
        numbers = frozenset((smallest, largest) for smallest, largest in plain["numbers"])
        return cls((low, high), numbers, plain.get("operators", "+*/"))

    def plain(self) -> dict[str, Any]:
        """Return it as plain values, for JSON.

        >>> forms = SpaceForms.of(ExpressionSpace.from_file("mixed"))
        >>> forms.plain(), SpaceForms.of_plain(forms.plain()) == forms
        ({'terms': [2, 4], 'numbers': [[1, 9]], 'operators': '+*/'}, True)
        """
        return {"terms": list(self.terms), "numbers": sorted(map(list, self.numbers)), "operators": self.operators}

    def include(self, other: SpaceForms) -> bool:
        """Tell whether every expression of another space is one that this space may hold.

        >>> SpaceForms((2, 4), frozenset({(1, 9)})).include(SpaceForms((2, 2), frozenset({(3, 9), (1, 9)})))
        True
        >>> SpaceForms((2, 4), frozenset({(1, 9)})).include(SpaceForms((2, 2), frozenset({(1, 99)})))
        False
        """
        low, high = other.terms
        return (
            self.terms[0] <= low
            and high <= self.terms[1]
            and set(other.operators) <= set(self.operators)
            and all(
                any(small <= least and most <= large for small, large in self.numbers) for least, most in other.numbers
            )
        )

    def covers(self, line: str, numbers: Sequence[int]) -> bool:
        """Tell whether the space may hold an expression of the form of a line of these numbers, signs left aside.

        >>> forms = SpaceForms((2, 2), frozenset({(0, 99)}), "/")
        >>> [forms.covers(line, [75, 2]) for line in ("75/2", "75|2", "-75/2", "75*2", "75-2")]
        [True, True, True, False, False]
        """
        return (
            self.terms[0] <= len(numbers) <= self.terms[1]
            and all(any(low <= each <= high or low <= -each <= high for low, high in self.numbers) for each in numbers)
            and all(kind in self.operators for kind in _kinds(line))
        )


def may_be_shown(expression: str, forms: Sequence[SpaceForms]) -> bool:
    """Tell whether a line of a working may be an expression although it belongs to validation or test.

    It may where training draws from spaces of these forms and none of them holds such an expression, and where it has
    fewer numbers than the longest of theirs. One with as many is shown as itself alone, unless it has two: columns add
    numbers of any size, and may multiply where no test does.

    >>> forms = [SpaceForms.of(ExpressionSpace.from_file("mixed"))]
    >>> [may_be_shown(text, forms) for text in ("4+9", "8+54", "8+3*4+5*9", "8+3*4+54", "8+54+1+1+1")]
    [False, True, False, False, False]
    >>> quotients = [SpaceForms((2, 2), frozenset({(0, 99)}), "/")]
    >>> [may_be_shown(text, quotients) for text in ("75/2", "750/2", "40*2", "400+30")]
    [False, False, True, True]
    """
    numbers = [read_digits(digits) for digits in _NUMBERS.findall(expression)]
    longest = max((form.terms[1] for form in forms), default=0)
    if len(numbers) > longest or any(form.covers(expression, numbers) for form in forms):
        return False
    is_own = any(set(_kinds(expression)) <= set(form.operators) - {"+"} for form in forms)
    return len(numbers) < longest or (len(numbers) == 2 and not is_own)


def _kinds(line: str) -> list[str]:
    plain = plain_signs(line)
    return [kind for kind, written in _KINDS.items() if written.search(plain)]


class HeldOutLines:
    """Tells which lines may be trained on, and which examples show no other.

    Args:
        space: what training expressions are drawn from.
        working: what is written before their answers.
        division: how `/` computes.
        level: what expressions of different splits never have in common.
        salt: another number, another division into splits.
        beside: further spaces, or the forms of some, whose held-out expressions must not be shown either, as of other
            stages.

    >>> from exprlearn.arithmetic.divisions import ExactOnlyPolicy
    >>> from exprlearn.working.forms import EquationsWorking
    >>> lines = HeldOutLines(ExpressionSpace.from_file("mixed"), EquationsWorking(), ExactOnlyPolicy())
    >>> lines.may_train(["9+9", "4+9", "8+4*19"])
    [True, False, True]
    >>> lines.held_out("8+3*(4+9)", "47"), lines.held_out("8+3*(9+9)", "62")
    (['4+9'], [])
    """

    def __init__(
        self,
        space: ExpressionSpace,
        working: Working,
        division: Division,
        *,
        level: Level = "commutative",
        salt: int = 0,
        beside: Sequence[ExpressionSpace | SpaceForms] = (),
    ) -> None:
        self.working, self.division, self.level, self.salt = working, division, level, salt
        own = SpaceForms.of(space)
        others = (each if isinstance(each, SpaceForms) else SpaceForms.of(each) for each in beside)
        #: What the space may hold comes first, then what others hold.
        self.forms = tuple(dict.fromkeys((own, *others)))
        bounds = [abs(bound) for form in self.forms for pair in form.numbers for bound in pair]
        self._largest = max(bounds, default=0)
        self.split = lru_cache(maxsize=_REMEMBERED)(self._split)

    def covers(self, line: str) -> bool:
        """Tell whether the space may hold an expression of the form of a line; what is no line it cannot hold."""
        return self.split(line) is not None

    def _split(self, line: str) -> Split | None:
        """Tell the split of a line; None where the space holds nothing of its form."""
        # Most lines have a number that is too large, so that nothing else of them needs to be read.
        numbers = [read_digits(digits) for digits in _NUMBERS.findall(line)]
        if max(numbers, default=0) > self._largest or not any(form.covers(line, numbers) for form in self.forms):
            return None
        try:
            parse(as_expression(line), limits=UNLIMITED)
        except EvaluationError:
            return None
        return split_of(as_expression(line), self.level, self.salt)

    def may_train(self, lines: Sequence[str]) -> list[bool]:
        """Tell for each line whether it may be trained on."""
        return [self.split(line) in _FREE for line in lines]

    def text(self, expression: str, answer: str) -> str:
        """Write the working of an example; raises as `write_working`."""
        return write_working(expression, self.working, self.division, truth=answer, limits=UNLIMITED)

    def held_out(self, expression: str, answer: str) -> list[str]:
        """List the held-out lines that the working of an example shows; raises as `write_working`."""
        return self.held_out_in(self.text(expression, answer))

    def held_out_in(self, text: str) -> list[str]:
        """List the held-out lines that a working shows."""
        shown = self.working.lines(text)
        return [line.expression for line in shown if line.expression and self.split(line.expression) not in _FREE]

    def free(self, expressions: NDArray[np.str_], answers: NDArray[np.str_]) -> NDArray[np.bool_]:
        """Tell for each of n examples whether every line of its working may be trained on.

        Args:
            expressions: '<U' [n].
            answers: '<U' [n].

        Returns:
            bool [n].
        """
        pairs = zip(expressions.tolist(), answers.tolist(), strict=True)
        return np.array([not self.held_out(*pair) for pair in pairs], bool)

    def keys(self, text: str) -> list[int]:
        """Return the canonical key of each expression that a working shows and that can be read, for the proof."""
        keys = []
        for line in self.working.lines(text):
            try:
                keys.append(canonical_key(as_expression(line.expression), self.level))
            except EvaluationError:
                continue
        return keys
