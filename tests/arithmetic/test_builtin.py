from __future__ import annotations

from fractions import Fraction

import pytest

from exprlearn.arithmetic.builtin import exprlearn_divisions
from exprlearn.errors import OptionError
from exprlearn.plugin.options import bind

SPECS = {spec.name: spec for spec in exprlearn_divisions()}


def test_six_policies_are_offered() -> None:
    assert list(SPECS) == ["exact-only", "fraction", "floor", "floor-remainder", "modular", "decimal"]


@pytest.mark.parametrize("name", sorted(SPECS))
def test_every_policy_is_made_from_its_default_options_and_writes_a_whole_number(name: str) -> None:
    policy = SPECS[name].make(SPECS[name].options())
    assert policy.answer(Fraction(-120), "-120") == ("74" if name == "modular" else "-120")


def test_options_out_of_range_are_refused_by_name() -> None:
    with pytest.raises(OptionError, match=r"division\.tie"):
        bind(SPECS["decimal"].options, {"tie": "up"}, where="division")
