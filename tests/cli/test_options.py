from __future__ import annotations

import pytest

from exprlearn.cli.options import SETTINGS, CommandOptions, declarations
from exprlearn.config import RunConfig, leaves
from exprlearn.config.origins import flag_of

USUAL = dict(leaves(RunConfig().model_dump(mode="json")))


@pytest.mark.parametrize(("name", "key"), SETTINGS.items())
def test_an_option_that_sets_a_setting_has_its_flag_and_tells_its_default(name: str, key: str) -> None:
    (about,) = declarations()[name].annotation.__metadata__
    assert about.default == flag_of(key)
    usual = about.help.rpartition("[")[2].rstrip("].") if "[" in about.help else None
    # A choice without options is written as its name.
    assert usual in (None, str(USUAL.get(key, USUAL.get(key.removesuffix(".name")))), "more for many rows")


def test_what_was_not_typed_sets_nothing() -> None:
    assert set(CommandOptions().settings().values()) == {None}
    assert {key for key, value in CommandOptions(epochs=3, range_="0..9").settings().items() if value} == {
        "training.epochs",
        "grammar.range",
    }
