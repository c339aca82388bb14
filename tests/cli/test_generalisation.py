from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from exprlearn.cli.generalisation import print_cube
from exprlearn.decoding.framings import FRAMINGS
from exprlearn.runs.record import read_record
from exprlearn.scoring.cube import Axes, Cell, Coordinates, Cube

Cli = Callable[..., Any]


def test_the_cube_is_printed_cell_by_cell(trained: Any, cli: Cli) -> None:
    asked = ("evaluate", "tiny", "--beyond", "--per-cell", "5", "--digits", "1..2", "--depth", "0", *trained.flags)
    outcome = cli(*asked)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines()[0].split() == ["digits", "terms", "depth", "+", "-", "*", "/"]
    assert "beyond training: " in outcome.out
    told = json.loads(cli(*asked, "--json").out)
    cells = told["beyond"]["cells"]
    assert {cell["distribution"] for cell in cells if cell["operators"] == "+"} == {"in", "out"}
    assert read_record(trained.runs / "tiny").beyond.cells
    assert told["beyond"]["frontier"]["all"]["of"] == len(cells) == 16


def test_longer_and_longer_numbers_are_a_table(trained: Any, cli: Cli) -> None:
    asked = ("evaluate", "tiny", "--lengths", "1..3", "--per-cell", "4", "--threshold", "0.5", *trained.flags)
    rows = [line.split() for line in cli(*asked).out.splitlines()[1:4]]
    assert [(row[0], row[-1]) for row in rows] == [("1", "in"), ("2", "beyond"), ("3", "beyond")]
    told = json.loads(cli(*asked, "--json").out)["lengths"]
    assert (told["frontier"]["threshold"], len(told["cells"])) == (0.5, 3)


def test_the_test_of_another_grammar_is_asked_of_a_run(trained: Any, cli: Cli) -> None:
    asked = ("evaluate", "tiny", "--grammar", "addition", "--range", "10..99", "--size", "9", *trained.flags)
    told = json.loads(cli(*asked, "--mistakes", "--json").out)
    assert (told["exact_match"]["count"], told["left_out"]) == (9, 0)
    assert sum(group["count"] for group in told["mistakes"]) == 9 - round(9 * told["exact_match"]["value"])
    others = json.loads(cli(*asked, "--set", "seed=5", "--json").out)
    assert others["breakdown"] != told["breakdown"]


@pytest.mark.parametrize("framing", ["sequence", "rewriting"])
def test_what_learned_from_lines_says_that_they_hold_larger_numbers(capsys: Any, framing: Any) -> None:
    run: Any = SimpleNamespace(answerer=SimpleNamespace(rules=FRAMINGS[framing]))
    options: Any = SimpleNamespace(json=False, lengths="2..2")
    print_cube(run, Cube(Axes([], [], [], []), [Cell(Coordinates(2, 2, 0, "+"), "out", None)], 0.9), options)
    assert ("lines that were learned from hold larger numbers" in capsys.readouterr().out) == (framing == "rewriting")


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--beyond", "--mistakes"), "--mistakes: that is about the test"),
        (("--lengths", "1..3", "--split", "all"), "--split: that is about the test"),
        (("--beyond", "--lengths", "1..3"), "ask one after the other"),
        (("--digits", "1..3"), "--digits: only --beyond has such axes"),
        (("--beyond", "--digits", "0..3"), "--digits 0..3: give both ends, from 1 on"),
        (("--lengths", "3.."), "--lengths 3..: give both ends"),
        (("--lengths", "x"), "--lengths: "),
        (("--terms", "5..8"), "--terms: of --beyond, or beside --grammar"),
        (("--range", "0..99", "--set", "seed=3"), "--range, --set: say of which grammar"),
        (("--grammar", "addition", "--split", "all"), "--split all: of another grammar only the test is asked"),
        (("--digits", ""), "--digits: only --beyond has such axes"),
        (("--grammar", "", "--beyond"), "--grammar: that is about the test"),
        (("--grammar", "addition", "--beyond"), "--grammar: that is about the test"),
        (("--grammar", "addition", "--set", "data.test=3"), "data.test: evaluate makes no use of it"),
    ],
)
def test_options_that_do_not_go_together_are_refused(trained: Any, cli: Cli, flags: tuple[str, ...], said: str) -> None:
    outcome = cli("evaluate", "tiny", *flags, *trained.flags)
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err
