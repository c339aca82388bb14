from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exprlearn.dataset import split_of

Cli = Callable[..., Any]


def files() -> dict[str, bytes]:
    """Read what lies in the folder of the test."""
    return {path.name: path.read_bytes() for path in Path().iterdir() if path.is_file()}


@pytest.mark.parametrize(
    "typed",
    [
        "mixed a.html --seed tuesday --pages 2 --title 'Class 7b: Monday'",
        "addition a.csv --style columns --range 0..99 --split test --levels all --per-page 12 --answers none",
        "curriculum/sums a.html --answers same",
        "mixed a.csv --division fraction --terms 2 --brackets 0 --set 'data.constraints=[\"signs\"]'",
    ],
)
def test_the_command_on_the_sheet_makes_sheet_and_answers_again(cli: Cli, typed: str) -> None:
    asked = shlex.split(typed)
    document = json.loads(cli("worksheet", *asked, "--json").out)
    made = files()
    assert sorted(made) == sorted(document["files"])
    for path in Path().iterdir():
        path.unlink()
    again = cli(*shlex.split(document["command"])[1:])
    assert again.code == 0
    assert {name: files()[name] for name in made} == made
    assert document["command"].count("--seed") == 1


def test_files_are_printed_and_the_difficulty_of_the_levels_is_noted(cli: Cli) -> None:
    outcome = cli("worksheet", "mixed", "a.csv", "--per-page", "6")
    assert outcome.out.split() == ["a.csv", "a-answers.csv"]
    assert re.fullmatch(
        r"note: 2 easy: \d+ to \d+ points, 2 medium: \d+ to \d+ points, 2 hard: \d+ to \d+ points\n", outcome.err
    )


def test_problems_of_the_test_split_are_those_that_no_training_has_seen(cli: Cli) -> None:
    document = json.loads(cli("worksheet", "mixed", "a.csv", "--split", "test", "--json").out)
    assert {split_of(problem["expression"]) for problem in document["problems"]} == {"test"}


def test_a_curriculum_of_a_file_and_constraints_are_heard(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(
        '[[curriculum.stages]]\nname = "one"\ngrammar = { name = "addition", range = "0..9" }\n'
        '[[curriculum.stages]]\nname = "two"\ngrammar = { name = "subtraction", range = "10..20" }\n',
        encoding="utf-8",
    )
    limit = '--set=data.constraints=[{name="result-range",low=0,high=9}]'
    document = json.loads(cli("worksheet", "small.toml", "a.csv", limit, "--levels", "all", "--json").out)
    signs = [re.sub(r"\d", "", problem["expression"]) for problem in document["problems"]]
    # The stages take turns; what says the same as a problem before it is passed over.
    assert set(signs) == {"+", "-"}
    assert 8 <= signs.count("+") <= 12
    assert all(0 <= int(problem["answer"]) <= 9 for problem in document["problems"])


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("mixd", "a.html"), 1, "mixed"),
        (("curriculum/sum", "a.html"), 2, "sums"),
        (("mixed", "a.txt"), 2, "a worksheet ends with .html, .pdf, .csv"),
        (("mixed", "a.html", "--levels", "hrad"), 2, "did you mean 'hard'"),
        (("mixed", "a.html", "--pages", "0"), 2, "--pages"),
        (("mixed", "a.html", "--per-page", "150"), 2, "at most"),
        (("curriculum/sums", "a.html", "--range", "0..9"), 2, "every stage names a grammar of its own"),
        (("mixed", "nowhere/a.html"), 1, "cannot write nowhere/a.html"),
        (("mixed", "a.html", "--set", "data.train=5"), 2, "worksheet makes no use of it"),
    ],
)
def test_what_cannot_be_is_refused_with_what_would_do(
    cli: Cli, arguments: tuple[str, ...], code: int, said: str
) -> None:
    outcome = cli("worksheet", *arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert said in outcome.err
    assert files() == {}
