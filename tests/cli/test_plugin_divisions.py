"""A division policy of a plugin, written as its page says: what has no answer is refused with an `EvaluationError`."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]

PLUGIN = '''
from exprlearn.arithmetic.divisions import DivisionPolicy
from exprlearn.errors import EvaluationError
from exprlearn.plugin import DivisionSpec, hookimpl


class Natural(DivisionPolicy):
    """Answers with whole numbers from 0 on."""

    characters = "0123456789"

    def answer(self, value, expression=""):
        if value < 0 or value.denominator != 1:
            raise EvaluationError(f"'{expression}' is no natural number", expression=expression)
        return str(value.numerator)


@hookimpl
def exprlearn_divisions():
    yield DivisionSpec(name="natural", summary="Whole numbers from 0 on.", make=lambda options: Natural())
'''
NATURAL = ("--division", "natural", "--plugin", "natural.py")
SMALL = ("--set", "grammar.range=0..9")


@pytest.fixture(autouse=True)
def plugin(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "natural.py").write_text(PLUGIN, encoding="utf-8")


def test_expressions_without_an_answer_are_no_examples(cli: Cli) -> None:
    done = cli("grammar", "sample", "subtraction", "-n", "60", "--json", *SMALL, *NATURAL)
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert (done.code, len(rows)) == (0, 60)
    for row in rows:
        left, right = map(int, row["expression"].split("-"))
        assert row["answer"] == (str(left - right) if left >= right else None)


def lines_of(file: Path) -> list[str]:
    return gzip.decompress(file.read_bytes()).decode().splitlines()


def test_they_are_left_out_of_data(cli: Cli) -> None:
    sizes = ("--train", "20", "--validation", "3", "--test", "3")
    done = cli("data", "build", "built", "--grammar", "subtraction", "--shards", "1", *sizes, *SMALL, *NATURAL)
    assert (done.code, "error" in done.err) == (0, False)
    rows = [json.loads(line) for file in Path("built").rglob("*.gz") for line in lines_of(file)]
    assert len(rows) >= 20
    assert all(int(row["answer"]) >= 0 for row in rows)


def test_they_are_right_in_a_file_when_nothing_is_answered(cli: Cli) -> None:
    Path("rows.jsonl").write_text('{"question": "3-5", "answer": "none"}\n{"question": "5-3", "answer": "2"}\n')
    assert cli("data", "audit", "rows.jsonl", *NATURAL).code == 0
    Path("rows.jsonl").write_text('{"question": "3-5", "answer": "-2"}\n')
    assert cli("data", "audit", "rows.jsonl", *NATURAL).code == 1


def test_it_keeps_the_promises_of_its_kind(cli: Cli) -> None:
    done = cli("plugins", "check", "natural", "--plugin", "natural.py", "--json")
    assert [check for check in json.loads(done.out)["checks"] if check["result"] != "passed"] == []
