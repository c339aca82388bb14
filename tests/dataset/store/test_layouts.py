from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from exprlearn.dataset.drawing.rows import Rows
from exprlearn.dataset.store import (
    DatasetRecipe,
    Tools,
    build,
    read_manifest,
    read_rows,
    repair,
    verify,
    write_collection_card,
)
from exprlearn.dataset.store.builder import open_builder
from exprlearn.dataset.store.planning import Piece

MakeRecipe = Callable[..., DatasetRecipe]
LAYOUTS = ["rows", "qa", "chat", "completion", "tokens"]


def some_rows(recipe: DatasetRecipe, tools: Tools) -> Rows:
    return next(open_builder(recipe, tools).rows(Piece("train", 50)))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_lines_and_columns_say_the_same(make_recipe: MakeRecipe, tools: Tools, layout: str) -> None:
    recipe = make_recipe(layout=layout)
    made, rows = open_builder(recipe, tools).layout, some_rows(recipe, tools)
    columns = made.columns(rows)
    assert list(columns) == list(made.fields)
    by_column = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    assert [json.loads(line) for line in made.lines(rows)] == by_column


@pytest.mark.parametrize(
    ("layout", "row"),
    [
        ("qa", {"question": "7-5", "answer": "2"}),
        ("chat", {"messages": [{"role": "user", "content": "7-5"}, {"role": "assistant", "content": "2"}]}),
        ("completion", {"prompt": "7-5=", "completion": "2"}),
        ("tokens", {"source": [9, 14, 11, 0, 0, 0, 0, 0, 0, 0, 0], "target": [6, 2, 0, 0, 0, 0]}),
    ],
)
def test_rows_look_as_promised(make_recipe: MakeRecipe, tools: Tools, layout: str, row: dict[str, object]) -> None:
    recipe = make_recipe(layout=layout)
    found = json.loads(open_builder(recipe, tools).layout.lines(some_rows(recipe, tools))[0])
    assert found.keys() == row.keys()
    if layout != "tokens":
        assert found == row
    else:
        assert [len(value) for value in found.values()] == [11, 6]


@pytest.mark.parametrize("layout", ["rows", "qa", "chat", "completion"])
@pytest.mark.parametrize(
    ("texts", "written"),
    [
        (["1×2", "3"], ['"1×2', '"3']),
        (["1×2", "a\\b"], ['"1\\u00d72', '"a\\\\b']),
        (["\ud800", '"%s"\n'], ['"\\ud800', '"\\"%s\\"\\n']),
    ],
)
def test_a_column_that_needs_escapes_is_plain_ascii(
    make_recipe: MakeRecipe, tools: Tools, layout: str, texts: list[str], written: list[str]
) -> None:
    # The bytes of folders that were built before, so that these can be repaired.
    rows = replace(some_rows(make_recipe(), tools).select(slice(2)), expressions=np.array(texts))
    lines = open_builder(make_recipe(layout=layout), tools).layout.lines(rows)
    assert all(text in line for text, line in zip(written, lines, strict=True))


def test_ids_are_those_of_the_encoder(make_recipe: MakeRecipe, tools: Tools) -> None:
    recipe = make_recipe(layout="tokens")
    builder, rows = open_builder(recipe, tools), some_rows(recipe, tools)
    assert builder.encoder is not None
    found = [json.loads(line) for line in builder.layout.lines(rows)]
    assert [row["source"] for row in found] == builder.encoder.sources(rows.expressions).tolist()
    assert [row["target"] for row in found] == builder.encoder.targets(rows.answers).tolist()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_parquet_holds_the_same_rows(make_recipe: MakeRecipe, tools: Tools, tmp_path: Path, layout: str) -> None:
    pytest.importorskip("pyarrow")
    for file_format in ("jsonl", "parquet"):
        build(tmp_path / file_format, make_recipe(layout=layout, file_format=file_format), tools)
    assert list(read_rows(tmp_path / "parquet")) == list(read_rows(tmp_path / "jsonl"))


