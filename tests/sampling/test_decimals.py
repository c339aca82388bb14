from __future__ import annotations

import numpy as np
import pytest

from exprlearn.errors import GrammarError
from exprlearn.sampling import ExpressionSpace

GRAMMAR = "start: N\n//@ range={}\nN: /[0-9]+[.][0-9]+/"


@pytest.mark.parametrize(
    ("span", "count"),
    [("0.0..9.9", 100), ("0.5..3.2", 28), ("1.25..1.75", 51), ("2.00..2.00", 1), ("0.95..1.05", 11), ("0.1..1.9", 19)],
)
def test_a_range_of_decimals_writes_each_of_them_once(span: str, count: int) -> None:
    space = ExpressionSpace.from_text(GRAMMAR.format(span))
    low, high = (round(float(end) * 1000) for end in span.split(".."))
    texts = list(space)
    assert len(texts) == len(set(texts)) == space.size == count
    values = [round(float(text) * 1000) for text in texts]
    assert (min(values), max(values)) == (low, high)
    digits = len(span.partition("..")[0].partition(".")[2])
    assert all(len(text.partition(".")[2]) == digits for text in texts)
    assert [space.rank(text) for text in texts] == list(range(count))


def test_a_decimal_is_one_term() -> None:
    text = 'start: N "+" N\n//@ range=0.00..99.99\nN: /(0|[1-9][0-9]?)[.][0-9]{2}/'
    space = ExpressionSpace.from_text(text, terms=2)
    assert space.size == 10**8
    assert "1.05+20.00" in space
    assert "1.5+20.00" not in space
    block = space.strata[0].block(np.array([0, 10**8 - 1]))
    assert block.expressions.tolist() == ["0.00+0.00", "99.99+99.99"]


def test_lengths_of_decimals_are_bounded_like_others() -> None:
    text = 'start: N "+" N\n//@ range=0.0..99.9\nN: /(0|[1-9][0-9]?)[.][0-9]/'
    space = ExpressionSpace.from_text(text, characters=8)
    assert space.size == 2 * 10 * 90 * 100
    assert all(len(space[index]) == 8 for index in range(0, space.size, 9973))


def test_decimals_that_the_terminal_does_not_write_are_named() -> None:
    with pytest.raises(GrammarError, match=r"the range of N holds 10\.0, which the terminal does not write"):
        ExpressionSpace.from_text("start: N\n//@ range=9.9..10.0\nN: /[0-9][.][0-9]/")


@pytest.mark.parametrize("span", ["0.0..9.99", "9.9..0.0", "0.5..", "0.5", "0.0000..0.0001"])
def test_other_ranges_of_decimals_are_refused(span: str) -> None:
    with pytest.raises(GrammarError, match=r"range=0\.0\.\.9\.9 of decimals"):
        ExpressionSpace.from_text(GRAMMAR.format(span))
