from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exprlearn.config import RunConfig, read_config, to_annotated_toml, to_toml

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
    ],
)
def test_each_value_is_written_with_its_origin(line: str) -> None:
    read = read_config(flags={"seed": 3, "training.epochs": 9}, sets=["grammar.terms=2..3"])
    assert line in to_annotated_toml(read.config, read.origins).splitlines()
