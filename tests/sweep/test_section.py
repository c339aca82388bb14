from __future__ import annotations

from typing import Any

import pytest

from exprlearn.errors import OptionError
from exprlearn.sweep.section import ChoiceList, Range, read_section

UNITS = {"model.units": [64, 128]}


def problems(table: dict[str, Any]) -> list[str]:
    with pytest.raises(OptionError) as refused:
        read_section(table)
    return refused.value.problems


def test_keys_may_be_quoted_or_bare() -> None:
    quoted, bare = read_section({"parameters": UNITS}), read_section({"parameters": {"model": {"units": [64, 128]}}})
    assert quoted == bare
    assert quoted.parameters == {"model.units": ChoiceList(values=[64, 128])}


def test_a_table_with_ends_is_a_range() -> None:
    table = {"search": "random", "trials": 2, "parameters": {"training": {"clip": {"low": 1, "high": 9, "log": True}}}}
    assert read_section(table).parameters == {"training.clip": Range(low=1, high=9, log=True)}


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({}, 'sweep.parameters: say what is varied, such as "model.units" = [64, 128]'),
        ({"parameters": {"seed": 3}}, "sweep.parameters.seed: write a list of values, or a range such as { low = 1"),
        ({"parameters": {"seed": []}}, "sweep.parameters.seed.values: list should have at least 1 item"),
        ({"parameters": UNITS, "trails": 9}, "sweep.trails: unknown key, did you mean 'trials'?"),
        ({"parameters": UNITS, "search": "gird"}, "sweep.search: input should be 'grid', 'random' or 'optuna'"),
        (
            {"parameters": UNITS, "trials": 9},
            "sweep.trials: a grid has as many trials as its values make; leave it out",
        ),
        ({"parameters": UNITS, "search": "random"}, "sweep.trials: say how many trials a random search has"),
        ({"parameters": {"seed": {"low": 1, "high": 5}}}, "sweep.parameters.seed: a grid takes a list of values"),
        ({"parameters": {"seed": {"low": 5, "high": 1}}}, "sweep.parameters.seed: low must be below high, not 5 and 1"),
        ({"parameters": {"seed": {"low": 1}}}, "sweep.parameters.seed.high: field required"),
        ({"parameters": {"a.b": {"low": 0, "high": 1, "log": True}}}, "log needs a low above 0, not 0"),
        ({"parameters": {"a.b": {"low": 0.5, "high": 3, "whole": True}}}, "whole needs whole ends, not 0.5 and 3"),
        ({"parameters": {"a.b": {"low": 0, "high": 3, "hole": True}}}, "a.b.hole: unknown key, did you mean 'whole'?"),
        ({"parameters": UNITS, "stop": {"after": [4, 2]}}, "each must be larger than the one before, not [4, 2]"),
        ({"parameters": UNITS, "stop": {"after": [4], "keep": 1}}, "sweep.stop.keep: input should be less than 1"),
    ],
)
def test_what_makes_no_sense_is_refused(table: dict[str, Any], told: str) -> None:
    assert any(told in problem for problem in problems(table))


def test_every_problem_is_told_at_once() -> None:
    table = {"parameters": {"seed": {"low": 5, "high": 1}, "model.units": 3}, "trails": 2, "stop": {"after": []}}
    assert len(problems(table)) == 4
