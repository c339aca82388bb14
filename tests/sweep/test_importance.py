from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.sweep import End, Result, Trial
from exprlearn.sweep.importance import by_choice, by_number, chance, importances, rank
from exprlearn.sweep.section import read_section

SECTION = read_section(
    {
        "search": "random",
        "trials": 30,
        "parameters": {
            "model.units": [64, 128],
            "training.clip": {"low": 0, "high": 1},
            "training.learning_rate": {"low": 1e-4, "high": 1, "log": True},
            "padding.name": ["per-term"],
        },
    }
)


def made(settings: dict[str, object], exact: float) -> End:
    trial = Trial(str(settings), settings, "", "", 1)
    test = {"value": 0, "low": 0, "high": 0, "count": 1000}
    told = {"trial": trial.name, "settings": settings, "until": None, "stopped_by": "", "examples": 1, "seconds": 1}
    result = Result.model_validate({**told, "curve": [exact], "validation": 1000, "test": test})
    return End(trial, "done", result)


def ends(count: int, *, alike: bool = False) -> list[End]:
    """Make trials of which the rate decides nearly all, the units a little and the rest nothing."""
    generator, found = np.random.default_rng(0), []
    for number in range(count):
        rate, clip = 10 ** generator.uniform(-4, 0), generator.uniform()
        units = (64, 128)[number % 2]
        exact = 0.5 if alike else round(-np.log10(rate) / 5 + (units == 128) * 0.1, 3)
        settings = {"model.units": units, "training.clip": clip, "training.learning_rate": rate}
        found.append(made({**settings, "padding.name": "per-term"}, exact))
    return found


def test_what_decides_comes_first_and_what_does_not_may_be_chance() -> None:
    rate, units, clip = importances(SECTION, ends(30))
    assert [rate.key, units.key, clip.key] == ["training.learning_rate", "model.units", "training.clip"]
    assert rate.share > 0.8 > units.share > clip.share
    assert rate.p < 0.001 < 0.05 < clip.p
    assert importances(SECTION, ends(30)) == [rate, units, clip]


def test_a_setting_with_one_value_and_trials_that_are_alike_have_no_importance() -> None:
    assert "padding.name" not in [each.key for each in importances(SECTION, ends(30))]
    assert importances(SECTION, ends(30, alike=True)) == []
    assert importances(SECTION, []) == []


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=4, max_size=12, unique_by=lambda pair: pair[0]))
def test_rho_squared_is_that_of_scipy(pairs: list[tuple[float, float]]) -> None:
    from scipy.stats import spearmanr

    numbers, scores = zip(*pairs, strict=True)
    if len(set(scores)) > 1:
        assert by_number(numbers)(rank(scores)) == pytest.approx(spearmanr(numbers, scores).statistic ** 2)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 1)), min_size=4, max_size=12))
def test_a_share_lies_between_nothing_and_all(pairs: list[tuple[str, float]]) -> None:
    values, scores = zip(*pairs, strict=True)
    if len(set(scores)) > 1:
        assert -1e-9 <= by_choice(values)(rank(scores)) <= 1 + 1e-9


def test_a_p_value_is_the_share_of_all_orders_that_explain_as_much() -> None:
    ranks = rank([1, 2, 3, 4])
    # Of 24 orders, 8 put the two highest, or the two lowest, in one group.
    assert chance(by_choice(["a", "a", "b", "b"]), ranks, np.random.default_rng(0)) == pytest.approx(1 / 3, abs=0.05)
