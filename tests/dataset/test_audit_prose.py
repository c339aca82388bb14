from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from exprlearn.arithmetic import evaluate
from exprlearn.arithmetic.divisions import FloorPolicy, FractionPolicy
from exprlearn.dataset.audit import Audit, audit
from exprlearn.plugin import Division
from exprlearn.sampling import ExpressionSpace

Write = Callable[..., Path]
Row = tuple[str, str]

# What is asked in words: question, right answer.
PATTERNS: tuple[Callable[[int, int], Row], ...] = (
    lambda a, b: (f"Sam ate {a}/{a + b} of his {2 * (a + b)} sweets. How many did he eat?", f"{2 * a}"),
    lambda a, b: (f"{a}-{a + b} years ago there were {b} houses, then {a} more. How many?", f"{a + b}"),
    lambda a, b: (f"In 2019-2020 she planted {a} trees, then {b} more.", f"#### {a + b}"),
    lambda a, b: (f"They won {a}-1 and then {b}-0. How many goals did they make?", f"The answer is {a + b}."),
    lambda a, b: (f"What is {a} 1/2 + {b} 1/2?", f"{a + b + 1}"),
    lambda a, b: (f"What is {a}/{b} of {3 * b}?", f"{3 * a}"),
    lambda a, b: (f"What comes next: {a + 9}-1, {a + 8}-1, {a + 7}-1?", f"{a + 5}"),
    lambda a, b: (f"The shop is open 24/7. What is sold in {a} hours at {b} an hour?", f"{a * b}"),
    lambda a, b: (f"Question {a}/{a + b}: {a}+{b}", f"{a + b}"),
    lambda a, b: (f"{a}+{b} mod 7", f"{(a + b) % 7}"),
    lambda a, b: (f"Problem {a} - {a}+{b}", f"{a + b}"),
    lambda a, b: (
        f"Ann has {a} hens. Each lays {b} eggs. She eats 1. How many are left?",
        f"She gets {a}*{b} = <<{a}*{b}={a * b}>>{a * b} eggs.\n"
        f"{a * b}-1 = <<{a * b}-1={a * b - 1}>>{a * b - 1} are left.\n#### {a * b - 1}",
    ),
)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write questions and answers to a JSONL file."""

    def make(rows: list[Row]) -> Path:
        path = tmp_path / "rows.jsonl"
        lines = (json.dumps({"question": question, "answer": answer}) + "\n" for question, answer in rows)
        path.write_text("".join(lines), encoding="utf-8")
        return path

    return make


def audited(file: Path, division: Division | None = None) -> Audit:
    return audit([file], division or FractionPolicy(), examples=99)


def prose(count: int) -> Iterator[Row]:
    rng = np.random.default_rng([0, 0])
    for index in range(count):
        first, second = rng.integers(2, 60, 2).tolist()
        yield PATTERNS[index % len(PATTERNS)](first, second)


def test_no_right_answer_to_a_question_in_words_is_called_wrong(write: Write) -> None:
    found = audited(write(list(prose(240))))
    assert (found.rows, found.unreadable, found.wrong_answers, found.wrong_calculations) == (240, 240, 0, 0)
    assert (found.calculations, found.unread_calculations) == (40, 0)
    assert found.unjudged == 220
    assert not found.has_faults
    assert not found.is_clean


def test_planted_faults_are_found_and_nothing_else(write: Write) -> None:
    space, rng = ExpressionSpace.from_file("mixed"), np.random.default_rng([0, 1])
    sentences = ("{}", "{} =", "What is {}?", "Compute {}.", "Q: {} = ?")
    answers = ("{}", "The answer is {}.", "It is {}", r"\boxed{{{}}}", "So\n#### {}")
    expressions = sorted({space[int(index)] for index in rng.integers(0, space.size, 900)})
    expressions = [text for text in expressions if "/" not in text][:200]
    planted = set(rng.choice(200, 20, replace=False).tolist())
    rows = []
    for index, expression in enumerate(expressions):
        truth = evaluate(expression)
        stated = truth + 1 if index in planted else truth
        rows.append((sentences[index % 5].format(expression), answers[index // 5 % 5].format(stated)))
    found = audited(write(rows))
    assert (found.rows, found.unjudged) == (200, 0)
    wrong = [item for item in found.findings if item.kind == "wrong answer"]
    assert {int(item.place.rpartition(":")[2]) - 1 for item in wrong} == planted
    assert found.wrong_answers == 20


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ("4*6 = <<4*6=28>>28.\n28-2 = <<28-2=26>>26.\n#### 26", [("4*6", "28", "24")]),
        ("<<4*6=24>>24 and <<24-2=21>>21", [("24-2", "21", "22")]),
        ("<<0.5*12=6>> <<.25*40=10>> <<100*20/100=20.00>> <<$5*2=10>> <<1,000+1=1001>>", []),
        ("<<10/3=3.33>> <<2/3=.67>> <<2/3=.66>>", []),
        ("<<50%*20=10>> <<a+b=3>> <<3=>>", []),
        ("<<10/3=3>>", [("10/3", "3", "10/3")]),
    ],
)
def test_each_calculation_in_an_answer_is_verified_by_itself(
    write: Write, answer: str, wrong: list[tuple[str, str, str]]
) -> None:
    found = audited(write([("How many of the 12 are left?", answer)]))
    assert [(item.expression, item.answer, item.truth) for item in found.findings] == wrong
    assert {item.kind for item in found.findings} <= {"wrong calculation"}
    assert (found.wrong_calculations, found.wrong_answers) == (len(wrong), 0)


def test_calculations_that_cannot_be_verified_are_counted(write: Write) -> None:
    found = audited(write([("How many?", "<<50%*20=10>> <<4*6=24>>"), ("How many?", "<<50%*20=10>>")]))
    assert (found.calculations, found.unread_calculations, found.unjudged) == (3, 2, 1)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("10/3", "3.33"),
        ("2/3", "about .67"),
        ("3+5", "5+3"),
        ("3+5", "8 is right, since I counted 4 twice"),
        ("1.5+2", None),
    ],
)
def test_answers_that_may_be_meant_well_are_unchecked(write: Write, question: str, answer: str) -> None:
    found = audited(write([(question, answer)]))
    assert (found.wrong_answers, found.unchecked) == (0, 1)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("7/2", "3 1/2"),
        ("500+500", "1 000"),
        ("1.5+2", "3.5"),
        ("8.0 - 3.0", "5.0"),
        ("1 + 1", "2 = 1 + 1"),
        ("0-8", "–8"),
    ],
)
def test_right_answers_are_read_however_people_write_them(write: Write, question: str, answer: str) -> None:
    found = audited(write([(question, answer)]))
    assert (found.wrong_answers, found.unjudged) == (0, 0)


def test_decimals_are_left_out_where_division_rounds_down(write: Write) -> None:
    assert audited(write([("1.5+2", "3.5")]), FloorPolicy()).unreadable == 1


@pytest.mark.parametrize(
    ("turned", "rows"),
    [
        ("source", [("21+04", "52"), ("01+2", "12")]),
        ("answer", [("12+40", "25"), ("1-20", "91-")]),
        ("both", [("61+7", "32"), ("509+71", "229")]),
    ],
)
def test_numbers_back_to_front_are_read_and_suggested(write: Write, turned: str, rows: list[Row]) -> None:
    file = write(rows)
    found = audited(file)
    assert found.hint is not None
    assert (found.hint.turned, found.hint.right, found.hint.tried) == (turned, 2, 2)
    again = audit([file], FractionPolicy(), turned=turned)  # type: ignore[arg-type]
    assert again.is_clean
    assert again.hint is None


def test_nothing_is_suggested_for_answers_that_are_wrong_both_ways(write: Write) -> None:
    assert audited(write([("3+5", "9"), ("12+40", "53"), ("12+1", "31"), ("7+7", "15")])).hint is None
