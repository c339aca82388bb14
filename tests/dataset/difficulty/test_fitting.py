from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from exprlearn.curriculum.curricula import AutoCurriculum, AutoOptions
from exprlearn.dataset.constraints.effort import DifficultyConstraint, DifficultyOptions
from exprlearn.dataset.difficulty import FEATURES, features_of
from exprlearn.dataset.difficulty.fitting import fit
from exprlearn.errors import DataError, OptionError
from exprlearn.plugin.options import bind
from exprlearn.sampling import ExpressionSpace


def drawn(count: int) -> list[str]:
    space = ExpressionSpace.from_file("sums", terms=(2, 4))
    return [space[int(index)] for index in np.random.default_rng(2).integers(0, space.size, count)]


def test_points_follow_what_makes_answers_wrong() -> None:
    expressions = drawn(3000)
    carries = np.array([features_of(text)["carries"] for text in expressions])
    wrong = np.random.default_rng(3).random(len(carries)) < 1 / (1 + np.exp(4 - 1.5 * carries))
    found = fit(expressions, wrong)
    assert found.weights["carries"] == max(found.weights.values()) == 100
    assert sum(found.weights[name] for name in FEATURES if name not in ("carries", "cascade")) < 60
    assert found.correlation > 0.8
    assert found.correlation >= found.usual - 0.05
    assert (found.wrong, found.count) == (int(wrong.sum()), 3000)


@pytest.mark.parametrize(("wrong", "said"), [(3, "3 of 200 answers are wrong"), (195, "5 of 200 answers are right")])
def test_too_few_mistakes_or_right_answers_are_refused(wrong: int, said: str) -> None:
    with pytest.raises(DataError, match=said):
        fit(drawn(200), np.arange(200) < wrong)


def test_points_of_ones_own_cut_and_keep_by_these() -> None:
    space = ExpressionSpace.from_file("addition", ranges="0..99")
    *easier, _ = AutoCurriculum(AutoOptions(stages=3, weights={"carries": 10})).stages(space)
    (stage,) = easier
    assert stage.constraints == ({"name": "difficulty", "maximum": 10, "weights": {"carries": 10}},)
    constraint = DifficultyConstraint(DifficultyOptions(maximum=10, weights={"carries": 10}))
    assert [constraint.holds(text, Fraction(0)) for text in ("95+1", "5+8", "95+8")] == [True, True, False]


def test_points_of_what_is_no_feature_are_refused() -> None:
    with pytest.raises(OptionError, match="'carry' is no feature: did you mean 'carries'"):
        bind(DifficultyOptions, {"weights": {"carry": 1}}, where="constraints")
