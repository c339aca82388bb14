from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Cli = Callable[..., Any]


def test_each_expression_is_answered_beside_the_truth(trained: Any, cli: Cli) -> None:
    outcome = cli("predict", "1+2", "3 + 4", "--json", *trained.flags)
    document = json.loads(outcome.out)
    assert list(document) == ["format", "run", "answers"]
    assert [list(row) for row in document["answers"]] == [
        ["expression", "answer", "truth", "correct", "probability"]
    ] * 2
    assert [row["truth"] for row in document["answers"]] == ["3", "7"]
    assert all(row["correct"] == (row["answer"] == row["truth"]) for row in document["answers"])
    assert all(0 <= row["probability"] <= 1 for row in document["answers"])


def test_lines_are_read_from_stdin_where_a_dash_stands(trained: Any, cli: Cli) -> None:
    outcome = cli("predict", "1+1", "-", *trained.flags, stdin="2+2\n\n3+3\n")
    assert [line.partition(" = ")[0] for line in outcome.out.splitlines()] == ["1+1", "2+2", "3+3"]


def test_an_answer_is_explained_step_by_step(trained: Any, cli: Cli) -> None:
    lines = cli("predict", "1+2", "--explain", *trained.flags).out.splitlines()
    assert lines[0].startswith("1+2 = ")
    assert lines[1].split()[:2] == ["step", "chosen"]
    assert lines[2].split()[0] == "1"
    document = json.loads(cli("predict", "1+2", "--explain", "--json", *trained.flags).out)
    steps = document["answers"][0]["steps"]
    assert all(step["probability"] >= step["others"][0][1] for step in steps)


def test_a_beam_lists_its_candidates_best_first(trained: Any, cli: Cli) -> None:
    (row,) = json.loads(cli("predict", "1+2", "--beam", "4", "--explain", "--json", *trained.flags).out)["answers"]
    candidates = row["candidates"]
    assert 1 < len(candidates) <= 4
    assert candidates[0]["answer"] == row["answer"]
    probabilities = [candidate["probability"] for candidate in candidates]
    assert probabilities == sorted(probabilities, reverse=True)
    assert probabilities[0] == pytest.approx(row["probability"], abs=1e-6)
    lines = cli("predict", "1+2", "--beam", "4", *trained.flags).out.splitlines()
    assert [line.split()[0] for line in lines] == ["1+2", *["or"] * (len(candidates) - 1)]


def test_a_beam_of_one_is_the_greedy_answer(trained: Any, cli: Cli) -> None:
    plain = cli("predict", "1+2", "9+9", *trained.flags).out
    assert cli("predict", "1+2", "9+9", "--beam", "1", *trained.flags).out == plain


@pytest.mark.parametrize("beam", ["0", "257"])
def test_a_beam_out_of_bounds_is_a_wrong_option(trained: Any, cli: Cli, beam: str) -> None:
    outcome = cli("predict", "1+2", "--beam", beam, *trained.flags)
    assert (outcome.code, outcome.out) == (2, "")
    assert "--beam" in outcome.err


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("1/0", "divides by zero"),
        ("1*2", "'*'"),
        ("-1+2", "'-'"),
        ("123+4", "123+4"),
        ("1+", "1+"),
        ("", ""),
        ("import os", "import os"),
    ],
)
def test_what_cannot_be_answered_is_one_error(trained: Any, cli: Cli, expression: str, said: str) -> None:
    outcome = cli("predict", expression, *trained.flags)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("error: ")
    assert said in outcome.err
    assert "Traceback" not in outcome.err


def test_a_mistyped_option_is_no_expression(trained: Any, cli: Cli) -> None:
    outcome = cli("predict", "1+2", "--jsn", *trained.flags)
    assert (outcome.code, outcome.out) == (2, "")
    assert "no such option: --jsn" in outcome.err


def test_without_a_run_there_is_nothing_to_ask(cli: Cli) -> None:
    outcome = cli("predict", "1+2")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("error: there is no run below")