def test_parquet_is_verified_and_mended_byte_for_byte(make_recipe: MakeRecipe, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    build(tmp_path, make_recipe(file_format="parquet"))
    name = "train-00003-of-00004.parquet"
    whole = (tmp_path / name).read_bytes()
    random = np.random.default_rng([11, 8])
    for bit in random.integers(len(whole) * 8, size=20).tolist():
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        (tmp_path / name).write_bytes(changed)
        assert [finding.name for finding in verify(tmp_path).findings] == [name]
        assert repair(tmp_path).made == (name,)
        assert (tmp_path / name).read_bytes() == whole


def test_parquet_pages_carry_checksums(make_recipe: MakeRecipe, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    build(tmp_path, make_recipe(file_format="parquet", data={"train": 500, "shards": 3}))
    file = tmp_path / "train-00000-of-00001.parquet"
    data = bytearray(file.read_bytes())
    data[len(data) // 3] ^= 1
    file.write_bytes(data)
    with pytest.raises(OSError, match="CRC"):
        parquet.ParquetFile(file, page_checksum_verification=True).read()


def test_row_groups_do_not_depend_on_how_rows_come(
    make_recipe: MakeRecipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyarrow")
    recipe = make_recipe(file_format="parquet", data={"train": 20_000, "shards": 3})
    build(tmp_path / "one", recipe)
    monkeypatch.setattr("exprlearn.dataset.drawing.slices._MOST", 1 << 12)
    build(tmp_path / "other", recipe)
    sums = [[shard.sha256 for shard in read_manifest(tmp_path / name).shards] for name in ("one", "other")]
    assert sums[0] == sums[1]


def test_compressed_lines_do_not_depend_on_how_rows_come(
    make_recipe: MakeRecipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = make_recipe(data={"train": 30_000, "shards": 3})
    build(tmp_path / "one", recipe)
    monkeypatch.setattr("exprlearn.dataset.drawing.slices._MOST", 1 << 12)
    build(tmp_path / "other", recipe)
    sums = [[shard.sha256 for shard in read_manifest(tmp_path / name).shards] for name in ("one", "other")]
    assert sums[0] == sums[1]


def test_the_card_names_the_files_of_every_split(built: Path) -> None:
    yaml = pytest.importorskip("yaml")
    front = yaml.safe_load((built / "README.md").read_text(encoding="utf-8").split("---\n")[1])
    files = {entry["split"]: entry["path"] for entry in front["configs"][0]["data_files"]}
    assert list(files) == ["train", "validation", "test"]
    parts = {shard.name: {piece.split for piece in shard.pieces} for shard in read_manifest(built).shards}
    assert {name: {split} for split, names in files.items() for name in names} == parts


def test_the_card_leaves_empty_files_out(make_recipe: MakeRecipe, tmp_path: Path) -> None:
    build(tmp_path, make_recipe("addition", sizes={"range": "0..4"}, data={"shards": 3, "level": "operands"}))
    empty = [shard.name for shard in read_manifest(tmp_path).shards if not shard.rows]
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert not any(name in text for name in empty)
    assert len(list(islice(read_rows(tmp_path), 30))) == 25


def test_the_card_says_the_sizes_and_constraints_that_applied(make_recipe: MakeRecipe, tmp_path: Path) -> None:
    sizes = {"terms": "2..3", "brackets": 0, "range": "1..5"}
    carries = {"name": "carries", "maximum": 0}
    build(tmp_path, make_recipe(sizes=sizes, data={"train": 60, "shards": 3, "constraints": [carries]}))
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "| sizes | terms 2..3, brackets 0, NUMBER 1..5 |" in text
    assert "| constraints | carries (maximum=0, minimum=0) |" in text
    sizes_there = {(row["sizes"]["terms"], row["sizes"]["brackets"]) for row in read_rows(tmp_path)}
    assert all(f"\n| {terms} | {brackets} | " in text for terms, brackets in sizes_there)


def test_a_card_over_several_folders_is_written_once_and_never_over_another(built: Path, tmp_path: Path) -> None:
    manifests = {"1-first": read_manifest(built)}
    assert [write_collection_card(tmp_path, "Stages", manifests) for _ in range(2)] == [True, True]
    card = tmp_path / "README.md"
    assert "    - 1-first/train-00003-of-00004.jsonl.gz\n" in card.read_text(encoding="utf-8")
    card.write_text("mine", encoding="utf-8")
    assert not write_collection_card(tmp_path, "Stages", manifests)
    assert card.read_text(encoding="utf-8") == "mine"
