from collections import Counter
from fractions import Fraction

import pytest

from exprlearn.errors import GrammarError
from exprlearn.sampling import ExpressionSpace

TEXT = """
?start: sum
?sum: product
    | sum "+" product -> add  //@ weight=3
    | sum "-" product -> sub
?product: N | product "*" N -> mul | product "/" N -> div
N: /[1-2]/
"""


def shares(space: ExpressionSpace) -> dict[str, Fraction]:
    """How much of the mass goes to each sign, by adding up every expression."""
    total: Counter[str] = Counter()
    for stratum in space.strata:
        for expression in stratum:
            for sign in "+-*/":
                total[sign] += expression.count(sign) * stratum.weight  # type: ignore[assignment]
    everything = sum(total.values())
    return {sign: Fraction(mass) / everything for sign, mass in total.items()}


def test_the_weight_of_an_expression_is_the_product_of_those_it_uses() -> None:
    space = ExpressionSpace.from_text(TEXT, terms=(1, 4), weights={"mul": "1/2"})
    for stratum in space.strata:
        for expression in stratum:
            assert stratum.weight == 3 ** expression.count("+") * Fraction(1, 2) ** expression.count("*")


def test_weights_three_to_one_give_shares_three_to_one() -> None:
    assert shares(ExpressionSpace.from_text(TEXT, terms=4)) == {
        "+": Fraction(1, 2),
        "-": Fraction(1, 6),
        "*": Fraction(1, 6),
        "/": Fraction(1, 6),
    }


def test_weights_change_neither_the_count_nor_the_expressions() -> None:
    weighted = ExpressionSpace.from_text(TEXT, terms=(1, 3))
    even = ExpressionSpace.from_text(TEXT.replace("weight=3", "weight=1"), terms=(1, 3))
    assert sorted(weighted) == sorted(even)
    assert len(even.strata) == 3
    assert {stratum.mass for stratum in even.strata} == {stratum.size for stratum in even.strata}


def test_weights_can_be_given_by_alias_or_by_place_and_win_over_pragmas() -> None:
    by_alias = ExpressionSpace.from_text(TEXT, terms=3, weights={"add": 5})
    by_place = ExpressionSpace.from_text(TEXT, terms=3, weights={"sum[1]": 5.0})
    assert (
        [stratum.weight for stratum in by_alias.strata] == [stratum.weight for stratum in by_place.strata] == [1, 5, 25]
    )


@pytest.mark.parametrize("weight", [0, -1, "many", float("inf")])
def test_a_weight_that_is_no_positive_number_is_refused(weight: float | str) -> None:
    with pytest.raises(GrammarError, match="is no weight of 'add'"):
        ExpressionSpace.from_text(TEXT, terms=3, weights={"add": weight})
