from __future__ import annotations

from pathlib import Path

import pytest

from exprlearn.config import Preset, read_config, resolve, to_annotated_toml, to_toml
from exprlearn.dataset import load_space, load_splits
from exprlearn.errors import OptionError, PluginError
from exprlearn.plugin import ModelSpec
from exprlearn.plugin.manager import Plugins


@pytest.fixture(scope="module")
def plugins() -> Plugins:
    return Plugins(only=(), files=[Path(__file__).parent / "scribes.py"], strict=True)


SCRIBE = {"model.name": "scribe"}


def test_a_models_defaults_hold_where_nobody_says_otherwise(plugins: Plugins) -> None:
    read = read_config(flags=SCRIBE, plugins=plugins)
    training = read.config.training
    assert (training.batch_size, training.optimizer.name, training.optimizer.options) == (96, "muon", {"rate": 0.01})
    assert training.schedule.model_dump() == {"name": "trapezoid", "flat": 0.25}
    assert read.config.working.name == "columns"
    assert read.origin("training.batch_size") == "model scribe"
    assert list(read.asked()) == ["model.name"]
    lines = to_annotated_toml(resolve(read.config, plugins).config, read.origins).splitlines()
    assert {"batch_size = 96  # model scribe", "rate = 0.01  # model scribe", "momentum = 0.95  # default"} <= set(
        lines
    )


def test_whatever_is_asked_for_lies_above_them(plugins: Plugins, tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('[model]\nname = "scribe"\n[training]\nbatch_size = 32\n', encoding="utf-8")
    preset = Preset("recipe", {"training": {"batch_size": 16, "schedule": {"flat": 0.5}}})
    read = read_config(mine, {"training.epochs": 2}, ["working.name=none"], preset=preset, plugins=plugins)
    assert (read.config.training.batch_size, read.config.training.epochs) == (32, 2)
    assert read.config.training.schedule.model_dump() == {"name": "trapezoid", "flat": 0.5}
    assert read.config.working.name == "none"
    assert read.origin("training.schedule.flat") == "recipe"


@pytest.mark.parametrize(
    ("flags", "sets"),
    [
        ({"training.optimizer.name": "adam"}, []),
        ({}, ["training.optimizer=adam"]),
        ({}, ["training.optimizer.name=adam"]),
    ],
)
def test_another_component_leaves_out_the_options_that_the_model_has_for_its_own(
    plugins: Plugins, flags: dict[str, str], sets: list[str]
) -> None:
    read = read_config(flags=SCRIBE | flags, sets=sets, plugins=plugins)
    assert (read.config.training.optimizer.name, read.config.training.optimizer.options) == ("adam", {})
    assert read.notes == ()
    assert not any("optimizer" in key and origin == "model scribe" for key, origin in read.origins.items())


def test_the_model_that_replaces_a_files_brings_its_own(plugins: Plugins, tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('[model]\nname = "scribe"\n', encoding="utf-8")
    read = read_config(mine, {"model.name": "rewriter"}, plugins=plugins)
    assert (read.config.training.batch_size, read.config.working.name) == (64, "none")
    plain = read_config(mine, {"model.name": "mapping-mlp"}, plugins=plugins)
    assert plain.config.training == read_config(plugins=plugins, of_model=False).config.training


def test_a_written_config_is_not_touched_by_them(plugins: Plugins, tmp_path: Path) -> None:
    usual = resolve(read_config(flags=SCRIBE, plugins=plugins, of_model=False).config, plugins).config
    (tmp_path / "config.toml").write_text(to_toml(usual), encoding="utf-8")
    assert read_config(tmp_path / "config.toml", plugins=plugins).config == usual


def test_a_problem_tells_which_settings_are_defaults_and_how_to_change_them(plugins: Plugins) -> None:
    with pytest.raises(OptionError) as caught:
        read_config(flags=SCRIBE, sets=["training.processes=5", "training.backend=jax"], plugins=plugins)
    said = str(caught.value)
    assert said.startswith("model scribe: training.batch_size: 5 processes cannot share a batch evenly")
    assert "(training.batch_size=96 is a default of model scribe; the usual one: --set training.batch_size=64)" in said


def test_a_default_that_is_no_setting_is_said_to_be_the_models(plugins: Plugins) -> None:
    with pytest.raises(OptionError) as caught:
        read_config(flags={"model.name": "careless"}, plugins=plugins)
    assert "model careless: training.batchsize: unknown key, did you mean 'batch_size'?" in str(caught.value)


@pytest.mark.parametrize(
    "key", ["seed", "grammar.name", "model.units", "data.test", "training", "training.target", "modle.x"]
)
def test_a_spec_refuses_defaults_that_no_model_decides_on(key: str) -> None:
    with pytest.raises(PluginError, match=f"model 'scribe' may have no default of '{key}'"):
        ModelSpec(name="scribe", summary="Writes.", framing="sequence", build=print, defaults={key: 1})


def test_a_working_that_does_not_go_with_what_is_asked_for_is_no_default(plugins: Plugins) -> None:
    usual = read_config(plugins=plugins).config
    assert (usual.model.name, usual.working.name, usual.data.mix) == ("seq2seq", "expressions", "size")
    by_position = read_config(flags={"data.split": "position"}, plugins=plugins).config
    assert (by_position.working.name, by_position.data.mix) == ("none", "size")


def test_a_working_that_is_asked_for_is_refused_where_it_does_not_go(plugins: Plugins) -> None:
    flags = {"data.split": "position", "working.name": "expressions"}
    components = resolve(read_config(flags=flags, plugins=plugins).config, plugins)
    with pytest.raises(OptionError, match=r"leave data\.split=content and data\.balance=none"):
        load_splits(load_space(components.config.grammar, components), components)
