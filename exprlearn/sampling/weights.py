"""Weights of alternatives, honoured exactly: one more size for every weight in use.

Expressions that use each weighted alternative equally often are equally likely (their Parikh classes), so strata are
refined by these counts. Inside a stratum all expressions are alike and are drawn without repeats; between strata with
the same sizes the shares follow from `Stratum.mass`.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import prod

from exprlearn.errors import GrammarError
from exprlearn.grammar.pragmas import parse_weight
from exprlearn.grammar.specification import Specification

Weight = int | float | str | Fraction


def exact_weights(weights: Mapping[str, Weight]) -> dict[str, Fraction]:
    """Read weights as fractions; a float is what it prints as.

    >>> exact_weights({"add": 3, "sub": 0.1})
    {'add': Fraction(3, 1), 'sub': Fraction(1, 10)}

    Raises:
        GrammarError: a weight is zero, negative or no number.
    """
    exact: dict[str, Fraction] = {}
    for name, weight in weights.items():
        try:
            exact[name] = parse_weight(str(weight))
        except ValueError:
            raise GrammarError(
                f"{weight!r} is no weight of {name!r}: write a number above 0, such as 3 or 1/2"
            ) from None
    return exact


def distinct_weights(specification: Specification) -> tuple[Fraction, ...]:
    """List the weights other than 1, each once, smallest first."""
    found = {each.weight for rule in specification.rules for each in rule.alternatives}
    return tuple(sorted(found - {Fraction(1)}))


def weight_of(weights: tuple[Fraction, ...], uses: tuple[int, ...]) -> Fraction:
    """Multiply weights as often as they are used.

    >>> weight_of((Fraction(1, 2), Fraction(3)), (2, 1))
    Fraction(3, 4)
    """
    return prod((weight**times for weight, times in zip(weights, uses, strict=True)), start=Fraction(1))
