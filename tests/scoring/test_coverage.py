"""The promise of every interval, on simulated tests of small spaces: of 1 000 of them about 950 hold the truth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from exprlearn.dataset import canonical_forms
from exprlearn.intervals import estimate_share, wilson
from exprlearn.scoring.paired import bootstrap, form_differences, mcnemar

pytestmark = pytest.mark.long

TESTS = 1000

TWO_TERMS = [f"{one}+{other}" for one in range(31) for other in range(31)]
THREE_TERMS = [f"{one}+{other}+{third}" for one in range(12) for other in range(12) for third in range(12)]


def forms_of(expressions: Sequence[str]) -> NDArray[np.intp]:
    """Number the forms of expressions, intp (n,)."""
    return np.unique(np.array(canonical_forms(expressions), np.uint64), return_inverse=True)[1]


def answers(draw: np.random.Generator, forms: NDArray[np.intp], share: float, alike: float) -> NDArray[np.bool_]:
    """Answer a test rightly in a share of items; in a share of forms all items are right or wrong together."""
    count = forms.max() + 1
    together = (draw.random(count) < alike)[forms]
    return np.where(together, (draw.random(count) < share)[forms], draw.random(len(forms)) < share)


@pytest.mark.parametrize("expressions", [TWO_TERMS, THREE_TERMS], ids=["two terms", "three terms"])
@pytest.mark.parametrize("alike", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("share", [0.5, 0.8, 0.95])
def test_the_interval_of_a_share_holds_the_truth(expressions: list[str], alike: float, share: float) -> None:
    forms = forms_of(expressions)
    draw = np.random.default_rng([13, len(forms), round(alike * 10), round(share * 100)])
    held = 0
    for _ in range(TESTS):
        found = estimate_share(answers(draw, forms, share, alike).tolist(), forms.tolist())
        held += found.low <= share <= found.high
    assert 0.93 <= held / TESTS <= 0.97


def test_an_interval_of_items_alone_is_too_narrow_where_items_go_together() -> None:
    forms = forms_of(TWO_TERMS)
    draw = np.random.default_rng([13, 1, 0])
    held = 0
    for _ in range(TESTS):
        found = wilson(int(answers(draw, forms, 0.8, 0.5).sum()), len(forms))
        held += found.low <= 0.8 <= found.high
    assert held / TESTS < 0.91


@pytest.mark.parametrize("alike", [0.0, 0.5, 1.0])
def test_the_interval_of_a_difference_holds_the_truth_and_equal_models_are_seldom_told_apart(alike: float) -> None:
    forms = forms_of(TWO_TERMS)
    draw = np.random.default_rng([13, 2, round(alike * 10)])
    held = told_apart = 0
    for _ in range(TESTS):
        first, second, better = (answers(draw, forms, share, alike).tolist() for share in (0.8, 0.8, 0.85))
        difference = bootstrap(form_differences(first, better, forms.tolist()), resamples=1000)
        held += difference.low <= 0.05 <= difference.high
        told_apart += mcnemar(form_differences(first, second, forms.tolist())) < 0.05
    assert 0.93 <= held / TESTS <= 0.97
    assert told_apart / TESTS <= 0.065
