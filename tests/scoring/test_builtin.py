from __future__ import annotations

import subprocess
import sys

import pytest

from exprlearn.errors import DataError
from exprlearn.plugin import NoOptions
from exprlearn.scoring import score
from exprlearn.scoring.builtin import exprlearn_metrics

SPECS = {spec.name: spec for spec in exprlearn_metrics()}


def test_the_built_in_metrics_score_through_their_specs() -> None:
    metrics = {name: spec.make(NoOptions()) for name, spec in SPECS.items()}
    assert score(["1+2", "9+9"], ["3", "8"], ["3", "18"], metrics=metrics).metrics == {
        "exact-match": 0.5,
        "digit-accuracy": 2 / 3,
        "rmse": pytest.approx(50**0.5),
        "length-error": 0.5,
    }


def test_rmse_of_answers_that_are_no_numbers_is_refused_with_a_way_out() -> None:
    with pytest.raises(DataError, match=r"'rmse' needs answers that are numbers: .* division\.policy"):
        SPECS["rmse"].make(NoOptions()).score(["1"], ["3 r 1"])


def test_evaluating_never_imports_keras() -> None:
    code = (
        "import sys, exprlearn.scoring.builtin as b, exprlearn.scoring as s; s.score(['1+1'], ['2'], ['2']); "
        "print(sorted({'keras', 'tensorflow', 'jax'} & set(sys.modules)))"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == "[]"
