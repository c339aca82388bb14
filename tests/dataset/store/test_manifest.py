"""Folders that somebody has made up: manifests with a right sum that no build has written, links, pipes, devices."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from exprlearn.dataset.store import DatasetRecipe, build, read_manifest, read_rows, repair, verify
from exprlearn.dataset.store.manifest import sum_of
from exprlearn.errors import DataError

Bytes = Callable[[Path], Mapping[str, bytes]]
FIRST, VALIDATION = "train-00000-of-00004.jsonl.gz", "validation-00000-of-00001.jsonl.gz"
HUGE = 10**15


def rewrite(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change a manifest and give it a right sum."""
    file = folder / "manifest.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    document.pop("sha256")
    change(document)
    digest = sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    file.write_text(json.dumps({**document, "sha256": digest}), encoding="utf-8")


def without_shards(document: dict[str, Any]) -> None:
    document["shards"] = []


def without_anything(document: dict[str, Any]) -> None:
    document["shards"] = []
    document["rows"] = dict.fromkeys(document["rows"], 0)


def with_a_huge_count(document: dict[str, Any]) -> None:
    document["rows"]["train"] = HUGE


def with_a_huge_shard(document: dict[str, Any]) -> None:
    document["shards"][0]["rows"] = HUGE


def with_huge_pieces(document: dict[str, Any]) -> None:
    document["shards"][0]["rows"] = document["shards"][0]["pieces"][0]["rows"] = HUGE
    document["rows"]["train"] += HUGE - 300


def without_a_part(document: dict[str, Any]) -> None:
    del document["rows"]["test"]


def with_fewer_shards(document: dict[str, Any]) -> None:
    document["rows"]["test"] -= document["shards"].pop()["rows"]


def with_a_renamed_split(document: dict[str, Any]) -> None:
    document["shards"][4]["pieces"][0]["split"] = "train"


def with_a_slice_too_many(document: dict[str, Any]) -> None:
    document["shards"][0]["pieces"][0]["slice"] = 4


def with_a_strange_config(document: dict[str, Any]) -> None:
    document["config"]["data"] = [1]


def with_strange_shards(document: dict[str, Any]) -> None:
    document["config"]["data"]["shards"] = "6"


def without_counts_in_the_proof(document: dict[str, Any]) -> None:
    document["proof"] = {"holds": True}


