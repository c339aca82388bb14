"""A run knows where its components came from, and nothing it was told can name anything that is not registered."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exprlearn.config import read_config, resolve
from exprlearn.errors import ExprLearnError, OptionError, RunError
from exprlearn.plugin.manager import Plugins
from exprlearn.runs.run_folder import RunFolder, create
from exprlearn.runs.starting import components_for_asking, make_components

DISTRIBUTIONS = Path(__file__).parents[1] / "plugin" / "distributions"
CONFIG = """\
[reversal]
name = "forwards"
[training]
observers = ["recorder"]
"""


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Plugins]:
    for name in ("good", "watchers"):
        monkeypatch.syspath_prepend(str(DISTRIBUTIONS / name))
    yield Plugins(only=["good", "watchers"], strict=True)
    for name in ("exprlearn_good", "exprlearn_watchers"):
        sys.modules.pop(name, None)


@pytest.fixture
def folder(tmp_path: Path, installed: Plugins) -> RunFolder:
    """Keep what a run with components of two plugins keeps."""
    made = create(tmp_path / "runs", "mine", "")
    made.write_config(CONFIG)
    components = resolve(read_config(made.path / "config.toml", plugins=installed).config, installed)
    origins = {
        kind: dict(zip(("plugin", "distribution", "version"), origin, strict=True))
        for kind, origin in components.origins.items()
    }
    made.write_run({"state": "finished", "components": origins})
    return made


def test_a_run_remembers_distribution_and_version_of_every_component(folder: RunFolder) -> None:
    kept = json.loads((folder.path / "run.json").read_text())["components"]
    assert kept["reversal"] == {"plugin": "good", "distribution": "exprlearn-good", "version": "1.0"}
    assert kept["observer recorder"] == {"plugin": "watchers", "distribution": "exprlearn-watchers", "version": "0.4"}
    assert {"grammar", "division", "tokenizer", "padding", "model"} <= set(kept)


def test_what_to_install_is_said_when_a_component_is_missing(folder: RunFolder) -> None:
    with pytest.raises(RunError) as caught:
        make_components(folder, Plugins(only=()))
    said = str(caught.value)
    assert "no reversal named 'forwards'" in said
    assert "its reversal came from exprlearn-good 1.0: python -m pip install 'exprlearn-good==1.0'" in said
    assert "exprlearn==" not in said


def test_a_run_is_asked_without_those_who_watched_it(folder: RunFolder, installed: Plugins) -> None:
    assert make_components(folder, Plugins(only=["good"])).observers == ()
    assert make_components(folder, installed).config.training.observers == []


MODULE = """
import pathlib
pathlib.Path(__file__).with_name("was-imported").touch()
def build(shape, options): ...
"""
NAMES = ["stranger", "stranger:build", "stranger.build", "stranger/build", "./stranger.py", "{folder}/stranger.py"]
PLACES = ["model.name", "tokenizer.name", "padding.name", "reversal.name", "division.policy", "grammar.name"]
LISTS = ["data.constraints", "training.metrics", "training.observers"]


@pytest.fixture
def stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Put a module where Python would find it, and where a path leads to it."""
    (tmp_path / "stranger.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    assert "stranger" not in sys.modules
    assert not (tmp_path / "was-imported").exists()


def refuse(read: Any) -> None:
    with pytest.raises(ExprLearnError):
        read()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("place", [*PLACES, *LISTS])
def test_a_config_names_registered_components_and_never_a_module(stranger: Path, place: str, name: str) -> None:
    from exprlearn.dataset.splits import load_space

    told = name.format(folder=stranger)
    section, _, key = place.partition(".")
    file = stranger / "config.toml"
    file.write_text(f"[{section}]\n{key} = {json.dumps([told] if place in LISTS else told)}\n")

    def read() -> None:
        plugins = Plugins(only=())
        components = resolve(read_config(file, plugins=plugins).config, plugins)
        load_space(components.config.grammar, components)

    refuse(read)


@pytest.mark.parametrize("key", ["plugin", "plugins", "module", "import"])
def test_a_config_cannot_load_a_plugin(stranger: Path, key: str) -> None:
    file = stranger / "config.toml"
    file.write_text(f'{key} = ["stranger.py"]\n')
    with pytest.raises(OptionError, match="unknown key"):
        read_config(file, plugins=Plugins(only=()))


@pytest.mark.parametrize("name", NAMES)
def test_a_run_folder_names_registered_components_and_never_a_module(
    stranger: Path, folder: RunFolder, name: str
) -> None:
    told = name.format(folder=stranger)
    facts = {"plugin": "stranger", "distribution": str(stranger / "stranger.py"), "version": "file"}
    folder.write_run({"state": "finished", "components": {"model": facts}})
    folder.write_config(f"[model]\nname = {json.dumps(told)}\n")
    with pytest.raises(RunError, match=r"pass --plugin .*stranger\.py"):
        make_components(folder, Plugins(only=()))
    assert not list(Path(os.getcwd()).rglob("was-imported"))


UNASKED = """\
[reversal]
name = "forwards"
[data]
constraints = [{name = "answer-length", maximum = 6}, {name = "lost", size = 3}]
[curriculum]
name = "gone"
[training]
metrics = ["exact-match", "away"]
"""


def test_a_model_is_asked_without_the_plugins_that_only_its_training_and_evaluating_need(
    folder: RunFolder, installed: Plugins
) -> None:
    folder.write_config(UNASKED)
    origin = {"plugin": "x", "distribution": "exprlearn-x", "version": "0.1"}
    folder.write_run({"components": {"metric away": origin}})
    components, notes = components_for_asking(folder, installed)
    assert list(components.metrics) == ["exact-match"]
    assert components.curriculum is None
    said = "\n".join(notes)
    for missing in ("no metric named 'away'", "no constraint named 'lost'", "no curriculum named 'gone'"):
        assert missing in said
    assert "python -m pip install 'exprlearn-x==0.1'" in said


def test_the_examples_of_a_run_whose_constraint_is_missing_cannot_be_drawn(
    folder: RunFolder, installed: Plugins
) -> None:
    from exprlearn.dataset.splits import load_space, load_splits

    folder.write_config(UNASKED)
    components, _ = components_for_asking(folder, installed)
    space = load_space(components.config.grammar, components)
    with pytest.raises(RunError, match=r"cannot be drawn: .*no constraint named 'lost'"):
        load_splits(space, components).validation[0]


@pytest.mark.parametrize(
    "needed", ['[model]\nname = "lost"', '[tokenizer]\nname = "lost"', '[division]\npolicy = "lost"']
)
def test_what_answers_depend_on_is_never_left_out(folder: RunFolder, installed: Plugins, needed: str) -> None:
    folder.write_config(UNASKED + needed + "\n")
    with pytest.raises(RunError, match="named 'lost'"):
        components_for_asking(folder, installed)


def test_a_run_is_done_again_with_all_its_plugins_only(folder: RunFolder, installed: Plugins) -> None:
    folder.write_config(UNASKED)
    with pytest.raises(RunError, match="no metric named 'away'"):
        make_components(folder, installed)
