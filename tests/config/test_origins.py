from __future__ import annotations

from pathlib import Path

import pytest

from exprlearn.config.origins import Layers, flag_of, line_of, lines_of, parse_set, read_file
from exprlearn.errors import OptionError

TEXT = """\
seed = 3          # the first line

[model]           # what learns
name = "seq2seq"
units = 64
[ data ]
constraints = [
  "integer",
]
[grammar.weights]
add = 3
"""


@pytest.mark.parametrize(
    ("key", "line"),
    [("seed", 1), ("model.name", 4), ("model.units", 5), ("data.constraints", 7), ("grammar.weights.add", 11)],
)
def test_the_line_of_a_key_is_found(key: str, line: int) -> None:
    assert line_of(TEXT, key) == line


def test_a_key_that_is_not_written_has_no_line() -> None:
    assert line_of(TEXT, "model.name.first") is None


@pytest.mark.parametrize(
    ("item", "value"),
    [
        ("a.b=1e-3", 0.001),
        ("a.b=true", True),
        ("a.b=[1, 2]", [1, 2]),
        ("a.b='12'", "12"),
        ("a.b=plain words", "plain words"),
        ("a.b=1..9", "1..9"),
        ("a.b=x=y", "x=y"),
        ("a.b=1\nc = 2", "1\nc = 2"),
    ],
)
def test_a_set_value_is_toml_or_else_text(item: str, value: object) -> None:
    assert parse_set(item) == ("a.b", value)


@pytest.mark.parametrize("item", ["model.units", "=3", ".units=3", "model.=3"])
def test_a_set_without_key_or_value_is_refused(item: str) -> None:
    with pytest.raises(OptionError, match=r"write section\.key=value"):
        parse_set(item)


def test_a_section_set_to_a_value_is_a_problem_that_shows_what_to_write() -> None:
    layers = Layers()
    layers.put("grammar", "mixed", "--set")
    assert layers.problems == ["--set: grammar: this is a section, write grammar.name=mixed"]


def test_a_later_layer_replaces_a_table_by_a_value_and_back() -> None:
    layers = Layers()
    layers.put("grammar.range.NUMBER", "1..9", "my.toml")
    layers.put("grammar.range", "1..3", "--set")
    assert layers.tree == {"grammar": {"range": "1..3"}}
    layers.put("grammar.range.NUMBER", "1..9", "--set")
    assert layers.tree == {"grammar": {"range": {"NUMBER": "1..9"}}}


def test_flags_are_named_as_typed() -> None:
    assert [flag_of(key) for key in ("seed", "grammar.name", "training.epochs")] == ["--seed", "--grammar", "--epochs"]


def test_a_missing_or_broken_file_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("[model\n", encoding="utf-8")
    with pytest.raises(OptionError, match=r"broken\.toml' is no valid TOML: .*line 1"):
        read_file(broken)
    with pytest.raises(OptionError, match=r"cannot read .*none\.toml: No such file"):
        read_file(tmp_path / "none.toml")
    broken.write_bytes(b"\xff\xfe")
    with pytest.raises(OptionError, match="it is no UTF-8 text"):
        read_file(broken)


def test_a_file_of_very_many_unknown_keys_is_refused_at_once(tmp_path: Path) -> None:
    file = tmp_path / "many.toml"
    file.write_text("".join(f"a{number}=1\n" for number in range(5000)))
    tree, text = read_file(file)
    assert (len(tree), lines_of(text)["a4999"]) == (5000, 5000)


@pytest.mark.parametrize("text", ["x=" + "[" * 5000, "seed=" + "9" * 4301, "seed=0x" + "f" * 5000, "seed=1979-05-27"])
def test_values_that_nothing_could_be_made_of_are_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "odd.toml"
    file.write_text(text + "\n")
    with pytest.raises(OptionError, match="is no valid TOML"):
        read_file(file)
