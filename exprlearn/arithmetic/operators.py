"""The signs that expressions are read with: those of the built-in operators, and of plugins that a grammar chooses.

`+ - * /` and the sign before a number are known to everything that follows an expression step by step. Of any other
operator nothing is known but its spec, which stands in a tree as the step itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from exprlearn.errors import AmbiguousName, DivisionByZero, ExpressionTooLarge, PluginError, UndefinedValue

if TYPE_CHECKING:
    from exprlearn.plugin import OperatorSpec
    from exprlearn.plugin.registry import Registered, Registry

#: Step that turns the value on top of the stack into its opposite.
NEGATE: Final = "negate"

#: The operators of plugins that an expression is read with; none are the built-in ones alone.
Operators = tuple["OperatorSpec", ...]

#: Numerator and denominator in lowest terms, the denominator positive; a truth value is 0 or 1 over 0.
Rational = tuple[int, int]

#: Precedence of the built-in operators, on the scale of `OperatorSpec.precedence`.
PRECEDENCE: Final[Mapping[str, int]] = {"+": 1, "-": 1, "*": 2, "/": 2, NEGATE: 3}

OUTERMOST: Final = -1
"""What waits for a bracket to close is done after everything inside."""

#: Packages of the project itself that answer signs, told where nothing installed does.
ELSEWHERE: Final[Mapping[str, tuple[str, ...]]] = {
    "exprlearn-operators": ("^", "%", "//", "<", ">", "<=", ">=", "==", "!=", "!", "gcd", "max", "min", "abs", "0x"),
}


#: What a sign does where it stands: the step that is put into the tree; its precedence, `OUTERMOST` for what opens a
#: bracket; its reach, for what waits with a precedence of at least this is done before it; and its form. It is a plain
#: tuple, which is read twice as fast as one with names, for every token of every expression.
Sign = tuple["str | OperatorSpec", int, int, str]


@dataclass(frozen=True, eq=False)
class Signs:
    """How the signs of expressions are read.

    Attributes:
        token: finds the tokens of a text.
        behind: what stands behind an operand, between two or after one.
        before: what stands before an operand: signs, functions and the opening bracket.
        functions: those of them that are followed by a bracket.
        numerals: operators of plugins that read numbers.
    """

    token: re.Pattern[str]
    behind: Mapping[str, Sign]
    before: Mapping[str, Sign]
    functions: frozenset[str]
    numerals: Operators = ()

    @property
    def listed(self) -> str:
        """Name what is understood besides numbers and brackets."""
        return " ".join(sign for sign in dict.fromkeys([*self.behind, *self.before]) if sign != "(")


_BEHIND: dict[str, Sign] = {sign: (sign, PRECEDENCE[sign], PRECEDENCE[sign], "infix") for sign in "+-*/"}
_BEFORE: dict[str, Sign] = {
    "-": (NEGATE, PRECEDENCE[NEGATE], PRECEDENCE[NEGATE], "prefix"),
    "(": ("(", OUTERMOST, OUTERMOST, "bracket"),
}


@lru_cache(maxsize=256)
def signs_of(operators: Operators = ()) -> Signs:
    """Tell how expressions with some operators are read; the built-in ones are always there.

    >>> signs_of().token.findall("1+(20-3)")
    ['1', '+', '(', '20', '-', '3', ')']
    """
    behind, before = dict(_BEHIND), dict(_BEFORE)
    for operator in operators:
        if operator.form == "numeral":
            continue
        reach = operator.precedence + (operator.associativity == "right")
        precedence = OUTERMOST if operator.form == "function" else operator.precedence
        table = behind if operator.form in ("infix", "postfix") else before
        table.setdefault(operator.sign, (operator, precedence, reach, operator.form))
    numerals = tuple(each for each in operators if each.form == "numeral")
    written = sorted((re.escape(each.sign) for each in operators if each not in numerals), key=len, reverse=True)
    patterns = [f"(?:{each.pattern})" for each in numerals]
    # [0-9], since \d also matches digits of other scripts.
    token = re.compile("|".join([*patterns, r"[0-9]+(?:\.[0-9]+)?", *written, r"[^ \t\r\n]"]))
    functions = frozenset(each.sign for each in operators if each.form == "function")
    return Signs(token, behind, before, functions, numerals)


def choose_operators(
    literals: Sequence[str], registry: Registry[OperatorSpec], named: Sequence[str] = ()
) -> tuple[Registered[OperatorSpec], ...]:
    """Choose the operators of a grammar by the signs that its fixed texts hold.

    Args:
        literals: the fixed texts.
        registry: all operators that are there.
        named: operators by name, or `plugin/name`, that are taken where several have one sign.

    Raises:
        UnknownName: no operator is called as `named` says.
        AmbiguousName: several plugins answer a sign, and none of their operators is named.
    """
    chosen = [registry.entry(name) for name in named]
    offered = [entry for entry in registry.entries if not entry.is_built_in]
    token = signs_of(tuple(entry.spec for entry in offered)).token
    written = {sign for literal in literals for sign in token.findall(literal)}
    found: dict[tuple[str, bool], list[Registered[OperatorSpec]]] = {}
    for entry in offered:
        if entry.spec.sign in written and entry.spec.sign not in PRECEDENCE:
            place = entry.spec.sign, entry.spec.form in ("infix", "postfix")
            found.setdefault(place, []).append(entry)
    return tuple(_only(sign, entries, chosen, registry) for (sign, _), entries in found.items())


def _only(
    sign: str,
    entries: Sequence[Registered[OperatorSpec]],
    chosen: Sequence[Registered[OperatorSpec]],
    registry: Registry[OperatorSpec],
) -> Registered[OperatorSpec]:
    asked = [entry for entry in entries if entry in chosen] or list(entries)
    if len(asked) > 1:
        names = [registry.full_name(entry) for entry in asked]
        raise AmbiguousName(
            f"{len(asked)} operators are written {sign!r}: {', '.join(names)}; say which one, for instance"
            f" --set 'grammar.signs=[\"{names[0]}\"]'"
        )
    return asked[0]


def uncontested(registry: Registry[OperatorSpec], named: Sequence[str] = ()) -> Operators:
    """List the operators of plugins, of several with one sign those that are named; for texts without a grammar."""
    signs = {entry.spec.sign for entry in registry.entries if not entry.is_built_in}
    found: list[OperatorSpec] = []
    for sign in sorted(signs):
        with suppress(AmbiguousName):
            found += [entry.spec for entry in choose_operators([sign], registry, named)]
    return tuple(found)


def advise_package(signs: Iterable[str]) -> str:
    """Say which package answers some of the signs; nothing where none is known.

    >>> advise_package(["^"])
    "; '^' is answered by the package exprlearn-operators: python -m pip install exprlearn-operators"
    """
    for package, answered in ELSEWHERE.items():
        # A fixed text may hold more than the sign, such as the bracket of a function.
        found = [sign for sign in answered if any(sign in text for text in signs)]
        if found:
            longest = max(found, key=len)
            return f"; {longest!r} is answered by the package {package}: python -m pip install {package}"
    return ""


def operate(operator: OperatorSpec, operands: Sequence[Rational], shown: str, expression: str) -> Rational:
    """Apply an operator of a plugin.

    Args:
        operator: whose `calculate` is asked.
        operands: as many as it takes.
        shown: the expression as a message shows it.
        expression: the expression, for errors.

    Raises:
        DivisionByZero: it divides by zero.
        UndefinedValue: it has no value for the operands.
        ExpressionTooLarge: the value would be too large.
        PluginError: it raises something else, or returns no exact number.
    """
    if not all(denominator for _, denominator in operands):
        raise UndefinedValue(f"{shown} has no value: a truth value is not a number", expression=expression)
    try:
        value = operator.calculate(*(Fraction(*operand) for operand in operands))
    except ZeroDivisionError:
        raise DivisionByZero(f"{shown} divides by zero", expression=expression) from None
    except ValueError as error:
        raise UndefinedValue(f"{shown} has no value: {error or operator.name}", expression=expression) from None
    except OverflowError:
        raise ExpressionTooLarge(
            f"{shown} has a value that is too large for '{operator.name}'", expression=expression
        ) from None
    # A plugin may raise anything.
    except Exception as error:
        raise PluginError(f"operator '{operator.name}' failed on {shown}: {type(error).__name__}: {error}") from error
    if isinstance(value, bool) and operator.gives == "truth":
        return int(value), 0
    if not isinstance(value, int | Fraction) or isinstance(value, bool) or operator.gives == "truth":
        raise PluginError(
            f"operator '{operator.name}' returned {value!r} for {shown}: it gives a {operator.gives},"
            f" so return {'a bool' if operator.gives == 'truth' else 'an int or a Fraction'}"
        )
    return value.numerator, value.denominator


def read_numeral(token: str, numerals: Operators) -> int | Fraction | None:
    """Read a number that one of some operators of plugins reads; None where none does."""
    for operator in numerals:
        if re.fullmatch(operator.pattern, token):
            try:
                value = operator.calculate(token)
            except ValueError as error:
                raise UndefinedValue(f"{token!r} has no value: {error or operator.name}", expression=token) from None
            if isinstance(value, bool) or not isinstance(value, int | Fraction) or value < 0:
                raise PluginError(
                    f"operator '{operator.name}' read {token!r} as {value!r}: return an exact number, not negative"
                )
            return value.numerator if value.denominator == 1 else Fraction(value)
    return None


class Truth(Fraction):
    """A truth value: what comparisons come to; as a number 1 or 0.

    >>> str(Truth(1)), str(Truth(0))
    ('true', 'false')
    """

    __slots__ = ()

    def __str__(self) -> str:
        return "true" if self else "false"
