from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from exprlearn.arithmetic.divisions import (
    DecimalOptions,
    DecimalPolicy,
    ExactOnlyPolicy,
    FloorPolicy,
    FloorRemainderPolicy,
    FractionPolicy,
)
from exprlearn.dataset import Answering, ExampleStream
from exprlearn.dataset.audit import Audit, Keys, audit
from exprlearn.errors import DataError
from exprlearn.plugin import Division
from exprlearn.sampling import ExpressionSpace
from exprlearn.sampling.stream import Stream

Write = Callable[..., Path]
Rows = Sequence[dict[str, Any]]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write rows to a JSONL file."""

    def make(name: str, rows: Rows) -> Path:
        text = "".join(json.dumps(row) + "\n" for row in rows)
        path = tmp_path / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        return path

    return make


def asked(*pairs: tuple[str, Any]) -> Rows:
    return [{"expression": expression, "answer": answer} for expression, answer in pairs]


def audited(*files: Path, division: Division | None = None, **options: Any) -> Audit:
    return audit(files, division or FractionPolicy(), **options)


def test_right_answers_however_written_are_no_findings(write: Write) -> None:
    rows = asked(("3+5", "8"), ("4+4", 8), ("7/2", 3.5), ("17/5", "34/10"), ("2*6", "The answer is 12."), ("1-9", "−8"))
    assert audited(write("a.jsonl", rows)).is_clean


def test_wrong_answers_are_found_with_the_right_ones(write: Write) -> None:
    file = write("a.jsonl", asked(("3+5", "8"), ("2+3*4", "20"), ("7/2", "3")))
    found = audited(file)
    assert found.wrong_answers == 2
    assert [(item.place, item.answer, item.truth) for item in found.findings] == [
        (f"{file}:2", "20", "14"),
        (f"{file}:3", "3", "7/2"),
    ]


@pytest.mark.parametrize(
    ("division", "right", "wrong"),
    [
        (FractionPolicy(), "-7/2", "-4"),
        (FloorPolicy(), "-4", "-3.5"),
        (FloorRemainderPolicy(), "-4 r 1", "-4"),
        (DecimalPolicy(DecimalOptions(digits=1)), "-3.5", "-4"),
        (ExactOnlyPolicy(), "undefined", "-3.5"),
    ],
)
def test_the_division_policy_decides_what_is_right(write: Write, division: Division, right: str, wrong: str) -> None:
    found = audited(write("a.jsonl", asked(("-7/2", right), ("(-7)/2", wrong))), division=division)
    assert [item.answer for item in found.findings] == [wrong]


def test_no_number_is_the_answer_to_a_division_by_zero(write: Write) -> None:
    found = audited(write("a.jsonl", asked(("1/0", "0"), ("2/0", "undefined"), ("3/0", None))))
    assert found.wrong_answers == 1
    assert found.findings[0].truth is None


def test_duplicates_are_counted_within_a_part_and_twins_apart_from_them(write: Write) -> None:
    file = write(
        "a.jsonl", asked(("3+5", "8"), ("3 + 5", "8"), ("5+3", "8"), ("5-3", "2"), ("3-5", "-2"), ("3+5", "8"))
    )
    found = audited(file)
    assert (found.duplicates, sum(part.commuted for part in found.parts)) == (2, 1)
    assert [(item.place, item.other) for item in found.findings] == [
        (f"{file}:2", (f"{file}:1", "3+5")),
        (f"{file}:6", (f"{file}:1", "3+5")),
    ]


def test_twins_alone_are_no_finding(write: Write) -> None:
    assert audited(write("a.jsonl", asked(("3+5", "8"), ("5+3", "8")))).is_clean


def test_leaks_between_files_are_found_by_text_and_by_form(write: Write) -> None:
    train = write("train.jsonl", asked(("3+5", "8"), ("2*7", "14"), ("1-2", "-1")))
    test = write("test.jsonl.gz", asked(("5+3", "8"), ("2*7", "14"), ("2-1", "1")))
    found = audited(train, test)
    assert found.leaks == {"string": 1, "commutative": 2}
    assert [(overlap.parts, overlap.string, overlap.commutative) for overlap in found.overlaps] == [
        ((str(train), str(test)), 1, 2)
    ]
    assert [(item.place, item.expression, item.level, item.other) for item in found.findings] == [
        (f"{test}:2", "2*7", "string", (f"{train}:2", "2*7")),
        (f"{test}:1", "5+3", "commutative", (f"{train}:1", "3+5")),
    ]
    assert not found.duplicates


def test_leaks_within_a_file_are_found_by_the_split_key(write: Write) -> None:
    rows = [{"expression": text, "answer": "8", "split": part} for text, part in (("3+5", "train"), ("5+3", "test"))]
    assert audited(write("a.jsonl", rows)).leaks == {"string": 0, "commutative": 1}


def test_shards_of_one_split_are_one_part(write: Write) -> None:
    shards = [
        write(f"{i}.jsonl", [{"expression": text, "answer": "8", "split": "train"}])
        for i, text in enumerate(("3+5", "5+3"))
    ]
    assert audited(*shards).is_clean
    assert audited(*shards, keys=Keys(part=None)).leaks == {"string": 0, "commutative": 1}


def test_a_form_in_three_parts_leaks_once(write: Write) -> None:
    files = [write(f"{i}.jsonl", asked((text, "8"))) for i, text in enumerate(("3+5", "5+3", "(3+5)"))]
    found = audited(*files)
    assert found.leaks == {"string": 0, "commutative": 1}
    assert len(found.overlaps) == 3


@pytest.mark.parametrize(
    "row",
    [
        {"question": "What is 3+5?", "answer": "9"},
        {"prompt": "3+5=", "completion": " 9"},
        {"input": "3+5", "target": 9},
        {"input": "3+5", "output": 9.0},
        {"prompt": [{"role": "user", "content": "3+5"}], "completion": [{"role": "assistant", "content": "9"}]},
        {"messages": [{"role": "user", "content": "3+5?"}, {"role": "assistant", "content": r"\boxed{9}"}]},
    ],
)
def test_the_usual_layouts_are_read_without_being_told(write: Write, row: dict[str, Any]) -> None:
    found = audited(write("a.jsonl", [row]))
    assert [(item.expression, item.truth) for item in found.findings] == [("3+5", "8")]


def test_keys_can_be_named_and_may_look_inside_of_objects(write: Write) -> None:
    rows = [{"q": "3+5", "a": {"text": "8"}, "meta": {"part": part}} for part in ("x", "y")]
    found = audited(write("a.jsonl", rows), keys=Keys(question=("q",), answer=("a.text",), part="meta.part"))
    assert (found.unchecked, found.wrong_answers, found.leaks["string"]) == (0, 0, 1)


def test_rows_that_cannot_be_read_are_counted_and_left_out(write: Write) -> None:
    rows = [*asked(("3+5", "8"), ("hello", "8"), ("4+4", "eight"), ("5+5", None)), {"other": 1}]
    found = audited(write("a.jsonl", rows))
    assert (found.rows, found.unreadable, found.unchecked, found.unjudged) == (5, 2, 2, 4)
    assert not found.has_faults
    assert not found.is_clean


def test_line_numbers_count_blank_lines(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(
        '\ufeff{"expression": "1+1", "answer": "2"}\r\n\r\n \n{"expression": "1+1", "answer": "3"}', encoding="utf-8"
    )
    found = audited(file)
    assert [item.place for item in found.findings] == [f"{file}:4", f"{file}:4"]
    assert found.rows == 2


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"expression": "1+1"', "no JSON"),
        (b"[1, 2]", "a JSON list instead of an object"),
        (b"\xff\xfe", "no UTF-8 text"),
        (b"[" * 100_000, "no JSON"),
        (b'"text"', "a JSON str instead"),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, line: bytes, said: str) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b'{"expression": "1+1", "answer": "2"}\n' + line + b"\n")
    with pytest.raises(DataError, match=f"a.jsonl:2: .*{said}"):
        audited(file)


def test_a_truncated_gzip_file_is_refused(write: Write) -> None:
    file = write("a.jsonl.gz", asked(*((f"{i}+{i * 7}", str(i * 8)) for i in range(2000))))
    file.write_bytes(file.read_bytes()[:-500])
    with pytest.raises(DataError, match="damaged or cut off after line"):
        audited(file)


@pytest.mark.parametrize("content", ["", "\n", '{"text": "3+5"}\n', '{"data": [{"question": "3+5"}]}'])
def test_a_file_without_any_question_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=r"rows have (text|data); name .*--question-key|holds no rows"):
        audited(file)


def test_a_folder_stands_for_its_files(write: Write, tmp_path: Path) -> None:
    write("b.jsonl.gz", asked(("3+5", "8")))
    write("a.jsonl", asked(("3+5", "8")))
    assert [Path(file.file).name for file in audited(tmp_path).files] == ["a.jsonl", "b.jsonl.gz"]


def test_a_missing_file_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    for path, said in ((tmp_path / "none.jsonl", "cannot be read"), (tmp_path, "holds no .jsonl")):
        with pytest.raises(DataError, match=said):
            audited(path)


def test_no_more_examples_are_shown_than_asked_for(write: Write) -> None:
    files = [write(f"{i}.jsonl", asked(*[("3+5", "9")] * 20)) for i in range(2)]
    found = audited(*files, examples=3)
    assert [item.kind for item in found.findings] == ["wrong answer"] * 3 + ["duplicate"] * 3 + ["leak"] * 3
    assert (found.wrong_answers, found.duplicates) == (40, 38)


def test_the_parts_of_this_project_pass_and_are_counted_as_brute_force_does(write: Write) -> None:
    space, files, texts = ExpressionSpace.from_file("mixed"), [], []
    for part in ("train", "test"):
        stream = ExampleStream(Stream(space, 5, part), Answering(FloorPolicy()), part)
        examples, _ = stream.take(3000)
        files.append(write(f"{part}.jsonl", asked(*examples)))
        texts.append(examples.expressions.tolist())
    found = audited(*files, division=FloorPolicy())
    assert found.wrong_answers == 0
    assert found.leaks == {"string": 0, "commutative": 0}
    assert found.duplicates == sum(len(part) - len(set(part)) for part in texts)
    assert found.duplicates > 0


def test_a_shuffled_copy_of_the_training_file_leaks_whole(write: Write) -> None:
    pairs = [(f"{i}+{i * i}", str(i + i * i)) for i in range(1, 500)]
    twins = [(f"{i * i}+{i}", str(i + i * i)) for i in range(1, 500)]
    found = audited(write("a.jsonl", asked(*pairs)), write("b.jsonl", asked(*reversed(twins))))
    assert found.leaks == {"string": 1, "commutative": 499}  # 1+1 is its own twin.


def test_the_counts_of_a_dictionary_are_those_of_the_audit(write: Write) -> None:
    found = audited(write("a.jsonl", asked(("3+5", "9"), ("3+5", "8")))).as_dict()
    assert list(found)[:5] == ["rows", "wrong_answers", "duplicates", "leaks", "examples"]
    assert json.loads(json.dumps(found)) == found
    assert found["examples"][0] == {
        "kind": "wrong answer",
        "place": found["files"][0]["file"] + ":1",
        "expression": "3+5",
        "answer": "9",
        "truth": "8",
    }
