"""Every check is held against every built-in component; a new one is covered as soon as it is registered."""

from __future__ import annotations

import os
from typing import Any

import pytest

from exprlearn.plugin.manager import Plugins
from exprlearn.testing import Subject, checks_of, find_subject, run_checks
from exprlearn.testing.contract import CHECKS
from exprlearn.testing.model import it_memorises_eight_examples, its_weights_bring_the_same_answers_to_a_new_process

PLUGINS = Plugins(only=(), strict=True)
BUILT_IN = [(kind, entry.spec.name) for kind, registry in PLUGINS.registries.items() for entry in registry]
# Ray takes long to start.
MARKED = [pytest.param(*case, marks=pytest.mark.slow if case == ("engine", "ray") else ()) for case in BUILT_IN]
MODELS = [name for kind, name in BUILT_IN if kind == "model"]
BACKEND = os.environ.get("EXPRLEARN_TEST_BACKEND", "tensorflow")
SLOW = (it_memorises_eight_examples, its_weights_bring_the_same_answers_to_a_new_process)
SMALL = {"units": 32}
#: Models that are others with other options.
VARIANTS = [
    ("seq2seq", {"network": "lstm"}),
    ("seq2seq", {"network": "transformer", "layers": 2}),
    ("causal-transformer", {"layers": 2, "positions": "places", "window": 2}),
    ("causal-transformer", {"layers": 2, "positions": "learned"}),
]


def subject_of(kind: str, name: str, **options: Any) -> Subject:
    options |= SMALL if kind == "model" else {}
    return find_subject(kind, name, PLUGINS, options=options, backend=BACKEND, reloaded_on=("tensorflow", "jax"))


def test_every_kind_has_checks_of_its_own() -> None:
    assert list(CHECKS) == list(PLUGINS.registries)


@pytest.mark.parametrize(("kind", "name"), MARKED)
def test_a_built_in_component_passes_every_quick_check(kind: str, name: str) -> None:
    quick = [check for check in checks_of(kind) if check.run not in SLOW]
    outcomes = list(run_checks(quick, subject_of(kind, name)))
    assert len(outcomes) > 5
    assert [(each.check.statement, each.why) for each in outcomes if each.state != "passed"] == []


@pytest.mark.parametrize(("name", "options"), VARIANTS)
def test_a_variant_of_a_model_passes_every_quick_check(name: str, options: dict[str, Any]) -> None:
    quick = [check for check in checks_of("model") if check.run not in SLOW]
    outcomes = list(run_checks(quick, subject_of("model", name, **options)))
    assert [(each.check.statement, each.why) for each in outcomes if each.state != "passed"] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_a_built_in_model_memorises_and_is_its_weights_on_both_backends(name: str) -> None:
    slow = [check for check in checks_of("model") if check.run in SLOW]
    outcomes = list(run_checks(slow, subject_of("model", name)))
    assert [(each.state, each.why) for each in outcomes] == [("passed", "")] * len(SLOW)
