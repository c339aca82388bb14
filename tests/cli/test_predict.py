from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exprlearn.cli.predict import Question, batches

Cli = Callable[..., Any]
# A program that tells the most memory it ever took, in KiB.
PEAK = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from exprlearn.cli.main import app
from memory import peak_kilobytes
try:
    app()
finally:
    print(peak_kilobytes(), file=sys.stderr)
"""


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


def test_the_sign_that_asks_is_dropped(trained: Any, cli: Cli) -> None:
    questions = ["1+2=", "1+2=?", "1+2 = ?", " 1+2 =\t"]
    plain = cli("predict", *["1+2"] * len(questions), *trained.flags)
    assert plain.code == 0
    assert cli("predict", *questions, *trained.flags) == plain
    assert cli("predict", "-", *trained.flags, stdin="".join(f"{question}\n" for question in questions)) == plain


def test_questions_that_cannot_be_asked_are_named_by_line_and_the_others_answered(trained: Any, cli: Cli) -> None:
    outcome = cli("predict", "1+2", "2+", "-", *trained.flags, stdin="3+4=\n\n12+x\n1*2\n123+4\n5+5\n")
    assert outcome.code == 1
    assert [line.partition(" = ")[0] for line in outcome.out.splitlines()] == ["1+2", "3+4", "5+5"]
    told = [line for line in outcome.err.splitlines() if line.startswith("error: ")]
    assert (len(told), "2+" in told[0]) == (4, True)
    assert [line.split(": ")[1] for line in told[1:]] == ["line 3", "line 4", "line 5"]
    document = json.loads(cli("predict", "1+2", "2+", "--json", *trained.flags).out)
    assert [row["expression"] for row in document["answers"]] == ["1+2"]


def test_a_line_without_end_is_refused(trained: Any, cli: Cli) -> None:
    outcome = cli("predict", "-", *trained.flags, stdin="1+2\n" + "1" * (1 << 21))
    assert outcome.code == 1
    assert outcome.err == "error: a line of stdin has more than 1048576 bytes: write an expression a line\n"


def test_lines_are_answered_as_they_come_in(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    with open(reading, encoding="utf-8") as stdin, open(writing, "w", encoding="utf-8") as pipe:
        monkeypatch.setattr("sys.stdin", stdin)
        found = batches(["0+0", "-"])
        assert next(found) == [Question("0+0")]
        for first in (1, 3):
            pipe.write(f"{first}+1\n{first}+2\n")
            pipe.flush()
            assert next(found) == [Question(f"{first}+{term}", first + term - 1) for term in (1, 2)]
        pipe.write("9+9")
        pipe.close()
        assert list(found) == [[Question("9+9", 5)]]


@pytest.mark.slow
def test_a_hundred_thousand_lines_take_no_more_memory_than_a_thousand(trained: Any, tmp_path: Path) -> None:
    peaks = []
    for count in (1_000, 100_000):
        (tmp_path / "asked.txt").write_text("".join(f"{n % 10}+{n // 10 % 10}\n" for n in range(count)))
        with (tmp_path / "asked.txt").open() as asked, (tmp_path / "told.txt").open("w") as told:
            command = [sys.executable, "-c", PEAK, "predict", "-", *trained.flags]
            done = subprocess.run(command, stdin=asked, stdout=told, stderr=subprocess.PIPE, text=True, check=True)
        assert len((tmp_path / "told.txt").read_text().splitlines()) == count
        peaks.append(int(done.stderr.split()[-1]))
    assert peaks[1] < peaks[0] + 60_000
