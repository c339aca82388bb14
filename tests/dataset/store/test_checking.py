from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from exprlearn.dataset.store import DatasetRecipe, build, read_manifest, read_rows, repair, verify
from exprlearn.dataset.store.manifest import write_manifest
from exprlearn.engines.processes import ProcessesEngine, ProcessesOptions
from exprlearn.errors import DataError

Bytes = Callable[[Path], Mapping[str, bytes]]
FIRST, SECOND = "train-00000-of-00004.jsonl.gz", "train-00001-of-00004.jsonl.gz"


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def damages(folder: Path, kind: str, count: int, stream: int) -> list[tuple[str, bytes]]:
    """Draw shards with a random cut or a random flipped bit."""
    random = np.random.default_rng([11, stream])
    names = sorted(path.name for path in folder.glob("*-of-*"))
    drawn = []
    for name in random.choice(names, count).tolist():
        data = (folder / name).read_bytes()
        place = int(random.integers(len(data) * (8 if kind == "flip" else 1)))
        drawn.append((name, flipped(data, place) if kind == "flip" else data[:place]))
    return drawn


@pytest.mark.long
@pytest.mark.parametrize(("kind", "count"), [("cut", 60), ("flip", 150)])
def test_every_damage_is_found_named_and_mended(
    folder: Path, built: Path, contents: Bytes, kind: str, count: int
) -> None:
    for name, damaged in damages(built, kind, count, len(kind)):
        (folder / name).write_bytes(damaged)
        assert [finding.name for finding in verify(folder).findings] == [name]
        repaired = repair(folder)
        assert (repaired.made, repaired.left) == ((name,), ())
        assert (folder / name).read_bytes() == (built / name).read_bytes()
    assert contents(folder) == contents(built)


@pytest.mark.parametrize(("kind", "count"), [("cut", 20), ("flip", 60)])
def test_nothing_of_a_damaged_file_is_read(folder: Path, built: Path, kind: str, count: int) -> None:
    for name, damaged in damages(built, kind, count, 5):
        (folder / name).write_bytes(damaged)
        with pytest.raises(DataError, match=f"{name} is missing or damaged: exprlearn data repair"):
            list(read_rows(folder))
        shutil.copy(built / name, folder / name)


def test_swapped_shards_are_told_by_whose_place_they_took(folder: Path, built: Path, contents: Bytes) -> None:
    (folder / FIRST).rename(folder / "aside")
    (folder / SECOND).rename(folder / FIRST)
    (folder / "aside").rename(folder / SECOND)
    findings = verify(folder).findings
    assert [finding.kind for finding in findings] == ["swapped", "swapped"]
    assert str(findings[0]) == f"{FIRST} holds what belongs into {SECOND}"
    assert repair(folder).made == (FIRST, SECOND)
    assert contents(folder) == contents(built)


def test_missing_truncated_altered_and_extra_files_are_told_apart(folder: Path, built: Path, contents: Bytes) -> None:
    names = [shard.name for shard in read_manifest(folder).shards]
    (folder / names[0]).unlink()
    (folder / names[1]).write_bytes((built / names[1]).read_bytes()[:-1])
    (folder / names[2]).write_bytes(flipped((built / names[2]).read_bytes(), 99))
    shutil.copy(built / names[3], folder / "train-00006-of-00007.jsonl.gz")
    assert [finding.kind for finding in verify(folder).findings] == ["missing", "truncated", "altered", "extra"]
    repaired = repair(folder)
    assert (repaired.made, repaired.left) == (tuple(names[:3]), ("train-00006-of-00007.jsonl.gz",))
    assert [finding.kind for finding in verify(folder).findings] == ["extra"]
    (folder / "train-00006-of-00007.jsonl.gz").unlink()
    assert contents(folder) == contents(built)


@pytest.mark.slow
def test_two_processes_mend_as_one_does(folder: Path, built: Path, contents: Bytes) -> None:
    (folder / FIRST).unlink()
    (folder / SECOND).unlink()
    assert set(repair(folder, engine=ProcessesEngine(ProcessesOptions(workers=2))).made) == {FIRST, SECOND}
    assert contents(folder) == contents(built)


def test_repair_keeps_files_that_are_no_shards(folder: Path) -> None:
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    (folder / "README.md").write_text("edited", encoding="utf-8")
    assert verify(folder).findings == ()
    assert repair(folder).findings == ()
    assert (folder / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert (folder / "README.md").read_text(encoding="utf-8") == "edited"


@pytest.mark.parametrize("act", [verify, repair, read_manifest, lambda folder: list(read_rows(folder))])
def test_a_folder_without_a_manifest_is_refused(folder: Path, act: Callable[[Path], object]) -> None:
    (folder / "manifest.json").unlink()
    with pytest.raises(DataError, match=r"is no finished dataset folder, it has no manifest\.json"):
        act(folder)


def test_an_altered_manifest_is_refused_or_says_the_same(folder: Path) -> None:
    file, whole = folder / "manifest.json", read_manifest(folder)
    data = file.read_bytes()
    random = np.random.default_rng([11, 3])
    refused = 0
    for bit in random.integers(len(data) * 8, size=200).tolist():
        file.write_bytes(flipped(data, bit))
        try:
            assert read_manifest(folder) == whole
        except DataError:
            refused += 1
    for length in random.integers(len(data) - 1, size=60).tolist():
        file.write_bytes(data[:length])
        with pytest.raises(DataError):
            read_manifest(folder)
    assert refused > 150


def test_shards_of_other_bytes_are_not_passed_off_as_mended(folder: Path) -> None:
    manifest = read_manifest(folder)
    foreign = manifest.shards[0].model_copy(update={"sha256": "0" * 64})
    write_manifest(folder, manifest.model_copy(update={"shards": [foreign, *manifest.shards[1:]], "made_by": "zlib 9"}))
    with pytest.raises(DataError, match=r"comes out with other bytes: .* with zlib 9, here is zlib 1"):
        repair(folder)


def test_a_folder_of_another_format_is_refused_with_both(folder: Path) -> None:
    document = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps(document | {"format": 3}), encoding="utf-8")
    with pytest.raises(DataError, match="is of format 3, this exprlearn reads formats up to 2"):
        verify(folder)


def test_a_folder_of_another_data_version_is_verified_but_not_mended(folder: Path, recipe: DatasetRecipe) -> None:
    write_manifest(folder, read_manifest(folder).model_copy(update={"data_version": 77}))
    assert verify(folder).findings == ()
    (folder / FIRST).unlink()
    with pytest.raises(DataError, match="these rows are of data version 77"):
        repair(folder)
    with pytest.raises(DataError, match="data version: 77 here"):
        build(folder, recipe)
