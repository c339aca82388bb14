"""The contracts as pytest runs them: the classes collect a test for each check."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest

import exprlearn.testing
from exprlearn.errors import PluginError, UnknownName
from exprlearn.plugin import GrammarSpec
from exprlearn.plugin.manager import Plugins
from exprlearn.testing import (
    CommandContract,
    ConstraintContract,
    Contract,
    DivisionContract,
    GrammarContract,
    MetricContract,
    ObserverContract,
    PaddingContract,
    ReversalContract,
    Subject,
    TokenizerContract,
    WorkingContract,
    checks_of,
    run_checks,
)
from exprlearn.testing.contract import CHECKS

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "docs" / "examples"


class TestAddition(GrammarContract):
    component = "addition"


class TestDivisible(ConstraintContract):
    component = "divisible"
    options: ClassVar[dict[str, Any]] = {"by": 3}
    plugin_files = (EXAMPLES / "divisible.py",)


class TestDecimal(DivisionContract):
    component = "decimal"
    options: ClassVar[dict[str, Any]] = {"digits": 3, "tie": "half-up"}


class TestColumns(WorkingContract):
    component = "columns"


class TestLetters(TokenizerContract):
    component = "letters"
    plugin_files = (HERE / "letters.py",)


class TestRight(PaddingContract):
    component = "right"


class TestBoth(ReversalContract):
    component = "both"


class TestClose(MetricContract):
    component = "close"
    plugin_files = (EXAMPLES / "close.py",)


class TestCsv(ObserverContract):
    component = "csv"


class TestDouble(CommandContract):
    component = "double"
    plugin_files = (HERE.parent / "plugin" / "distributions" / "commands" / "exprlearn_commands.py",)


def broken(contract: type[Contract], name: str) -> Any:
    settings = {"component": name, "plugin_files": [HERE / "broken.py"]}
    return type("Broken", (contract,), settings)()


def test_every_kind_has_a_contract_with_a_test_for_each_check() -> None:
    kinds = {each.kind: each for each in Contract.__subclasses__() if each.__module__.startswith("exprlearn.")}
    assert kinds.keys() == CHECKS.keys()
    for kind, contract in kinds.items():
        assert getattr(exprlearn.testing, contract.__name__) is contract
        tests = [name for name in vars(contract) if name.startswith("test_")]
        assert tests == [f"test_{check.name}" for check in checks_of(kind)]


def test_a_contract_of_ones_own_has_the_checks_of_its_kind_and_takes_none_away() -> None:
    before = dict(CHECKS)
    own = type("Own", (Contract,), {}, kind="metric")
    assert own.kind == "metric"
    assert [name for name in vars(own) if name.startswith("test_")] == [f"test_{c.name}" for c in checks_of("metric")]
    assert before == CHECKS
    with pytest.raises(UnknownName, match="no checks for components of the kind 'metrc': did you mean 'metric'"):
        type("Unknown", (Contract,), {}, kind="metrc")


def test_a_test_of_a_contract_fails_with_what_is_wrong() -> None:
    contract = broken(MetricContract, "scores-lie-between-zero-and-one")
    contract.test_every_text_has_a_finite_score()
    with pytest.raises(PluginError, match=r"right answers score 100\.0, which is not in 0\.\.1"):
        contract.test_scores_lie_between_zero_and_one()


def test_a_check_that_is_not_about_a_component_is_skipped() -> None:
    contract = broken(PaddingContract, "every-token-comes-back-in-order")
    with pytest.raises(pytest.skip.Exception, match="says nothing about broken/every-token"):
        contract.test_mirrored_rows_are_the_rows_reversed()


def test_a_component_that_is_not_there_is_named_with_the_nearest() -> None:
    with pytest.raises(PluginError, match="no metric named 'clsoe': did you mean 'close'"):
        type("Missing", (TestClose,), {"component": "clsoe"}).subject()


def test_a_check_whose_need_is_not_met_is_not_run() -> None:
    plugins = Plugins(only=(), files=[HERE / "broken.py"])
    subject = Subject(entry=plugins[GrammarSpec].entry("it-writes-finitely-many-expressions"))
    outcomes = {outcome.check.name: outcome for outcome in run_checks(CHECKS["grammar"], subject)}
    last = outcomes["there_is_nothing_to_remark"]
    assert (last.state, last.why) == ("not run", "needs: it writes finitely many expressions")
