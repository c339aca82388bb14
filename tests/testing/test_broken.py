"""Every check is held against a component that breaks it, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from exprlearn.plugin.manager import Plugins
from exprlearn.testing import Check, Subject, checks_of, find_subject, run_checks
from exprlearn.testing.command import asking_for_its_help_leaves_keras_out
from exprlearn.testing.contract import CHECKS, OF_EVERY_COMPONENT
from exprlearn.testing.loss import the_same_batch_has_the_same_loss_compiled_or_not, training_lowers_it
from exprlearn.testing.model import it_memorises_eight_examples, its_weights_bring_the_same_answers_to_a_new_process
from exprlearn.testing.optimizer import gone_on_from_its_variables_it_does_the_same, it_lowers_the_loss
from exprlearn.testing.tokenizer import the_symbols_have_one_order_in_every_process

HERE = Path(__file__).parent
PLUGINS = Plugins(
    only=(),
    files=[
        HERE / "broken.py",
        HERE / "broken_callbacks.py",
        HERE / "broken_programs.py",
        HERE / "broken_drawings.py",
        HERE / "broken_operators.py",
        HERE / "broken_steps.py",
        HERE / "broken_workings.py",
        HERE / "heavy.py",
    ],
    strict=True,
)
BROKEN = {
    (kind, entry.spec.name): entry.spec.name.replace("-", "_")
    for kind, registry in PLUGINS.registries.items()
    for entry in registry
    if not entry.is_built_in
}
BACKEND = os.environ.get("EXPRLEARN_TEST_BACKEND", "tensorflow")
# These start processes or compile: only the components that break them are held against them by default.
SLOW = (
    asking_for_its_help_leaves_keras_out,
    gone_on_from_its_variables_it_does_the_same,
    it_lowers_the_loss,
    it_memorises_eight_examples,
    its_weights_bring_the_same_answers_to_a_new_process,
    the_same_batch_has_the_same_loss_compiled_or_not,
    the_symbols_have_one_order_in_every_process,
    training_lowers_it,
)
SLOWEST = "its-weights-bring-the-same-answers-to-a-new-process"


def subject_of(kind: str, name: str) -> Subject:
    options = {"units": 4} if PLUGINS.registries[kind][name].options.model_fields else {}
    return find_subject(kind, name, PLUGINS, options=options, backend=BACKEND, reloaded_on=("jax",), grammars={})


def failed(subject: Subject, checks: list[Check]) -> dict[str, str]:
    return {outcome.check.name: outcome.why for outcome in run_checks(checks, subject) if outcome.state == "failed"}


def test_every_check_has_a_component_that_breaks_it() -> None:
    of_a_kind = {(kind, check.name) for kind, checks in CHECKS.items() for check in checks}
    broken = {(kind, name) for (kind, _), name in BROKEN.items()}
    assert of_a_kind <= broken
    assert {name for _, name in broken - of_a_kind} == {check.name for check in OF_EVERY_COMPONENT}


def slowly(cases: list[tuple[str, str]]) -> list[Any]:
    return [pytest.param(*case, marks=pytest.mark.slow if case[1] == SLOWEST else ()) for case in cases]


@pytest.mark.parametrize(("kind", "name"), slowly(list(BROKEN)))
def test_a_broken_component_fails_its_check_and_no_other(kind: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = BROKEN[kind, name]
    # What tells no two examples apart learns them in no number of rounds.
    monkeypatch.setattr("exprlearn.testing.model.ROUNDS", 1)
    quick = [check for check in checks_of(kind) if check.run not in SLOW or check.name == wrong]
    outcomes = failed(subject_of(kind, name), quick)
    assert list(outcomes) == [wrong], outcomes
    assert outcomes[wrong]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "name"), [case for case in BROKEN if any(check.run in SLOW for check in checks_of(case[0]))]
)
def test_a_broken_component_passes_the_slow_checks_that_are_not_about_it(kind: str, name: str) -> None:
    wrong, checks = BROKEN[kind, name], checks_of(kind)
    needed = {check.needs for check in checks if check.run in SLOW}
    asked = [check for check in checks if check.run in needed or (check.run in SLOW and check.name != wrong)]
    assert set(failed(subject_of(kind, name), asked)) <= {wrong}
