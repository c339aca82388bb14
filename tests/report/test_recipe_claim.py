from __future__ import annotations

from typing import Any

import pytest

from exprlearn.cli.settings import DECIDES_NOTHING, Settings
from exprlearn.config import RunConfig, leaves, read_config
from exprlearn.errors import RunError
from exprlearn.plugin.manager import Plugins
from exprlearn.recipes.catalogue import find_recipe, recipe_names
from exprlearn.report.recipe_claim import Claim, claim_of
from exprlearn.scoring import Scores, score

PLUGINS = Plugins(only=(), strict=True)


def scores(answer: str = "3", framing: Any = "sequence") -> Scores:
    return score(["1+2", "2+2"], [answer, "4"], ["3", "4"], common_answer="3", framing=framing)


def claim(**settings: Any) -> Claim:
    band = {"metric": "exact_match", "low": 0.0, "high": 0.7}
    return Claim.model_validate({"name": "tiny", "claim": "99 %", "measured": "memory", "band": band, **settings})


def told(claim: Claim, scores: Scores) -> dict[str, str]:
    return dict(claim.lines(scores))


def chosen(recipe: str, *sets: str, **flags: Any) -> Settings:
    read = read_config(None, flags, sets, preset=find_recipe(recipe).preset, plugins=PLUGINS)
    return Settings(read, PLUGINS, recipe)


def test_a_claim_stands_beside_what_came_out_and_what_is_expected() -> None:
    lines = told(claim(), scores("5"))
    assert list(lines) == ["recipe", "claims", "measured on", "this run", "read on"]
    assert lines["this run"].startswith("50.0 % of unseen expressions exact: as expected, inside the band from 0.0 %")
    assert lines["read on"] == "exprlearn recipes show tiny"
    assert "100.0 % of unseen expressions exact: not as expected, outside" in told(claim(), scores())["this run"]


def test_a_band_of_another_metric_is_held_against_that() -> None:
    by_rmse = claim(band={"metric": "rmse", "low": 0.0, "high": 0.5})
    assert told(by_rmse, scores(framing="mapping"))["this run"].startswith("rmse 0 on unseen expressions: as expected")
    assert by_rmse.is_inside(scores("9", framing="mapping")) is False
    assert by_rmse.is_inside(scores()) is None


def test_without_a_band_nothing_is_expected_and_what_was_changed_is_named() -> None:
    assert "nothing is expected of it yet" in told(claim(band=None), scores())["this run"]
    assert told(claim(changed=["model.units"]), scores())["but"].endswith("this run changed model.units")


@pytest.mark.parametrize("recipe", recipe_names())
def test_what_is_kept_of_a_recipe_can_be_read_again(recipe: str) -> None:
    kept = chosen(recipe).claimed()
    read = claim_of({"recipe": kept})
    assert read is not None
    assert (read.name, read.changed, read.band is not None) == (recipe, [], True)


def test_only_settings_that_decide_the_result_count_as_changed() -> None:
    kept = chosen("quickstart", "model.units=8", "training.backend=jax", seed=3).claimed()
    assert kept is not None
    assert kept["changed"] == ["model.units"]
    assert {key for key, _ in leaves(RunConfig().model_dump(mode="json"))} >= DECIDES_NOTHING


def test_a_run_without_a_recipe_claims_nothing_and_a_damaged_one_is_named() -> None:
    assert claim_of({}) is None
    with pytest.raises(RunError, match=r"run\.json is damaged: recipe\.name"):
        claim_of({"recipe": {"name": 3}})
