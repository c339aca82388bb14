"""What `datasets.load_dataset` makes of the folders that are written here: which file is read as which split.

    pytest -n 0 -m slow tests/cli/test_load_dataset.py

Its rules are written down once more below, so that the test needs no such package; where it is installed, both must
agree.
"""

from __future__ import annotations

import gzip
import json
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from exprlearn.dataset import canonical_key
from exprlearn.dataset.store import read_manifest

Cli = Callable[..., Any]
Splits = Mapping[str, list[Path]]

LAYOUTS = ("rows", "qa", "chat", "completion", "tokens")
COUNTS = ("--train", "60", "--validation", "12", "--test", "12", "--progress", "none")
KEYWORDS = {
    "train": "train|training",
    "validation": "validation|valid|dev|val",
    "test": "test|testing|eval|evaluation",
}
STAGES = """\
[[curriculum.stages]]
name = "train: one digit"
grammar = { name = "addition", range = "0..9" }

[[curriculum.stages]]
name = "test"
grammar = { name = "sums", range = "0..20", terms = "2..3" }
constraints = [{ name = "carries", maximum = 1 }]
"""


def splits_by_card(folder: Path) -> dict[str, dict[str, list[Path]]]:
    """Read the configurations of a card: files by split, as written in its front matter."""
    configs: dict[str, dict[str, list[Path]]] = {}
    front = (folder / "README.md").read_text(encoding="utf-8").split("---\n")[1]
    for key, value in re.findall(r"^ *(?:- )?(config_name: |split: |- )(\S+)$", front, re.MULTILINE):
        if key == "config_name: ":
            files = configs.setdefault(value, {})
        elif key == "split: ":
            names = files.setdefault(value, [])
        elif configs:
            names.append(folder / value)
    return configs


def splits_by_name(folder: Path) -> dict[str, list[Path]]:
    """Tell the split of each file of a folder without a card: by folders first, then by files, then all is train."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "README.md"]
    for parts in (lambda path: path.relative_to(folder).parts[:-1], lambda path: (path.name,)):
        found = {
            split: [path for path in files if any(is_keyword(words, part) for part in parts(path))]
            for split, words in KEYWORDS.items()
        }
        if any(found.values()):
            return {split: paths for split, paths in found.items() if paths}
    return {"train": files}


def is_keyword(words: str, name: str) -> bool:
    return re.search(rf"(^|[-._ 0-9])({words})([-._ 0-9]|$)", name) is not None


def text_of(row: dict[str, Any], symbols: list[str]) -> str:
    """Read the expression of a row of any layout."""
    match row:
        case {"expression": text} | {"question": text} | {"messages": [{"content": text}, _]}:
            return str(text)
        case {"prompt": text}:
            return str(text).removesuffix("=")
    return "".join(symbols[number - 3] for number in row["source"] if number >= 3)


def forms(files: list[Path]) -> list[int]:
    """List the canonical forms of all rows of some files."""
    found = []
    for file in files:
        encoder = read_manifest(file.parent).encoder or {"vocabulary": {"symbols": []}}
        with gzip.open(file, "rt", encoding="utf-8") as stream:
            found += [canonical_key(text_of(json.loads(line), encoder["vocabulary"]["symbols"])) for line in stream]
    return found


def assert_apart(splits: Splits, rows: int) -> None:
    """All rows are in three splits, and no held-out form is one to train on."""
    assert list(splits) == ["train", "validation", "test"]
    found = {split: forms(files) for split, files in splits.items()}
    assert sum(map(len, found.values())) == rows
    assert not set(found["train"]) & {*found["validation"], *found["test"]}
    assert not set(found["validation"]) & set(found["test"])


def assert_the_package_agrees(folder: Path, config: str, splits: Splits) -> None:
    """Where `datasets` is installed, it reads the same files as the same splits."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    load = pytest.importorskip("datasets.load")
    for each in load.LocalDatasetModuleFactory(str(folder)).get_module().builder_configs_parameters.builder_configs:
        if each.name == config:
            read = {
                str(split): sorted((folder / path).resolve() for path in paths)
                for split, paths in each.data_files.items()
            }
            assert read == {split: sorted(file.resolve() for file in files) for split, files in splits.items()}
            return
    raise AssertionError(f"{folder} has no configuration {config}")


def plain(layout: str) -> tuple[str, ...]:
    """Return flags by which ids can be read back without knowing how they are padded."""
    return ("--set", "padding.name=right", "--set", "reversal.name=none") if layout == "tokens" else ()


@pytest.mark.parametrize("shards", ["1", "3"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_of_a_dataset_folder_is_read_as_three_splits(cli: Cli, layout: str, shards: str) -> None:
    small = ("--grammar", "mixed", "--set", "grammar.terms=2..3", "--set", "grammar.brackets=0")
    outcome = cli("data", "build", "out", *small, *COUNTS, *plain(layout), "--layout", layout, "--shards", shards)
    assert (outcome.code, "3 files instead of 1" in outcome.err) == (0, shards == "1")
    by_card = splits_by_card(Path("out"))["default"]
    assert_apart(by_card, 84)
    assert {split: sorted(files) for split, files in by_card.items()} == splits_by_name(Path("out"))


@pytest.mark.parametrize("shards", ["1", pytest.param("3", marks=pytest.mark.slow)])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_of_a_curriculum_is_read_as_three_splits(cli: Cli, layout: str, shards: str) -> None:
    Path("c.toml").write_text(STAGES, encoding="utf-8")
    build = ("curriculum", "build", "c.toml", "lessons", *COUNTS, *plain(layout), "--layout", layout)
    assert cli(*build, "--shards", shards).code == 0
    configs = splits_by_card(Path("lessons"))
    assert list(configs) == ["1-train-one-digit", "2-test"]
    for name, by_card in configs.items():
        folder = Path("lessons", name)
        rows = sum(read_manifest(folder).rows.values())
        assert_apart(by_card, rows)
        assert splits_by_card(folder)["default"] == by_card
        assert {split: sorted(files) for split, files in by_card.items()} == splits_by_name(folder)
    # No stage teaches what another one asks.
    train = {form for files in configs.values() for form in forms(files["train"])}
    held_out = {form for files in configs.values() for split in ("validation", "test") for form in forms(files[split])}
    assert not train & held_out


@pytest.mark.slow
def test_the_package_itself_reads_these_splits(cli: Cli) -> None:
    pytest.importorskip("datasets")
    Path("c.toml").write_text(STAGES, encoding="utf-8")
    assert cli("curriculum", "build", "c.toml", "lessons", *COUNTS, "--layout", "chat").code == 0
    for name, splits in splits_by_card(Path("lessons")).items():
        assert_the_package_agrees(Path("lessons"), name, splits)
        assert_the_package_agrees(Path("lessons", name), "default", splits)
