from __future__ import annotations

import shutil

import pytest

from exprlearn.errors import OptionError, RunError
from exprlearn.runs.run_files import append_lines, read_lines, write_text
from exprlearn.runs.run_folder import check_name, create, find, state_of


def test_runs_are_numbered_and_the_latest_is_found(tmp_path):
    first, second = create(tmp_path, None, "mixed-seq2seq"), create(tmp_path, None, "mixed-seq2seq")
    assert (first.name, second.name) == ("mixed-seq2seq-1", "mixed-seq2seq-2")
    for folder in (first, second):
        folder.write_run({"state": "training"})
    assert find("latest", tmp_path).path == second.path
    assert find("mixed-seq2seq-1", tmp_path).path == first.path
    assert find(first.path).path == first.path


def test_a_named_run_is_never_overwritten(tmp_path):
    create(tmp_path, "mine", "")
    with pytest.raises(RunError, match="exists already"):
        create(tmp_path, "mine", "")


WRONG = [
    "",
    ".",
    "..",
    "../x",
    "a/b",
    "/tmp/x",
    "a\\b",
    "a\0b",
    "a\nb",
    "\x1b[2J",
    "\udcff",
    "-a",
    ".a",
    " a",
    "a ",
    "x" * 201,
]


@pytest.mark.parametrize("name", [*WRONG, "latest", "Latest"])
def test_a_name_that_no_run_can_have_is_refused_and_nothing_is_made(tmp_path, name):
    runs = tmp_path / "below" / "runs"
    with pytest.raises(OptionError, match=r"^--name ") as refused:
        create(runs, name, "")
    assert str(refused.value).isprintable()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a", "1", "mixed seed 7", "größe+1.2_x", "x" * 200, "ends."])
def test_other_names_are_taken_once(tmp_path, name):
    assert create(tmp_path, name, "").path == tmp_path / name
    with pytest.raises(RunError, match="exists already"):
        check_name(tmp_path, name)


@pytest.mark.parametrize("prefix", ["-a/b", "..", "x" * 300, "é" * 300, "a\nb", "\udcff", "my sums"])
def test_any_prefix_makes_a_name_that_can_be_asked_for(tmp_path, prefix):
    folder = create(tmp_path, None, prefix)
    folder.write_run({"state": "training"})
    shutil.rmtree(folder.path)
    check_name(tmp_path, folder.name)


def test_a_name_too_long_for_any_file_is_no_run(tmp_path):
    with pytest.raises(RunError, match="no run"):
        find("x" * 300, tmp_path)


def test_a_run_whose_process_is_gone_is_interrupted(tmp_path):
    folder = create(tmp_path, "mine", "")
    with folder.hold():
        assert state_of(folder.path, {"state": "training"}) == "training"
    assert state_of(folder.path, {"state": "training"}) == "interrupted"
    assert state_of(folder.path, {"state": "finished"}) == "finished"
    assert state_of(folder.path, {}) is None


def test_a_missing_run_and_a_folder_that_is_none_are_told_apart(tmp_path):
    with pytest.raises(RunError, match=r"no run below .* yet: exprlearn train"):
        find("latest", tmp_path)
    create(tmp_path, "mine", "").write_run({})
    with pytest.raises(RunError, match=r"no run 'mien', .* did you mean 'mine'"):
        find("mien", tmp_path)
    with pytest.raises(RunError, match=r"has no run\.json"):
        find(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"format": 99}', "[" * 100_000])
def test_a_damaged_or_foreign_document_is_refused(tmp_path, text):
    folder = create(tmp_path, "mine", "")
    (folder.path / "run.json").write_text(text)
    with pytest.raises(RunError):
        folder.read_json("run.json")


def test_epochs_after_the_checkpoint_are_forgotten(tmp_path):
    folder = create(tmp_path, "mine", "")
    for epoch in (1, 2, 3):
        folder.append_epoch({"epoch": epoch, "loss": 1.0}, [{"epoch": epoch, "answer": "4"}])
    folder.forget_after(2)
    assert [row["epoch"] for row in read_lines(folder.path / "metrics.jsonl")] == [1, 2]
    assert [row["epoch"] for row in read_lines(folder.path / "samples.jsonl")] == [1, 2]


def test_a_last_line_that_a_crash_cut_is_passed_over(tmp_path):
    file = tmp_path / "rows.jsonl"
    append_lines(file, [{"a": 1}])
    with file.open("a") as stream:
        stream.write('{"a": ')
    assert read_lines(file) == [{"a": 1}]


def test_a_file_that_cannot_be_written_is_named_and_the_old_one_stays(tmp_path):
    file = tmp_path / "config.toml"
    write_text(file, "old")
    with pytest.raises(RunError, match="cannot write"):
        write_text(tmp_path / "missing" / "config.toml", "new")
    with pytest.raises(UnicodeEncodeError):
        write_text(file, "\ud800")
    assert file.read_text() == "old"
    assert [place.name for place in tmp_path.iterdir()] == ["config.toml"]
