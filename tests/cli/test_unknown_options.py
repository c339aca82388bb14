from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from exprlearn.cli.unknown_options import ALSO_CALLED, settings_by_word

Cli = Callable[..., Any]

pytestmark = pytest.mark.usefixtures("built_in_alone")


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--lr", "did you mean --set training.learning_rate=VALUE?"),
        ("--batch-size", "did you mean --set training.batch_size=VALUE?"),
        ("--batch_size", "did you mean --set training.batch_size=VALUE?"),
        ("--units", "did you mean --set model.units=VALUE?"),
        ("--dropout", "did you mean --set model.dropout=VALUE?"),
        ("--learning-rat", "did you mean --set training.learning_rate=VALUE?"),
        ("--range", "did you mean --set grammar.range=VALUE?"),
        ("--promote-at", "did you mean --set curriculum.schedule.promote_at=VALUE?"),
        ("--device", "--set training.backend=VALUE"),
        ("--num-epochs", "did you mean --epochs N?"),
    ],
)
def test_an_unknown_option_names_the_setting_that_it_means(cli: Cli, option: str, said: str) -> None:
    outcome = cli("train", option, "1")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"error: no option {option}: ")
    assert said in outcome.err


@pytest.mark.parametrize("command", [("sweep", "x.toml"), ("data", "preview"), ("grammar", "sample", "mixed")])
def test_every_command_with_settings_names_them(cli: Cli, command: tuple[str, ...]) -> None:
    outcome = cli(*command, "--lr", "1")
    assert outcome.code == 2
    assert "--set training.learning_rate=VALUE" in outcome.err


def test_what_is_near_no_setting_is_refused_as_before(cli: Cli) -> None:
    for command in (("train", "--zzzzzz", "1"), ("runs", "list", "--lr", "1")):
        outcome = cli(*command)
        assert outcome.code == 2
        assert "No such option" in outcome.err
        assert "--set" not in outcome.err


def test_what_others_call_a_setting_is_one() -> None:
    keys = {key for listed in settings_by_word().values() for key in listed}
    assert set(ALSO_CALLED.values()) <= keys
