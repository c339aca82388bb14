from __future__ import annotations

from exprlearn.arithmetic.divisions import ExactOnlyPolicy
from exprlearn.dataset import Acceptance, Answering, acceptance
from exprlearn.dataset.constraints import ResultRangeConstraint, ResultRangeOptions
from exprlearn.sampling import ExpressionSpace

ANSWERING = Answering(ExactOnlyPolicy(), [ResultRangeConstraint(ResultRangeOptions(low=0, high=20))])


def test_small_strata_are_counted_in_full() -> None:
    space = ExpressionSpace.from_file("mixed", terms=2)
    for stratum, found in zip(space.strata, acceptance(space, ANSWERING), strict=True):
        kept = sum(ANSWERING.answer(expression) is not None for expression in stratum)
        assert found.is_exact
        assert (found.size, found.kept) == (stratum.size, kept)
        assert found.interval == (found.share, found.share)
        assert str(found) == f"{kept} of {stratum.size}"


def test_large_strata_are_estimated_with_an_interval_around_the_truth() -> None:
    space = ExpressionSpace.from_file("mixed", terms=4, brackets=0)
    (found,) = acceptance(space, ANSWERING, tries=20_000)
    (exact,) = acceptance(ExpressionSpace.from_file("mixed", terms=4, brackets=0), ANSWERING, countable=10**6)
    low, high = found.interval
    assert not found.is_exact
    assert exact.is_exact
    assert low < exact.share < high
    assert high - low < 0.02
    assert str(found).startswith("about ")


def test_an_estimate_that_found_nothing_still_leaves_room() -> None:
    low, high = Acceptance(size=10**9, tried=1000, kept=0, rejected={}).interval
    assert low < 1e-9
    assert 0.001 < high < 0.01
