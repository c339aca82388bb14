from __future__ import annotations

import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.errors import BackendError
from exprlearn.sweep import End, Result, Trial
from exprlearn.sweep.search import Settings, draw_settings, grid_settings, make_search
from exprlearn.sweep.section import ChoiceList, Range, SweepSection, read_section

ranges = st.builds(
    lambda low, width, log, whole: Range(low=low, high=low + width, log=log, whole=whole),
    st.integers(1, 1000),
    st.integers(1, 1000),
    st.booleans(),
    st.booleans(),
)
choices = st.builds(
    lambda values: ChoiceList(values=values), st.lists(st.integers() | st.text(), min_size=1, max_size=4)
)
parameters = st.dictionaries(st.sampled_from(["a.b", "c.d", "seed"]), ranges | choices, min_size=1)


def test_a_grid_is_every_combination_and_the_last_parameter_changes_fastest() -> None:
    found = grid_settings({"seed": ChoiceList(values=[0, 1]), "model.units": ChoiceList(values=[64, 128])})
    assert [tuple(settings.values()) for settings in found] == [(0, 64), (0, 128), (1, 64), (1, 128)]
    assert list(found[0]) == ["seed", "model.units"]


@given(parameters, st.integers(0, 2**32), st.integers(0, 10_000))
def test_a_draw_lies_where_it_may_and_follows_from_seed_and_index(made: Any, seed: int, index: int) -> None:
    settings = draw_settings(made, seed, index)
    assert settings == draw_settings(made, seed, index)
    for key, parameter in made.items():
        if isinstance(parameter, ChoiceList):
            assert settings[key] in parameter.values
        else:
            assert parameter.low <= settings[key] <= parameter.high
            assert isinstance(settings[key], int) or not parameter.whole


def test_more_trials_begin_with_those_of_fewer_and_another_seed_draws_others() -> None:
    table = {"search": "random", "trials": 4, "parameters": {"a.b": {"low": 1, "high": 9}}}
    few = next(make_search(read_section(table)))
    assert next(make_search(read_section({**table, "trials": 9})))[:4] == few
    assert next(make_search(read_section({**table, "seed": 1}))) != few


def test_both_ends_of_a_whole_range_are_drawn_as_often_as_the_others() -> None:
    found = [draw_settings({"a.b": Range(low=1, high=4, whole=True)}, 0, index)["a.b"] for index in range(2000)]
    assert all(abs(found.count(value) - 500) < 80 for value in (1, 2, 3, 4))


def optuna_section(**further: Any) -> SweepSection:
    varied = {
        "a.b": {"low": 0, "high": 1},
        "c.d": {"low": 1, "high": 64, "log": True, "whole": True},
        "e.f": [[1], [2]],
    }
    return read_section({"search": "optuna", "trials": 10, "batch": 4, "seed": 3, "parameters": varied, **further})


def played(section: SweepSection) -> list[list[Settings]]:
    """Ask and tell to the end: the larger a.b, the better; each third trial fails, each fourth is stopped."""
    pytest.importorskip("optuna")
    search, batches = make_search(section), []
    asked = next(search)
    while asked:
        batches.append(asked)
        asked = search.send([ended(settings, place) for place, settings in enumerate(asked)])
    return batches


def ended(settings: Settings, place: int) -> End:
    trial = Trial("x", settings, "", "", 3)
    if place == 2:
        return End(trial, "failed")
    test = {"value": 0, "low": 0, "high": 0, "count": 10}
    curve = [round(settings["a.b"], 2)] * 2
    told = {"trial": "x", "settings": settings, "until": None, "stopped_by": "", "examples": 1, "seconds": 1}
    result = Result.model_validate({**told, "curve": curve, "validation": 10, "test": test})
    return End(trial, "stopped", result, until=1) if place == 3 else End(trial, "done", result)


@pytest.mark.parametrize("sampler", ["tpe", "nsgaii", "qmc"])
def test_optuna_is_asked_in_batches_and_asks_the_same_when_all_is_told_again(sampler: str) -> None:
    batches = played(optuna_section(sampler=sampler))
    assert [len(batch) for batch in batches] == [4, 4, 2]
    assert played(optuna_section(sampler=sampler)) == batches
    longer = played(optuna_section(trials=12, sampler=sampler))
    assert longer[:2] == batches[:2]
    assert longer[2][:2] == batches[2]
    assert all(settings["e.f"] in ([1], [2]) for batch in batches for settings in batch)


def test_optuna_learns_from_what_has_ended() -> None:
    batches = played(optuna_section(trials=60, batch=6))
    early, late = ([settings["a.b"] for batch in part for settings in batch] for part in (batches[:2], batches[-3:]))
    assert sum(late) / len(late) > sum(early) / len(early) + 0.15


def test_without_optuna_it_is_told_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(BackendError, match=r"python -m pip install 'exprlearn\[optuna\]'"):
        make_search(optuna_section())


@pytest.mark.parametrize("sampler", ["tpe", "nsgaii", "qmc"])
def test_optuna_says_nothing_of_its_own(capfd: pytest.CaptureFixture[str], sampler: str) -> None:
    played(optuna_section(sampler=sampler))
    assert capfd.readouterr() == ("", "")
