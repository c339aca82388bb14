from __future__ import annotations

import gzip
import json
import os
import time
import tracemalloc
from pathlib import Path

import pytest

from exprlearn.arithmetic.divisions import FractionPolicy
from exprlearn.dataset.audit import Audit, Keys, audit
from exprlearn.dataset.audit.text_files import LONGEST
from exprlearn.errors import DataError


def audited(*files: Path, keys: Keys | None = None) -> Audit:
    return audit(files, FractionPolicy(), keys=keys)


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


INDENTED = json.dumps([{"question": "3+5", "answer": "8"}, {"question": "2*7", "answer": "15"}], indent=2)


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("a.csv", "question,answer\n3+5,8\n2*7,15\n", ":3"),
        ("a.csv", "\ufeffQuestion;Answer\r\n3+5;8\r\n2*7;15\r\n", ":3"),
        ("a.csv", 'id,"prompt","completion"\n1,"What is\n3+5?",8\n2,2*7,15\n', ":4"),
        ("a.csv", "3+5,8\n\n2*7,15\n", ":3"),
        ("a.csv", 'question,answer\n"500+1,500","2,000"\n2*7,15\n', ":3"),
        ("a.csv", "\n\nquestion,answer\n2*7,15\n3+5,8\n", ":4"),
        ("a.tsv", "question\tanswer\n3+5\t8\n2*7\t15\n", ":3"),
        ("a.tsv.gz", "question\tanswer\n3+5\t8\n2*7\t15\n", ":3"),
        ("a.txt", "3+5=8\n\n2*7=15\n", ":3"),
        ("a.txt", "3 + 5 = 8\r\n2 × 7 = 15", ":2"),
        ("a.txt", "8=3+5\n15=2*7\n", ":2"),
        ("a.json", INDENTED, ": row 2"),
        ("a.json.gz", json.dumps(json.loads(INDENTED)), ": row 2"),
        ("a.json", INDENTED.replace(" ", "\n"), ": row 2"),
    ],
)
def test_formats_are_told_by_their_first_line(tmp_path: Path, name: str, content: str, place: str) -> None:
    file = written(tmp_path, name, content)
    found = audited(file)
    assert (found.rows, found.unjudged, found.wrong_answers) == (2, 0, 1)
    assert [(item.place, item.expression, item.truth) for item in found.findings] == [(f"{file}{place}", "2*7", "14")]


def test_leaks_between_formats_are_shown_with_their_places(tmp_path: Path) -> None:
    table, array = written(tmp_path, "a.csv", "question,answer\n3+5,8\n"), written(tmp_path, "b.json", INDENTED)
    found = [item for item in audited(array, table).findings if item.kind == "leak"]
    assert [(item.place, item.other) for item in found] == [(f"{table}:2", (f"{array}: row 1", "3+5"))]


def test_columns_are_named_by_keys(tmp_path: Path) -> None:
    file = written(tmp_path, "a.csv", "sum,comes to,part\n3+5,9,x\n")
    found = audited(file, keys=Keys(question=("sum",), answer=("comes to",), part="part"))
    assert (found.wrong_answers, found.parts[0].part) == (1, "x")


@pytest.mark.parametrize("element", ["1", "[]", '{"question": "3+5"} {"question": "1+1"}', '{"question": "3+5"', ""])
def test_an_array_of_something_else_is_refused(tmp_path: Path, element: str) -> None:
    file = written(tmp_path, "a.json", f'[{{"question": "1+1"}},\n{element}]')
    with pytest.raises(DataError, match=r"a\.json: row 2: |a\.json: row 3: "):
        audited(file)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "left,right\n1,2\n", r"they are called 'left', 'right'; name one with --question-key"),
        ("a.txt", "What is 3+5?\n8\n", r"an object a line, such as .* or an equation a line, such as 3\+5=8"),
        ("a.json", '{\n  "question": "3+5"\n}\n', r"a\.json:1: .* write one object a line, with jq"),
        ("a.json", '{"data": [{"question": "3+5"}]}', r"rows have data; name the key .* --question-key"),
        ("a.parquet", b"PAR1....", r"a Parquet file: .*to_json"),
        ("a.xlsx", b"PK\x03\x04....", r"a zip archive or a spreadsheet: .* CSV"),
        ("a.xz", b"\xfd7zXZ\x00", r"unpack it with xz -d"),
        ("a.jsonl", '{"a": 1}\n\n\n{"a": \n', r"a\.jsonl:4: no JSON"),
        ("a.csv", 'question,answer\n"3+5' + "," * 200_000, r"a\.csv:2: no row of a table: .*fix its quotes"),
        ("a.jsonl", b"\xff\xfe{\x00", r"neither JSON|UTF-8"),
    ],
)
def test_what_is_not_read_is_named_with_the_way_out(tmp_path: Path, name: str, content: str | bytes, said: str) -> None:
    with pytest.raises(DataError, match=said):
        audited(written(tmp_path, name, content))


def test_a_pipe_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jsonl")
    for path in (tmp_path / "a.jsonl", tmp_path, Path("/dev/zero")):
        with pytest.raises(DataError, match="is no regular file, and files are read twice"):
            audited(path)


@pytest.mark.parametrize("beginning", [b'{"question": "', b"[{", b"3+5=8\n", b"question,answer\n", b" "])
def test_an_endless_line_in_a_small_file_is_refused_in_little_memory(tmp_path: Path, beginning: bytes) -> None:
    zeros = gzip.compress(b"0" * (1 << 22), 1)
    file = tmp_path / "a.jsonl.gz"
    # As many members as make 2 GiB, which only a reader without a limit would unpack.
    file.write_bytes(gzip.compress(beginning) + zeros * 512)
    tracemalloc.start()
    with pytest.raises(DataError, match=r"more than 16 MiB|no JSON|no row|neither JSON"):
        audited(file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * LONGEST


def test_a_long_array_on_one_line_is_read_in_constant_memory(tmp_path: Path) -> None:
    rows = 3_000
    padding = "x" * 6_000
    items = ", ".join(f'{{"question": "{i}+1", "answer": {i + 1}, "note": "{padding}"}}' for i in range(rows))
    file = written(tmp_path, "a.json.gz", f"[{items}]")
    assert len(items) > LONGEST
    del items
    tracemalloc.start()
    assert (found := audited(file)).is_clean
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.rows == rows
    assert peak < LONGEST


def test_thousands_of_parts_take_linear_time(tmp_path: Path) -> None:
    rows = [{"question": f"{i % 97}+{i}", "answer": str(i % 97 + i), "split": f"part {i % 3000}"} for i in range(6000)]
    rows.append({"question": "0+0", "answer": "0", "split": "part 2999"})
    file = written(tmp_path, "a.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    start = time.process_time()
    found = audited(file)
    assert time.process_time() - start < 5
    assert (len(found.parts), found.overlaps, found.leaks["string"]) == (3000, None, 1)
    assert [item.kind for item in found.findings][:1] == ["leak"]


def test_a_long_name_of_a_part_is_cut_and_stays_apart_from_others(tmp_path: Path) -> None:
    rows = [{"question": "3+5", "answer": "8", "split": "x" * 100_000 + end} for end in "aab"]
    file = written(tmp_path, "a.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    found = audited(file)
    assert [part.rows for part in found.parts] == [2, 1]
    assert max(len(part.part) for part in found.parts) < 100
