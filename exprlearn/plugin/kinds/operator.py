"""Operators: what the signs of a grammar stand for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal

from exprlearn.errors import PluginError
from exprlearn.plugin.spec import Kind, Spec, hookspec

_ARITIES = {"infix": 2, "prefix": 1, "postfix": 1, "numeral": 0}


@dataclass(frozen=True, kw_only=True)
class OperatorSpec(Spec):
    """An operation on exact numbers, and how it is written; a `PluginError` refuses a sign that cannot be read.

    Attributes:
        sign: what is written: signs such as `^`, or the name of a function in letters.
        form: `infix` stands between two operands, `prefix` before one, `postfix` behind one; a `function` stands before
            brackets that hold its operands, with commas between them. A `numeral` is a number itself, such as `0x1f`.
        pattern: of a numeral, the regular expression of all its texts. Its `sign` is what a grammar writes of it beside
            digits, such as `x`; `calculate` gets the text.
        arity: how many operands a function has; every other form has as many as it says.
        precedence: what binds more is done first. Comparisons have 0, sums 1, products 2, signs before a number 3,
            powers 4, what stands behind a number 5. Of a function it does not count.
        associativity: `left` does `a^b^c` as `(a^b)^c`, `right` as `a^(b^c)`.
        commutative: whether the order of the operands never counts, so that both orders belong to one split.
        gives: `number`, or `truth` of a comparison, whose value is a `bool` and is answered by true or false.
        calculate: returns the value of its operands, each a `Fraction`: an `int`, a `Fraction` or a `bool`, never a
            float. It raises `ValueError` with the reason where there is none, `ZeroDivisionError`
            where it would divide by zero, and `OverflowError` where the value would be huge.
    """

    kind: ClassVar[str] = "operator"
    sign: str
    form: Literal["infix", "prefix", "postfix", "function", "numeral"] = "infix"
    pattern: str = ""
    arity: int = 0
    precedence: int = 2
    associativity: Literal["left", "right"] = "left"
    commutative: bool = False
    gives: Literal["number", "truth"] = "number"
    calculate: Callable[..., int | Fraction | bool]

    def __post_init__(self) -> None:
        """Refuse what cannot be read, and fill the arity in."""
        super().__post_init__()
        if not self.sign or any(each.isdigit() or each.isspace() or each in "(),." for each in self.sign):
            raise PluginError(f"operator '{self.name}' has the sign {self.sign!r}: write no digits, blanks or brackets")
        if self.form == "function" and not (self.sign.isidentifier() and self.arity > 0):
            raise PluginError(f"function '{self.name}' needs a name of letters as its sign and an arity of 1 or more")
        if (self.form == "numeral") != bool(self.pattern) or not _is_pattern(self.pattern):
            raise PluginError(f"operator '{self.name}' has the pattern {self.pattern!r}: numerals alone need one")
        if self.precedence < 0:
            raise PluginError(f"operator '{self.name}' has the precedence {self.precedence}: write 0 or more")
        object.__setattr__(self, "arity", _ARITIES.get(self.form, self.arity))


def _is_pattern(text: str) -> bool:
    """Tell whether a text is a regular expression that does not take the empty text for a number."""
    try:
        return not text or re.compile(text).fullmatch("") is None
    except re.error:
        return False


@hookspec
def exprlearn_operators() -> Iterable[OperatorSpec]:  # type: ignore[empty-body]
    """Yield operators, for the signs of a grammar.

    The fixed texts of a grammar choose its operators by their signs: a rule with `"^"` gets the operator
    that is written so. Where several plugins answer one sign, `grammar.signs` names one as `plugin/name`. Expressions
    with such a sign are computed one by one, so they are drawn more slowly than sums and products. The signs of
    `+ - * /` are always those of the built-in operators.
    """


KIND = Kind(
    spec=OperatorSpec,
    hook=exprlearn_operators,
    example="power",
    command="exprlearn components show operator {name}",
    page="grammars",
)
