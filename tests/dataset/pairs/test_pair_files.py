"""Reading pairs: every format gives the same, and what cannot be learned is named by its place."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.config import DataSection
from exprlearn.dataset.pairs import Pairs, keys_of, pair_files, pairs_of, read_pairs
from exprlearn.errors import DataError

ROWS = [("12+34", "46"), ("What is two plus two?", "four"), ('say "1,5"', "1,5")]
OBJECTS = [{"question": question, "answer": answer} for question, answer in ROWS]


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def table(delimiter: str) -> str:
    lines = [("question", "answer"), *ROWS]
    return "".join(delimiter.join(map(quoted, line)) + "\n" for line in lines)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("pairs.csv", table(",").encode()),
        ("pairs.tsv", table("\t").encode()),
        ("pairs.csv.gz", gzip.compress(table(",").encode())),
        ("pairs.jsonl", "".join(json.dumps(row) + "\n" for row in OBJECTS).encode()),
        ("pairs.json", json.dumps(OBJECTS).encode()),
        ("windows.csv", b"\xef\xbb\xbf" + table(",").replace("\n", "\r\n").encode()),
    ],
)
def test_every_format_gives_the_same_pairs(tmp_path: Path, name: str, content: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    pairs = read_pairs(file)
    assert list(pairs.examples) == ROWS == list(pairs_of(OBJECTS).examples) == list(pairs_of(ROWS).examples)
    assert pairs.splits is None


def test_numbers_of_python_are_written_exactly() -> None:
    pairs = pairs_of([{"question": "3+5", "answer": 8}, ("1/3", Fraction(1, 3)), ("4-4", np.int64(0))])
    assert pairs.examples.answers.tolist() == ["8", "1/3", "0"]


def test_truth_values_are_written_as_comparisons_are_answered(tmp_path: Path) -> None:
    rows = [{"question": "3<5", "answer": True}, {"question": "5<3", "answer": False}]
    (tmp_path / "truths.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    for pairs in (pairs_of(rows), read_pairs(tmp_path / "truths.jsonl")):
        assert pairs.examples.answers.tolist() == ["true", "false"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (7, "pairs: row 2 is a int: write"),
        ("3+5=8", "pairs: row 2 is a str: write"),
        (("3+5", 8.0), "pairs: row 2 holds a float, 8.0: write questions and answers as text"),
    ],
)
def test_what_is_no_pair_is_a_type_error_that_says_what_would_do(row: Any, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        pairs_of([("1+1", "2"), row])


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (['{"question": "1+1"}'], "a.jsonl:1: it has no answer"),
        (['{"question": "1+1", "answer": "2"}', "", '{"answer": "2"}'], "a.jsonl:3: it has no question"),
        (['{"question": "1+1", "answer": "2"}', "{oops"], "a.jsonl:2: no JSON"),
        ([json.dumps({"question": "1" * 1001, "answer": "2"})], "a.jsonl:1: its question has 1001 characters, at most"),
        ([json.dumps({"question": "1\0", "answer": "2"})], "a.jsonl:1: its question holds a zero byte"),
        (['{"question": "1", "answer": "2", "split": "exam"}'], "a.jsonl:1: its split is 'exam'; write train, "),
        (
            ['{"question": "1", "answer": "2", "split": "dev"}', '{"question": "1", "answer": "2"}'],
            "a.jsonl:2: it has no split, and other rows do",
        ),
        ([""], "holds no rows"),
    ],
)
def test_bad_rows_are_named_by_their_lines(tmp_path: Path, lines: list[str], said: str) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(DataError) as refused:
        read_pairs(file)
    assert said in str(refused.value)


def test_of_many_bad_rows_the_first_are_named_and_all_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("question,answer\n1+1,2\n" + "3+4,\n" * 9, encoding="utf-8")
    with pytest.raises(DataError) as refused:
        read_pairs(file)
    assert str(refused.value).count("it has no answer") == 5
    assert "and 4 more rows" in str(refused.value)


def test_a_table_without_such_columns_is_told_how_to_call_them(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("left,right\n1+1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match="they are called 'left', 'right'; call the column of questions 'question'"):
        read_pairs(file)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sums.csv", "Q,id,A,question\n3+5,1,8,no\n"),
        ("sums.tsv", "A\tQ\n8\t3+5\n"),
        ("sums.jsonl", '{"Q": "3+5", "A": "8", "question": "no"}\n'),
    ],
)
def test_columns_go_by_the_names_that_are_given(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    keys = keys_of(DataSection(file=name, question_key="Q", answer_key="A"))
    assert list(read_pairs(tmp_path / name, keys).examples) == [("3+5", "8")]


def test_rows_of_python_go_by_the_names_that_are_given() -> None:
    keys = keys_of(DataSection(file="pairs", question_key="Q"))
    assert list(pairs_of([{"Q": "3+5", "answer": 8, "question": "no"}], keys=keys).examples) == [("3+5", "8")]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("sums.csv", "question,answer\n3+5,8\n", "no column of .*sums.csv' is called Q: .* 'question', 'answer'"),
        ("sums.csv", "Q,answer\n3+5,8\n", r"sums.csv:2: it has no answer\ncall the column .* --question-key KEY"),
        ("sums.jsonl", '{"question": "3+5", "A": "8"}\n', r"sums.jsonl:1: it has no question\ncall the column"),
        ("sums.txt", "3+5=8\n4+5=9\n", "holds equations, which have no columns: leave --question-key"),
    ],
)
def test_columns_that_are_not_there_are_refused(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(DataError, match=said):
        read_pairs(tmp_path / name, keys_of(DataSection(file=name, question_key="Q", answer_key="A")))


def test_a_folder_has_columns_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is a folder, whose columns have names already: leave --question-key"):
        read_pairs(tmp_path, keys_of(DataSection(file="built", question_key="Q")))


def test_sizes_are_checked_before_and_while_a_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.csv"
    file.write_text("question,answer\n" + "1+1,2\n" * 100, encoding="utf-8")
    monkeypatch.setattr(pair_files, "MOST_BYTES", 100)
    with pytest.raises(DataError, match="bytes, at most 100 are read"):
        read_pairs(file)
    monkeypatch.setattr(pair_files, "MOST_BYTES", 10_000)
    monkeypatch.setattr(pair_files, "MOST_PAIRS", 10)
    with pytest.raises(DataError, match=r"a\.csv:12: more than 10 pairs"):
        read_pairs(file)


@pytest.mark.parametrize("make", [lambda path: path.mkdir(), lambda path: None])
def test_a_folder_of_nothing_and_a_missing_file_are_refused(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "there")
    with pytest.raises(DataError, match=r"is a folder without manifest\.json|cannot be read: No such file"):
        read_pairs(tmp_path / "there")


WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=12)


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=20))
def test_pairs_come_back_from_the_rows_that_a_run_keeps(rows: list[tuple[str, str]]) -> None:
    pairs: Pairs = pairs_of(rows)
    again = pairs_of(json.loads(json.dumps(list(pairs.rows()))))
    assert list(again.examples) == list(pairs.examples)
