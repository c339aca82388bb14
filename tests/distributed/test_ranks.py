"""What several processes come to together, with what they tell each other handed in."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from exprlearn.distributed.ranks import Several
from exprlearn.training.stopping import SIGNALS

WISHES = list(SIGNALS.values())


class Beside(Several):
    """A process beside others that have heard `others`; without JAX."""

    def __init__(self, others):
        self.others = others
        self.wishes = (None, *WISHES)

    def _gathered(self, values):
        return np.stack([values, *(np.array([self.wishes.index(other)], np.int32) for other in self.others)])


@pytest.mark.parametrize(("one", "other"), list(permutations([None, *WISHES], 2)))
def test_processes_that_hear_different_signals_end_for_one_reason(one, other):
    assert Beside([other]).heard(one) == Beside([one]).heard(other)
    assert Beside([other]).heard(one) in {one, other} - {None}


def test_the_stronger_wish_counts_and_a_closed_terminal_most():
    assert Beside(["terminated"]).heard("interrupted") == "terminated"
    assert Beside(["interrupted", None]).heard("hung up") == "hung up"
    assert Beside([None]).heard(None) is None
