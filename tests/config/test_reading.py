from __future__ import annotations

from pathlib import Path

import pytest

from exprlearn.config import Preset, RunConfig, read_config
from exprlearn.errors import OptionError

FILE = """\
seed = 5
[training]
epochs = 7
batch_size = 16
[model]
name = "repeat-vector"
depth = 2
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_without_anything_the_defaults_hold() -> None:
    read = read_config()
    assert read.config == RunConfig()
    assert read.origin("training.epochs") == "default"


def test_set_beats_flags_which_beat_the_file_which_beats_the_preset(file: Path) -> None:
    preset = Preset("quickstart", {"seed": 1, "training": {"target": 0.5, "epochs": 2, "clip": 2.0}})
    flags = {"training.epochs": 9, "training.batch_size": 32, "training.target": None}
    read = read_config(file, flags, ["training.batch_size=64", "training.batch_size=128"], preset=preset)
    training = read.config.training
    assert (read.config.seed, training.clip, training.target) == (5, 2.0, 0.5)
    assert (training.epochs, training.batch_size) == (9, 128)
    keys = ["seed", "training.clip", "training.epochs", "training.batch_size", "model.depth"]
    origins = [f"{file}:1", "quickstart", "--epochs", "--set", f"{file}:7"]
    assert [read.origin(key) for key in keys] == origins


def test_every_problem_is_told_at_once_with_origin_and_nearest_key(file: Path) -> None:
    file.write_text('[trainin]\nepochs = 3\n[data]\ntst = 5\nlevel = "string"\n', encoding="utf-8")
    with pytest.raises(OptionError) as caught:
        read_config(file, {"training.epochs": 0}, ["grammar.terms=4..2", "model=seq2seq", "epochs=3", "nonsense"])
    problems = caught.value.problems
    assert caught.value.exit_code == 2
    assert len(problems) == 7
    text = str(caught.value)
    assert f"{file}:2: trainin: unknown key, did you mean 'training'?" in text
    assert f"{file}:4: data.tst: unknown key, did you mean 'test'?" in text
    assert "--epochs: training.epochs: input should be greater than or equal to 1. Received: 0" in text
    assert "--set: grammar.terms: a range runs upwards, write '2..4'. Received: '4..2'" in text
    assert "--set: model: this is a section, write model.name=seq2seq" in text
    assert "--set: epochs: unknown key, did you mean 'training.epochs'?" in text
    assert "--set nonsense: write section.key=value" in text


def test_replacing_the_model_drops_the_files_options_with_a_note(file: Path) -> None:
    read = read_config(file, {"model.name": "seq2seq"}, ["model.units=64"])
    assert (read.config.model.name, read.config.model.options) == ("seq2seq", {"units": 64})
    assert read.notes == ("model 'seq2seq' replaces 'repeat-vector', whose options are left out: model.depth",)


def test_naming_the_files_own_model_keeps_its_options(file: Path) -> None:
    read = read_config(file, {"model.name": "repeat-vector"})
    assert (read.config.model.options, read.notes) == ({"depth": 2}, ())


def test_an_option_set_over_the_files_survives_the_replacement(file: Path) -> None:
    read = read_config(file, {"model.name": "seq2seq"}, ["model.depth=1"])
    assert read.config.model.options == {"depth": 1}


def test_constraints_are_names_or_tables() -> None:
    read = read_config(sets=['data.constraints=["integer", {name="answer-length", maximum=3}]'])
    assert [(item.name, item.options) for item in read.config.data.constraints] == [
        ("integer", {}),
        ("answer-length", {"maximum": 3}),
    ]
    assert [item.name for item in read_config(sets=["data.constraints=integer"]).config.data.constraints] == ["integer"]


@pytest.mark.parametrize("value", ["3", "[3]", "[{maximum = 3}]"])
def test_constraints_of_another_kind_are_refused(value: str) -> None:
    with pytest.raises(OptionError, match=r"--set: data\.constraints"):
        read_config(sets=[f"data.constraints={value}"])


def test_none_takes_a_limit_away() -> None:
    preset = Preset("quickstart", {"training": {"target": 0.9, "patience": 3, "max_time": "60s"}})
    sets = ["training.target=none", "training.patience=none", "training.max_time=none"]
    training = read_config(preset=preset, sets=sets).config.training
    assert (training.target, training.patience, training.max_seconds) == (None, None, None)


def test_a_range_holds_for_all_numbers_or_for_each_terminal() -> None:
    assert read_config(sets=["grammar.range=1..99"]).config.grammar.range == (1, 99)
    assert read_config(sets=["grammar.range.NUMBER=1..9"]).config.grammar.range == {"NUMBER": (1, 9)}


def test_another_schedule_leaves_the_options_of_the_files_schedule_out(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        '[curriculum]\nname = "sums"\n[curriculum.schedule]\npromote_at = 0.8\n', encoding="utf-8"
    )
    read = read_config(tmp_path / "mine.toml", {"curriculum.schedule.name": "fixed"})
    assert read.config.curriculum.schedule.model_dump() == {"name": "fixed"}
    assert read.notes == (
        "curriculum.schedule 'fixed' replaces 'threshold', whose options are left out: curriculum.schedule.promote_at",
    )


def test_stages_name_their_curriculum_themselves(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[[curriculum.stages]]\nname = "one"\n', encoding="utf-8")
    assert read_config(tmp_path / "mine.toml").config.curriculum.name == "stages"