CHANGES = [
    without_shards,
    without_anything,
    with_a_huge_count,
    with_a_huge_shard,
    with_huge_pieces,
    without_a_part,
    with_fewer_shards,
    with_a_renamed_split,
    with_a_slice_too_many,
    with_a_strange_config,
    with_strange_shards,
    without_counts_in_the_proof,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_manifest_that_contradicts_itself_is_refused_and_nothing_is_touched(
    folder: Path, recipe: DatasetRecipe, contents: Bytes, change: Callable[[dict[str, Any]], None]
) -> None:
    rewrite(folder, change)
    before = contents(folder)
    for act in (verify, repair, lambda folder: list(read_rows(folder)), lambda folder: build(folder, recipe)):
        with pytest.raises(DataError, match="is no manifest of a build"):
            act(folder)
    assert contents(folder) == before


def consistent(rows: int) -> Callable[[dict[str, Any]], None]:
    """Say in every place that the first file and the whole have so many more rows."""

    def change(document: dict[str, Any]) -> None:
        document["shards"][0]["rows"] += rows
        document["shards"][0]["pieces"][0]["rows"] += rows
        for counts in (document["rows"], document["asked"], document["config"]["data"]):
            counts["train"] += rows

    return change


@pytest.mark.parametrize(
    ("more", "said"), [(HUGE, "holds 300 rows instead of 1000000000000300"), (-1, "holds more than 299 rows")]
)
def test_rows_are_counted_and_repair_does_not_believe_a_wrong_count(
    folder: Path, contents: Bytes, more: int, said: str
) -> None:
    rewrite(folder, consistent(more))
    before = contents(folder)
    assert [str(finding) for finding in verify(folder).findings] == [f"{FIRST} {said}, though its sum is right"]
    with pytest.raises(DataError, match=r"no build has written this manifest\.json"):
        repair(folder)
    with pytest.raises(DataError, match=r"rows that|says"):
        list(read_rows(folder))
    assert contents(folder) == before


@pytest.mark.parametrize(
    "make",
    [lambda: bytes(1 << 26), lambda: b"no gzip", lambda: gzip.compress(bytes(1 << 26))],
    ids=["zeros", "no gzip", "packed zeros"],
)
def test_a_file_that_its_manifest_vouches_for_is_counted_in_little_memory(
    folder: Path, make: Callable[[], bytes]
) -> None:
    data = make()
    (folder / FIRST).write_bytes(data)
    rewrite(folder, lambda document: document["shards"][0].update(bytes=len(data), sha256=sum_of(folder / FIRST)))
    (finding,) = verify(folder).findings
    assert finding.kind == "miscounted"


def test_a_link_is_found_not_read_and_mended_without_touching_what_it_names(
    folder: Path, built: Path, contents: Bytes, tmp_path: Path
) -> None:
    aside = tmp_path / "aside.gz"
    (folder / FIRST).rename(aside)
    (folder / FIRST).symlink_to(aside)
    assert [str(finding) for finding in verify(folder).findings] == [
        f"{FIRST} is a link: what it holds can change elsewhere"
    ]
    with pytest.raises(DataError, match="is missing or damaged"):
        list(read_rows(folder))
    assert repair(folder).made == (FIRST,)
    assert not (folder / FIRST).is_symlink()
    assert aside.read_bytes() == (built / FIRST).read_bytes()
    assert contents(folder) == contents(built)


@pytest.mark.parametrize("place", [lambda file: os.mkfifo(file), lambda file: file.symlink_to("/dev/zero")])
def test_a_pipe_or_device_is_found_without_being_opened(
    folder: Path, built: Path, contents: Bytes, place: Callable[[Path], None]
) -> None:
    for name in (FIRST, VALIDATION):
        (folder / name).unlink()
        place(folder / name)
    assert [finding.kind for finding in verify(folder).findings] == ["foreign", "foreign"]
    with pytest.raises(DataError, match="is missing or damaged"):
        list(read_rows(folder))
    assert repair(folder).made == (FIRST, VALIDATION)
    assert contents(folder) == contents(built)


@pytest.mark.parametrize("place", [lambda file: os.mkfifo(file), lambda file: file.symlink_to("/dev/zero")])
def test_a_manifest_that_is_no_plain_file_is_refused(folder: Path, place: Callable[[Path], None]) -> None:
    (folder / "manifest.json").unlink()
    place(folder / "manifest.json")
    with pytest.raises(DataError, match="is no finished dataset folder"):
        verify(folder)


def test_a_folder_in_the_place_of_a_file_is_told_and_kept(folder: Path) -> None:
    (folder / FIRST).unlink()
    (folder / FIRST).mkdir()
    (folder / FIRST / "thesis.tex").write_text("precious", encoding="utf-8")
    assert [str(finding) for finding in verify(folder).findings] == [f"{FIRST} is no plain file"]
    with pytest.raises(DataError, match=f"cannot write .*{FIRST}"):
        repair(folder)
    assert (folder / FIRST / "thesis.tex").read_text(encoding="utf-8") == "precious"


def test_a_length_of_no_file_is_enough_to_know_that_it_was_altered(folder: Path) -> None:
    with (folder / FIRST).open("ab") as stream:
        stream.truncate(1 << 40)
    (finding,) = verify(folder).findings
    assert str(finding).startswith(f"{FIRST} was altered: it has {1 << 40} bytes instead of")


def test_repair_keeps_an_altered_file_that_it_cannot_make_anew(folder: Path) -> None:
    (folder / FIRST).write_bytes(b"somebody's own rows")
    rewrite(folder, lambda document: document["shards"][0].update(sha256="0" * 64))
    with pytest.raises(DataError, match="comes out with other bytes"):
        repair(folder)
    rewrite(folder, lambda document: document["shards"][0].update(bytes=10))
    with pytest.raises(DataError, match="comes out with other bytes"):
        repair(folder)
    assert (folder / FIRST).read_bytes() == b"somebody's own rows"
    assert not list(folder.glob(".*"))


def test_only_what_killed_writers_of_its_own_files_have_left_is_removed(folder: Path, recipe: DatasetRecipe) -> None:
    mine, left = folder / ".secret.deadbeef", folder / f".{FIRST}.deadbeef"
    for act in (repair, lambda folder: build(folder, recipe)):
        for file in (mine, left):
            file.write_text("x", encoding="utf-8")
        act(folder)
        assert (mine.exists(), left.exists()) == (True, False)


def test_notes_of_a_build_that_are_pipes_are_not_waited_for(tmp_path: Path, recipe: DatasetRecipe, built: Path) -> None:
    folder = tmp_path / "data"
    build(folder, recipe, only=[0])
    note = folder / ".building" / f"{FIRST}.json"
    note.unlink()
    os.mkfifo(note)
    assert build(folder, recipe).manifest == read_manifest(built)
