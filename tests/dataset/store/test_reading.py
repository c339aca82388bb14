from __future__ import annotations

import gzip
import json
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from exprlearn.dataset import Example
from exprlearn.dataset.store import DatasetRecipe, Tools, build, read_examples, read_manifest, read_rows, repair
from exprlearn.dataset.store.manifest import LARGEST, sum_of, write_manifest
from exprlearn.errors import DataError, OptionError

MakeRecipe = Callable[..., DatasetRecipe]
FIRST = "train-00000-of-00004.jsonl.gz"


def forged(folder: Path, data: bytes) -> None:
    """Replace the first shard and enter it in the manifest, as a liar would."""
    (folder / FIRST).write_bytes(data)
    manifest = read_manifest(folder)
    entry = manifest.shards[0].model_copy(update={"bytes": len(data), "sha256": sum_of(folder / FIRST)})
    write_manifest(folder, manifest.model_copy(update={"shards": [entry, *manifest.shards[1:]]}))


def peak_of_reading(folder: Path) -> int:
    tracemalloc.start()
    count = sum(1 for _ in read_examples(folder, "train"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == read_manifest(folder).rows["train"]
    return peak


def test_splits_are_read_apart(built: Path) -> None:
    assert {row["split"] for row in read_rows(built, "test")} == {"test"}
    assert len(list(read_rows(built, "validation"))) == 100


def test_splits_that_share_a_file_are_read_apart(make_recipe: MakeRecipe, tmp_path: Path) -> None:
    build(tmp_path / "data", make_recipe(layout="qa", data={"shards": 1}))
    whole = list(read_examples(tmp_path / "data"))
    assert list(read_examples(tmp_path / "data", "validation")) == whole[1200:1300]


def test_an_unknown_split_is_refused(built: Path) -> None:
    with pytest.raises(OptionError, match="no split is called 'trian': did you mean 'train'"):
        read_rows(built, "trian")  # type: ignore[arg-type]


@pytest.mark.parametrize("layout", ["rows", "qa", "chat", "completion"])
def test_examples_come_back_from_every_layout_of_texts(
    make_recipe: MakeRecipe, tmp_path: Path, built: Path, layout: str
) -> None:
    build(tmp_path / "data", make_recipe(layout=layout))
    assert list(read_examples(tmp_path / "data")) == list(read_examples(built))


def test_ids_come_back_as_rows_only(make_recipe: MakeRecipe, tmp_path: Path, built: Path, tools: Tools) -> None:
    found = build(tmp_path / "data", make_recipe(layout="tokens"), tools).manifest
    assert found is not None
    assert found.encoder is not None
    rows = list(read_rows(tmp_path / "data", "test"))
    assert [list(row) for row in rows] == [["source", "target"]] * 150
    assert len({len(row["source"]) for row in rows}) == 1
    with pytest.raises(DataError, match="holds ids and no texts"):
        read_examples(tmp_path / "data")


@pytest.mark.long
def test_reading_and_building_need_the_same_memory_for_ten_times_the_rows(
    make_recipe: MakeRecipe, tmp_path: Path
) -> None:
    peaks = {}
    for train in (4_000, 40_000):
        build(tmp_path / str(train), make_recipe("sums", data={"train": train, "shards": 3}))
        peaks[train] = peak_of_reading(tmp_path / str(train))
    assert peaks[40_000] < peaks[4_000] + 200_000


@pytest.mark.slow
def test_building_a_hundred_times_the_rows_needs_the_same_memory(make_recipe: MakeRecipe, tmp_path: Path) -> None:
    peaks = {}
    for train in (10_000, 100_000, 1_000_000):
        recipe = make_recipe("sums", data={"train": train, "shards": 3})
        tracemalloc.start()
        build(tmp_path / str(train), recipe)
        peaks[train] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peaks[1_000_000] < 1.1 * peaks[100_000] < 200e6


HOSTILE = {
    "no JSON": b"\x80\x04K*.",
    "no object": b"[1, 2]",
    "deep": b'{"format":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    "empty": b"",
    "unknown keys": b'{"format": 1, "sha256": "", "py/object": "os.system"}',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_manifest_is_refused(folder: Path, name: str) -> None:
    (folder / "manifest.json").write_bytes(HOSTILE[name])
    with pytest.raises(DataError, match=r"manifest\.json"):
        read_manifest(folder)


def test_a_manifest_beyond_all_measure_is_not_read(folder: Path) -> None:
    with (folder / "manifest.json").open("wb") as stream:
        stream.truncate(LARGEST + 1)
    with pytest.raises(DataError, match="is too large: it has 67108865 bytes, and at most 67108864"):
        read_manifest(folder)


@pytest.mark.parametrize("name", ["../train-00000-of-00004.jsonl.gz", "/etc/passwd", "train-00001-of-00004.jsonl.gz"])
def test_a_manifest_cannot_name_files_of_its_choice(folder: Path, name: str) -> None:
    manifest = read_manifest(folder)
    entry = manifest.shards[0].model_copy(update={"name": name})
    write_manifest(folder, manifest.model_copy(update={"shards": [entry, *manifest.shards[1:]]}))
    with pytest.raises(DataError, match=r"they are not the files that a build with data\.shards=6 writes"):
        read_manifest(folder)


def test_a_manifest_can_only_name_components_that_are_offered(folder: Path) -> None:
    manifest = read_manifest(folder)
    config = manifest.config | {"division": {"policy": "os.system"}}
    write_manifest(folder, manifest.model_copy(update={"config": config}))
    (folder / FIRST).unlink()
    with pytest.raises(OptionError, match=r"no division named 'os\.system'"):
        repair(folder)


def test_a_manifest_whose_config_is_none_is_refused(folder: Path) -> None:
    manifest = read_manifest(folder)
    write_manifest(folder, manifest.model_copy(update={"config": manifest.config | {"seed": -1}}))
    (folder / FIRST).unlink()
    with pytest.raises(DataError, match="the config that the folder was built from cannot be read"):
        repair(folder)


def test_a_line_without_end_does_not_fill_the_memory(folder: Path) -> None:
    forged(folder, gzip.compress(b" " * (1 << 26)))
    tracemalloc.start()
    with pytest.raises(DataError, match="a line is no JSON object"):
        list(read_rows(folder))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 24


@pytest.mark.parametrize("line", ["[1]", "{", "[" * 100_000, '"text"', "NaN"])
def test_a_line_that_is_no_row_is_refused(folder: Path, line: str) -> None:
    forged(folder, gzip.compress(f"{line}\n".encode()))
    with pytest.raises(DataError, match="is damaged: a line is no JSON object"):
        list(read_rows(folder))


def test_a_row_of_another_layout_is_refused(folder: Path) -> None:
    forged(folder, gzip.compress(json.dumps({"question": "1+1"}).encode() + b"\n"))
    with pytest.raises(DataError, match="has a row that is not of layout rows"):
        list(read_examples(folder))


def test_reading_runs_no_code(folder: Path) -> None:
    ran: list[str] = []

    def listen(event: str, arguments: tuple[object, ...]) -> None:
        if listening and event in {"exec", "compile", "pickle.find_class", "os.system", "subprocess.Popen"}:
            ran.append(event)

    listening = True
    sys.addaudithook(listen)
    assert next(read_examples(folder)) == Example("7-5", "2")
    listening = False
    assert ran == []
