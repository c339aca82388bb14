from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]


def test_the_printed_config_feeds_back_unchanged(cli: Cli, tmp_path: Path) -> None:
    printed = cli("train", "--grammar", "mixed", "--model", "repeat-vector", "--print-config").out
    (tmp_path / "mine.toml").write_text(printed, encoding="utf-8")
    again = cli("train", "--config", "mine.toml", "--print-config").out
    assert tomllib.loads(again) == tomllib.loads(printed)


def test_every_value_tells_its_origin(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[training]\nclip = 0.5\n", encoding="utf-8")
    flags = ["--config", "mine.toml", "--epochs", "3", "--set", "model.units=64"]
    lines = cli("train", *flags, "--print-config").out.splitlines()
    assert {"clip = 0.5  # mine.toml:2", "epochs = 3  # --epochs", "units = 64  # --set", "seed = 0  # default"} <= {
        *lines
    }


def test_options_of_components_are_written_out(cli: Cli) -> None:
    tree = tomllib.loads(cli("train", "--print-config").out)
    assert set(tree["model"]) > {"name", "units"}
    assert tree["tokenizer"]["group"] == 1


@pytest.mark.parametrize("arguments", [(), ("--model", "repeat-vector"), ("--set", "training.epochs=3")])
def test_without_a_grammar_two_digit_addition_is_learned(cli: Cli, arguments: tuple[str, ...]) -> None:
    lines = cli("train", *arguments, "--print-config").out.splitlines()
    assert 'range = "0..99"  # quickstart' in lines
    assert 'max_time = "10m"  # quickstart' in lines


@pytest.mark.parametrize("arguments", [("--grammar", "addition"), ("--set", "grammar.name=addition")])
def test_a_named_grammar_is_taken_as_it_is(cli: Cli, arguments: tuple[str, ...]) -> None:
    assert "quickstart" not in cli("train", *arguments, "--print-config").out


def test_every_problem_is_told_at_once_and_nothing_is_made(cli: Cli, tmp_path: Path) -> None:
    arguments = ["--model", "seq2sec", "--epochs", "0", "--set", "model.unit=3", "--set", "padding.nmae=left"]
    outcome = cli("train", *arguments, "--set", "training.metrics=['exact']")
    assert (outcome.code, outcome.out) == (2, "")
    lines = outcome.err.splitlines()
    assert len(lines) == 4
    assert "--epochs: training.epochs: input should be greater than or equal to 1. Received: 0" in lines[0]
    assert any("--model: model.name: no model named 'seq2sec': did you mean 'seq2seq'?" in line for line in lines)
    assert any("--set: padding.nmae: unknown key" in line for line in lines)
    assert any(
        "--set: training.metrics.exact: no metric named 'exact': did you mean 'exact-match'?" in line for line in lines
    )
    assert list(tmp_path.iterdir()) == []


def test_replacing_the_files_model_is_noted_on_stderr(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[model]\nname = "repeat-vector"\ndepth = 2\n', encoding="utf-8")
    outcome = cli("train", "--config", "mine.toml", "--model", "seq2seq", "--print-config")
    assert outcome.code == 0
    assert outcome.err == "note: model 'seq2seq' replaces 'repeat-vector', whose options are left out: model.depth\n"
    assert tomllib.loads(outcome.out)["model"]["name"] == "seq2seq"


def test_a_missing_config_file_is_an_option_error(cli: Cli) -> None:
    outcome = cli("train", "--config", "none.toml")
    assert outcome.code == 2
    assert outcome.err == "error: cannot read none.toml: No such file or directory\n"
