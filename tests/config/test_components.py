from __future__ import annotations

from pathlib import Path

import pytest

from exprlearn.config import RunConfig, read_config, resolve, to_toml
from exprlearn.errors import OptionError
from exprlearn.plugin.manager import Plugins

GOOD = Path(__file__).parents[1] / "plugin" / "distributions" / "good" / "exprlearn_good.py"


@pytest.fixture(scope="module")
def plugins() -> Plugins:
    return Plugins(only=(), files=[GOOD], strict=True)


def config_of(**sections: object) -> RunConfig:
    return RunConfig.model_validate(sections)


def test_the_defaults_name_components_that_exist(plugins: Plugins) -> None:
    components = resolve(RunConfig(), plugins)
    assert components.model.name == "seq2seq"
    assert len(components.constraints) == 1
    assert components.origins["tokenizer"][:2] == ("exprlearn", "exprlearn")
    assert components.metrics == {}
    assert "start" in components.grammars["addition"]()


def test_options_reach_the_components(plugins: Plugins) -> None:
    chosen = config_of(
        division={"policy": "decimal", "digits": 3},
        model={"name": "tiny", "units": 5},
        training={"metrics": ["rmse", "digit-accuracy"]},
    )
    components = resolve(chosen, plugins)
    assert components.model_options.model_dump() == {"units": 5}
    assert list(components.metrics) == ["rmse", "digit-accuracy"]
    assert components.origins["model"] == ("exprlearn_good", str(GOOD), "file")
    assert {"metric rmse", "metric digit-accuracy", "constraint answer-length"} <= set(components.origins)


def test_the_completed_config_holds_every_option_and_resolves_to_itself(plugins: Plugins, tmp_path: Path) -> None:
    completed = resolve(config_of(model={"name": "tiny"}), plugins).config
    assert completed.model.options == {"units": 8}
    assert completed.tokenizer.options == {"group": 1}
    (tmp_path / "config.toml").write_text(to_toml(completed), encoding="utf-8")
    again = read_config(tmp_path / "config.toml", plugins=plugins).config
    assert again == completed == resolve(again, plugins).config


def test_every_wrong_name_and_option_is_told_at_once(plugins: Plugins) -> None:
    chosen = config_of(
        model={"name": "tiny", "unit": 3, "units": 0},
        padding={"name": "middle"},
        data={"constraints": ["integr", {"name": "answer-length", "maximum": "many"}]},
        training={"metrics": ["exakt-match"]},
    )
    with pytest.raises(OptionError) as caught:
        resolve(chosen, plugins)
    text = "\n".join(caught.value.problems)
    assert len(caught.value.problems) == 6
    assert "model.unit: unknown key, did you mean 'units'?" in text
    assert "model.units: input should be greater than or equal to 1. Received: 0" in text
    assert "padding.name: no padding named 'middle'" in text
    assert "data.constraints.0: no constraint named 'integr': did you mean 'integer'?" in text
    assert "data.constraints.1.maximum: " in text
    assert "training.metrics.exakt-match: no metric named 'exakt-match': did you mean 'exact-match'?" in text


def test_reading_tells_component_problems_beside_the_others_with_their_origins(
    plugins: Plugins, tmp_path: Path
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[model]\nname = 'tiny'\nunit = 3\n[[data.constraints]]\nname = 'integr'\n", encoding="utf-8")
    with pytest.raises(OptionError) as caught:
        read_config(file, {"padding.name": "middle"}, ["training.epochs=0"], plugins=plugins)
    origins = sorted(problem.split(": ")[0] for problem in caught.value.problems)
    assert origins == sorted([f"{file}:3", str(file), "--padding", "--set"])


def test_a_run_with_nothing_named_needs_no_options(plugins: Plugins) -> None:
    assert resolve(config_of(data={"constraints": []}), plugins).constraints == ()


def test_a_curriculum_and_its_schedule_are_made_and_written_out(plugins: Plugins, tmp_path: Path) -> None:
    chosen = config_of(curriculum={"name": "sums", "terms": 4, "schedule": {"name": "mixed", "patience": 3}})
    components = resolve(chosen, plugins)
    assert components.curriculum is not None
    assert [stage.name for stage in components.curriculum.stages(None)] == ["2 terms", "3 terms", "4 terms"]
    assert components.config.curriculum.schedule.options == {"strategy": "blend", "patience": 3, "blend": 0.5}
    assert {"curriculum", "schedule"} <= set(components.origins)
    (tmp_path / "config.toml").write_text(to_toml(components.config), encoding="utf-8")
    assert read_config(tmp_path / "config.toml", plugins=plugins).config == components.config


def test_without_a_curriculum_no_schedule_is_made(plugins: Plugins) -> None:
    components = resolve(RunConfig(), plugins)
    assert (components.curriculum, components.schedule) == (None, None)
    assert not {"curriculum", "schedule"} & set(components.origins)


def test_wrong_names_and_options_of_a_curriculum_and_its_schedule_are_told(plugins: Plugins) -> None:
    with pytest.raises(OptionError) as told:
        resolve(config_of(curriculum={"name": "sum", "schedule": {"name": "threshold", "promote": 1}}), plugins)
    assert told.value.problems == [
        "curriculum.name: no curriculum named 'sum': did you mean 'sums'? "
        "Available: addition, auto, mixed, nested, stages, sums",
        "curriculum.schedule.promote: unknown key, did you mean 'promote_at'? Available: at_most, promote_at, replay",
    ]
    listed = {"name": "stages", "stages": [{"name": "one", "like": "two"}, {"name": "two", "like": "one"}]}
    with pytest.raises(OptionError, match="stage 'one', which is like 'two', which is like 'one': one of them must"):
        resolve(config_of(curriculum=listed), plugins)


def test_an_optimizer_and_a_learning_rate_are_made_and_written_out_whole(plugins: Plugins) -> None:
    components = resolve(config_of(training={"optimizer": "muon", "schedule": {"name": "trapezoid"}}), plugins)
    training = components.config.training
    assert training.optimizer.options["rate"] == 0.02
    assert training.schedule.options == {"flat": 0.4, "final": 0.02}
    assert {"optimizer", "learning-rate"} <= set(components.origins)
    assert components.completed(config_of()).training.optimizer.options["beta_2"] == 0.999


def test_wrong_optimizers_and_learning_rates_are_told_with_their_keys(plugins: Plugins) -> None:
    with pytest.raises(OptionError) as caught:
        resolve(config_of(training={"optimizer": {"name": "sgd", "beta_1": 1}, "schedule": "cosin"}), plugins)
    assert caught.value.problems == [
        "training.optimizer.beta_1: unknown key, Available: momentum, nesterov",
        "training.schedule: no learning-rate named 'cosin': did you mean 'cosine'? "
        "Available: constant, cosine, inverse, trapezoid",
    ]
