"""Folders of format 1, as they were written before files were named by their split; `older/` holds some."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from exprlearn.dataset import SPLITS, split_of
from exprlearn.dataset.drawing.rows import calculations
from exprlearn.dataset.store import DatasetRecipe, Tools, build, read_examples, read_manifest, read_rows, repair, verify
from exprlearn.dataset.store.formats import FORMATS
from exprlearn.errors import DataError

OLDER = Path(__file__).parent / "older"
MIXED = {"rows": 0, "two": 1, "chat": 1, "stage": 1}


@pytest.mark.parametrize("name", MIXED)
def test_a_folder_of_format_1_verifies_and_is_read_split_by_split(name: str) -> None:
    manifest = verify(OLDER / name).manifest
    assert verify(OLDER / name).findings == ()
    assert (manifest.format, len(manifest.mixed)) == (1, MIXED[name])
    for part in SPLITS:
        found = list(read_examples(OLDER / name, part))
        assert len(found) == manifest.rows[part]
        assert {split_of(example.expression) for example in found} == {part}


def test_in_a_row_of_format_1_the_number_of_calculations_is_called_difficulty() -> None:
    for row in read_rows(OLDER / "rows"):
        assert list(row) == ["expression", "answer", "split", "index", "sizes", "difficulty"]
        assert row["difficulty"] == calculations(row["expression"])


@pytest.mark.parametrize("name", MIXED)
def test_a_folder_of_format_1_is_mended_byte_for_byte_or_left_alone(name: str, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(OLDER / name, tmp_path / "data"))
    damaged = folder / read_manifest(folder).shards[-1].name
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:-1])
    if read_manifest(folder).made_by == FORMATS["jsonl"].made_by():
        assert repair(folder).made == (damaged.name,)
        assert damaged.read_bytes() == whole
    else:
        with pytest.raises(DataError, match="comes out with other bytes"):
            repair(folder)
        assert damaged.read_bytes() == whole[:-1]


def test_a_finished_folder_of_format_1_is_not_built_anew_and_one_on_its_way_is_refused(tmp_path: Path) -> None:
    recipe = read_manifest(OLDER / "rows").recipe
    folder = Path(shutil.copytree(OLDER / "rows", tmp_path / "data"))
    assert build(folder, newest(recipe), Tools()).written == ()
    begun = tmp_path / "begun"
    (begun / ".building").mkdir(parents=True)
    text = json.dumps({name: value for name, value in asdict(recipe).items() if name != "format"})
    (begun / ".building" / "recipe.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="format: 1 here, 2 asked for"):
        build(begun, newest(recipe), Tools())


def newest(recipe: DatasetRecipe) -> DatasetRecipe:
    return replace(recipe.renewed, format=2)
