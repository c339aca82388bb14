from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from exprlearn import ExprLearnError
from exprlearn_carry.command import application, numbers_of


def test_sums_are_shown_one_below_the_other() -> None:
    shown = CliRunner().invoke(application(), ["758+467", "1 + 2"]).stdout
    assert shown.splitlines()[-2:] == [" = 3", "0 carries, 0 of them in a row"]
    assert "3 carries, 3 of them in a row\n\n" in shown


def test_a_document_counts_carries_and_their_longest_chain() -> None:
    document = json.loads(CliRunner().invoke(application(), ["--json", "505+505"]).stdout)
    assert document == {"format": 1, "sums": [{"expression": "505+505", "carries": 2, "longest_chain": 1}]}


@pytest.mark.parametrize("text", ["1-2", "1+", "", "2*3"])
def test_what_is_no_sum_is_refused_with_one_that_is(text: str) -> None:
    with pytest.raises(ExprLearnError, match=r"is no sum of whole numbers: write one such as 758\+467"):
        numbers_of(text)
