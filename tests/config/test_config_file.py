from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exprlearn.config import Preset, RunConfig, read_config, to_annotated_toml, to_toml
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


ranges = st.none() | st.tuples(st.integers(0, 9), st.integers(10, 99)).map(lambda pair: f"{pair[0]}..{pair[1]}")
configs = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 2**40),
        "grammar": st.fixed_dictionaries(
            {"terms": ranges, "range": ranges, "weights": st.none() | st.just({"add": 3, "sub": "1/2"})}
        ),
        "model": st.fixed_dictionaries({"name": st.just("seq2seq"), "units": st.integers(1, 512)}),
        "data": st.fixed_dictionaries({"constraints": st.lists(st.just({"name": "integer", "even": True}))}),
        "training": st.fixed_dictionaries(
            {"target": st.none() | st.floats(0, 1), "max_time": st.sampled_from(["none", "90s", "10m"])}
        ),
    }
).map(RunConfig.model_validate)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(config=configs)
def test_a_written_config_reads_back_as_itself(config: RunConfig, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(to_toml(config), encoding="utf-8")
    assert read_config(file).config == config


@settings(deadline=None)
@given(config=configs)
def test_comments_of_origin_change_nothing(config: RunConfig) -> None:
    assert tomllib.loads(to_annotated_toml(config, {"seed": "--seed"})) == tomllib.loads(to_toml(config))


@pytest.mark.parametrize(
    "line",
    [
        "seed = 3  # --seed",
        'name = "addition"  # default',
        'terms = "2..3"  # --set',
        "constraints = [  # default",
        "epochs = 9  # --epochs",
        'name = "mixed"  # --set',
    ],
)
def test_each_value_is_written_with_its_origin(line: str) -> None:
    sets = ["grammar.terms=2..3", "curriculum.schedule=mixed"]
    read = read_config(flags={"seed": 3, "training.epochs": 9}, sets=sets)
    assert line in to_annotated_toml(read.config, read.origins).splitlines()


def test_a_name_stands_for_a_choice_whose_options_are_told_one_by_one() -> None:
    sets = ("training.schedule=trapezoid", "training.schedule.flat=0.5", "training.optimizer.beta_1=0.8")
    training = read_config(None, sets=sets).config.training
    assert training.schedule.model_dump() == {"name": "trapezoid", "flat": 0.5}
    assert training.optimizer.model_dump() == {"name": "adam", "beta_1": 0.8}


def test_a_name_on_the_command_line_replaces_the_choice_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[training.schedule]\nname = "trapezoid"\nflat = 0.8\n', encoding="utf-8")
    read = read_config(tmp_path / "mine.toml", sets=("training.schedule=cosine",))
    assert read.config.training.schedule.model_dump() == {"name": "cosine"}
    assert read.notes == (
        "training.schedule 'cosine' replaces 'trapezoid', whose options are left out: training.schedule.flat",
    )


def test_a_choice_without_options_is_written_as_its_name() -> None:
    assert 'schedule = "cosine"\n' in to_toml(RunConfig())
    written = to_toml(RunConfig.model_validate({"training": {"schedule": {"name": "trapezoid", "flat": 0.5}}}))
    assert '[training.schedule]\nname = "trapezoid"\nflat = 0.5\n' in written
