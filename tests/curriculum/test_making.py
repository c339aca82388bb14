from __future__ import annotations

import tomllib
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from exprlearn.curriculum.making import Maker, curriculum_toml
from exprlearn.errors import OptionError

SMALL = {"name": "mixed", "terms": "2..3", "brackets": "0..1", "range": "1..9"}


def test_a_target_becomes_stages_that_get_harder_and_end_with_it(components_of: Callable[..., Any]) -> None:
    maker = Maker(components_of(grammar=SMALL), "+-*")
    stages = maker.stages(3)
    assert stages[0].name == "addition of 2 numbers up to 9"
    assert stages[-1].box == maker.target
    assert all(before.points < after.points for before, after in pairwise(stages))
    assert all(stage.name.startswith("with ") for stage in stages[1:])
    written = tomllib.loads(curriculum_toml(maker, stages))
    assert written["data"]["mix"] == "operators"
    assert written["curriculum"]["beyond"] == "stage"
    last = written["curriculum"]["stages"][-1]
    assert last["grammar"] == written["grammar"] == SMALL
    assert last["constraints"] == [{"name": "signs", "only": "+-*"}, {"name": "meaningful-brackets"}]


def test_stages_that_divide_leave_out_what_needs_no_division(components_of: Callable[..., Any]) -> None:
    maker = Maker(components_of(grammar=SMALL | {"range": "1..99"}))
    rules = [[rule["name"] for rule in maker.constraints(stage.box)] for stage in maker.stages(4)]
    divides = [rule for rule, stage in zip(rules, maker.stages(4), strict=True) if "/" in stage.box.signs]
    assert divides
    assert all({"integer-intermediates", "nontrivial-divisors"} <= set(names) for names in divides)
    assert all("nontrivial-divisors" not in names for names in rules[: -len(divides)])


def test_more_stages_than_steps_and_operators_of_no_grammar_are_refused(components_of: Callable[..., Any]) -> None:
    with pytest.raises(OptionError, match="--stages 9: from the easiest expressions to all of them there are"):
        Maker(components_of(grammar={"name": "addition"})).stages(9)
    with pytest.raises(OptionError, match=r"--operators \+\*: addition writes \+, not '\*'"):
        Maker(components_of(grammar={"name": "addition"}), "+*")
