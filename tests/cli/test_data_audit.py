from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]


def write(name: str, *pairs: tuple[str, str], **more: str) -> str:
    rows = [{"question": question, "answer": answer, **more} for question, answer in pairs]
    Path(name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return name


def test_clean_files_leave_exit_code_0_and_nothing_on_stderr(cli: Cli) -> None:
    done = cli("data", "audit", write("a.jsonl", ("What is 3+5?", "8")), write("b.jsonl", ("7/2", "3.5")))
    assert (done.code, done.err) == (0, "")
    assert "2 rows, answers fraction: clean; all were verified" in done.out


def test_findings_leave_exit_code_1_and_one_document(cli: Cli) -> None:
    train = write("train.jsonl", ("What is 3+5?", "8"), ("3 + 5 =", "9"), ("2*7", "14"))
    test = write("test.jsonl", ("5+3", "8"), ("2*7", "14"))
    done = cli("data", "audit", train, test, "--json")
    assert (done.code, done.err) == (1, "")
    document = json.loads(done.out)
    assert list(document)[:6] == ["format", "rows", "wrong_answers", "duplicates", "leaks", "examples"]
    assert {key: document[key] for key in list(document)[:5]} == {
        "format": 1,
        "rows": 5,
        "wrong_answers": 1,
        "duplicates": 1,
        "leaks": {"string": 1, "commutative": 2},
    }
    assert [example["kind"] for example in document["examples"]] == ["wrong answer", "duplicate", "leak", "leak"]
    assert [file["wrong_answers"] for file in document["files"]] == [1, 0]


def test_the_table_names_file_line_and_the_right_answer(cli: Cli) -> None:
    done = cli("data", "audit", write("a.jsonl", ("3+5", "8"), ("2+3*4", "20")))
    assert done.code == 1
    assert "a.jsonl:2" in done.out
    assert "is 14" in done.out
    assert "1 wrong answers, 0 duplicates" in done.out


@pytest.mark.parametrize(
    ("flags", "code"),
    [((), 1), (("--division", "floor"), 0), (("--division", "decimal", "--set", "division.digits=0"), 1)],
)
def test_the_division_policy_is_named(cli: Cli, flags: tuple[str, ...], code: int) -> None:
    assert cli("data", "audit", write("a.jsonl", ("7/2", "3")), *flags).code == code


def test_keys_are_named(cli: Cli) -> None:
    Path("a.jsonl").write_text('{"q": "1+1", "a": "3", "part": "x"}\n{"q": "1+1", "a": "2", "part": "y"}\n')
    keys = ("--question-key", "q", "--answer-key", "a", "--split-key", "part")
    document = json.loads(cli("data", "audit", "a.jsonl", *keys, "--json").out)
    assert (document["wrong_answers"], document["duplicates"], document["leaks"]["string"]) == (1, 0, 1)
    document = json.loads(cli("data", "audit", "a.jsonl", *keys[:4], "--split-key", "", "--json").out)
    assert (document["duplicates"], document["leaks"]["string"]) == (1, 0)


def test_rows_that_cannot_be_read_are_told_on_stderr(cli: Cli) -> None:
    done = cli("data", "audit", write("a.jsonl", ("3+5", "8"), ("3+6", "9"), ("hello", "8"), ("4+4", "eight")))
    assert done.code == 0
    assert "1 of 4 rows ask for no expression alone, such as a.jsonl:3: 'hello'; they are left out" in done.err
    assert "1 of 4 rows have no answer" in done.err
    assert "clean; 2 of 4 could not be verified" in done.out


def test_what_can_mostly_not_be_verified_is_not_clean(cli: Cli) -> None:
    done = cli("data", "audit", write("a.jsonl", ("3+5", "8"), ("hello", "8"), ("4+4", "eight")))
    assert done.code == 1
    assert "no faults found; 2 of 3 could not be verified" in done.out
    assert json.loads(cli("data", "audit", "a.jsonl", "--json").out)["clean"] is False


def test_digits_back_to_front_are_noticed_and_read_when_asked_for(cli: Cli) -> None:
    file = write("a.jsonl", ("61+7", "32"), ("509+71", "229"), ("11+22", "33"))
    done = cli("data", "audit", file)
    assert done.code == 1
    assert "2 of 2 wrong answers are right with digits reversed: --reversed-digits both" in done.err
    done = cli("data", "audit", file, "--reversed-digits", "both")
    assert (done.code, done.err) == (0, "")


def test_a_wrong_calculation_is_shown_with_its_place(cli: Cli) -> None:
    done = cli("data", "audit", write("a.jsonl", ("He has 4 times 6. How many?", "4*6 = <<4*6=28>>28.\n#### 28")))
    assert done.code == 1
    assert "wrong calculation" in done.out
    assert "is 24" in done.out
    assert "1 of 1 calculations wrong" in done.out


def test_a_table_without_a_question_names_its_columns(cli: Cli) -> None:
    Path("a.csv").write_text("sum,result\n3+5,8\n", encoding="utf-8")
    done = cli("data", "audit", "a.csv")
    assert (done.code, done.out) == (1, "")
    assert "they are called 'sum', 'result'; name one with --question-key" in done.err
    assert cli("data", "audit", "a.csv", "--question-key", "sum", "--answer-key", "result").code == 0


def test_halves_of_characters_hide_no_finding(cli: Cli) -> None:
    Path("a.jsonl").write_text(
        '{"question": "3+5", "answer": "9\\ud800", "split": "x\\ud800"}\n'
        '{"question": "3+6\\udfff", "answer": "9"}\n{"question": "1+1", "answer": "3"}\n',
        encoding="utf-8",
    )
    done = cli("data", "audit", "a.jsonl", "--json")
    assert [(item["place"], item["truth"]) for item in json.loads(done.out)["examples"]] == [
        ("a.jsonl:1", "8"),
        ("a.jsonl:3", "2"),
    ]
    assert cli("data", "audit", "a.jsonl").code == 1


def test_a_malformed_line_is_an_error_with_its_place(cli: Cli) -> None:
    Path("a.jsonl").write_text('{"question": "1+1", "answer": "2"}\n{"question": \n', encoding="utf-8")
    done = cli("data", "audit", "a.jsonl")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: a.jsonl:2: no JSON")


def test_a_dataset_folder_of_this_project_is_clean(cli: Cli) -> None:
    flags = ("--grammar", "flat", "--set", "data.train=300", "--set", "data.validation=40", "--set", "data.test=40")
    assert cli("data", "build", "out", *flags, "--progress", "none").code == 0
    document = json.loads(cli("data", "audit", "out", "--json").out)
    assert document["rows"] == 380
    assert (document["wrong_answers"], document["duplicates"]) == (0, 0)
    assert document["leaks"] == {"string": 0, "commutative": 0}
    assert {part["part"] for part in document["parts"]} == {"train", "validation", "test"}
