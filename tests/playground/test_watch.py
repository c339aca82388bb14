from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from exprlearn.playground.run_documents import run_document
from exprlearn.playground.watch import Growing, Watch
from exprlearn.runs.run_folder import RunFolder


@settings(max_examples=25)
@given(st.lists(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\n\r"), min_size=1), min_size=1))
def test_a_file_that_grows_byte_by_byte_gives_each_line_once(tmp_path_factory: object, texts: list[str]) -> None:
    file = tmp_path_factory.mktemp("growing") / "lines"  # type: ignore[attr-defined]
    whole = "".join(json.dumps(text) + "\n" for text in texts).encode()
    growing, found = Growing(file), []
    with file.open("ab", buffering=0) as stream:
        for place in range(len(whole)):
            stream.write(whole[place : place + 1])
            found += growing.lines()
    assert [json.loads(line) for line in found] == texts


def test_a_file_that_became_shorter_is_read_from_its_beginning(tmp_path: Path) -> None:
    file = tmp_path / "lines"
    file.write_text("1\n2\n3\n")
    growing = Growing(file)
    assert growing.lines() == ["1", "2", "3"]
    file.write_text("1\n")
    assert growing.lines() == ["1"]
    assert growing.restarted
    assert growing.lines() == []
    assert not growing.restarted


def test_a_watcher_hears_of_each_epoch_once(recorded: Path) -> None:
    lines = (recorded / "metrics.jsonl").read_text().splitlines()
    (recorded / "metrics.jsonl").write_text(lines[0] + "\n")
    watch = Watch(recorded)
    first = watch.news()
    assert first is not None
    assert [row["epoch"] for row in first["epochs"]] == [1]
    assert {row["line"] for row in first["right"]} == {"exact match", "digits"}
    assert watch.news() is None
    with (recorded / "metrics.jsonl").open("a") as stream:
        stream.write("damaged\n" + lines[1] + "\n" + lines[2][:20])
    second = watch.news()
    assert second is not None
    assert [row["x"] for row in second["loss"]] == [2]


def test_of_very_many_epochs_some_are_told(recorded: Path) -> None:
    rows = [{"epoch": epoch, "loss": 1.0, "exact_match": 0.5, "digit_accuracy": 0.5} for epoch in range(1, 5001)]
    (recorded / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    news = Watch(recorded).news()
    assert news is not None
    assert len(news["epochs"]) == 120
    assert (news["epochs"][0]["epoch"], news["epochs"][-1]["epoch"]) == (1, 5000)


def test_a_training_is_over_when_its_folder_says_so_or_its_process_is_gone(recorded: Path) -> None:
    watch = Watch(recorded)
    assert watch.is_over()
    (recorded / "run.json").write_text('{"state": "training"}')
    with RunFolder(recorded).hold():
        assert not watch.is_over()
        assert run_document(recorded)["state"] == "training"
    assert watch.is_over()
    assert run_document(recorded)["state"] == "interrupted"
    (recorded / "run.json").write_text("{")
    assert not watch.is_over()
