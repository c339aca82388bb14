from __future__ import annotations

import pytest

from exprlearn import ExprLearnError
from exprlearn_trackers.needs import needed


def test_what_is_installed_is_not_complained_about() -> None:
    needed("json", extra="mlflow")


def test_what_is_missing_is_named_with_the_command_that_installs_it() -> None:
    with pytest.raises(ExprLearnError) as raised:
        needed("json", "no_such_module", extra="mlflow")
    assert str(raised.value) == (
        "the observer 'mlflow' needs no_such_module, which is not installed: "
        "python -m pip install 'exprlearn-trackers[mlflow]'"
    )
