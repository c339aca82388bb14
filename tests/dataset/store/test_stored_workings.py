"""Dataset folders whose rows hold the working of their answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exprlearn.dataset import canonical_forms, split_of
from exprlearn.dataset.drawing.split import Split
from exprlearn.dataset.held_out_lines import HeldOutLines
from exprlearn.dataset.store import (
    DatasetRecipe,
    Manifest,
    Tools,
    build,
    proof_sentence,
    read_examples,
    read_manifest,
    read_rows,
    repair,
    verify,
)
from exprlearn.dataset.store.builder import open_builder
from exprlearn.errors import DataError, OptionError
from exprlearn.runs.preparation import make_encoder
from exprlearn.working.forms import EquationsWorking

MakeRecipe = Callable[..., DatasetRecipe]
EQUATIONS: dict[str, Any] = {"working": {"name": "equations"}}
WORKING = EquationsWorking()
SUMS = {f"{left}+{right}" for left in range(1, 10) for right in range(1, 10)}
HELD_OUT: tuple[Split, ...] = ("validation", "test")


def expressions(folder: Path, split: Split) -> list[str]:
    return [row["expression"] for row in read_rows(folder, split)]


def made(folder: Path, recipe: DatasetRecipe) -> Manifest:
    manifest = build(folder, recipe).manifest
    assert manifest is not None
    return manifest


@pytest.fixture(scope="module")
def equations(tmp_path_factory: pytest.TempPathFactory, make_recipe: MakeRecipe) -> Path:
    folder = tmp_path_factory.mktemp("workings") / "data"
    build(folder, make_recipe(**EQUATIONS))
    return folder


def test_every_row_holds_the_working_of_its_answer(equations: Path) -> None:
    rows = list(read_rows(equations))
    assert len(rows) == 1450
    assert list(rows[0])[-1] == "working"
    assert all(WORKING.answer(row["working"]) == row["answer"] for row in rows)
    assert all("=" in row["working"] for row in rows)


def test_no_line_of_a_training_row_has_a_held_out_form(equations: Path) -> None:
    held_out = {form for split in HELD_OUT for form in canonical_forms(expressions(equations, split))}
    shown = [line.expression for row in read_rows(equations, "train") for line in WORKING.lines(row["working"])]
    assert not held_out & set(canonical_forms(shown))
    assert all(split_of(line) == "train" for line in shown if line in SUMS)


def test_the_manifest_counts_lines_and_what_was_left_out(equations: Path) -> None:
    manifest = read_manifest(equations)
    lines = manifest.proof["lines"]
    shown = sum(len(WORKING.lines(row["working"])) for row in read_rows(equations, "train"))
    assert (lines["shown"], lines["held_out"]) == (shown, 0)
    assert lines["left_out"] > 50
    assert manifest.config["working"] == {"name": "equations"}
    assert manifest.components["working"][0] == "exprlearn"
    said = f"in the workings of train: {shown} expressions, 0 of them held out, since {lines['left_out']} examples"
    assert said in proof_sentence(manifest.proof)
    assert said in (equations / "README.md").read_text(encoding="utf-8")
    assert "The column `working` holds" in (equations / "README.md").read_text(encoding="utf-8")


def test_what_was_left_out_are_the_examples_between(make_recipe: MakeRecipe, tmp_path: Path) -> None:
    data = {"train": 900, "shards": 3}
    left_out = made(tmp_path / "with", make_recipe(**EQUATIONS, data=data)).proof["lines"]["left_out"]
    build(tmp_path / "without", make_recipe(data={"train": 900 + left_out, "shards": 3}))
    kept, every = (expressions(tmp_path / name, "train") for name in ("with", "without"))
    assert [text for text in every if text in set(kept)] == kept
    assert len(every) - len(kept) == left_out


@pytest.mark.long
@pytest.mark.parametrize("file_format", ["jsonl", "parquet"])
@pytest.mark.parametrize(
    ("layout", "told"),
    [
        ("rows", lambda row: row["working"]),
        ("qa", lambda row: row["working"]),
        ("chat", lambda row: row["messages"][1]["content"]),
        ("completion", lambda row: row["completion"]),
    ],
)
def test_each_layout_has_a_place_for_the_working(
    make_recipe: MakeRecipe, tmp_path: Path, equations: Path, layout: str, file_format: str, told: Callable[..., str]
) -> None:
    recipe = make_recipe(**EQUATIONS, layout=layout, file_format=file_format)
    build(tmp_path / "data", recipe)
    assert [told(row) for row in read_rows(tmp_path / "data")] == [row["working"] for row in read_rows(equations)]
    assert list(read_examples(tmp_path / "data")) == list(read_examples(equations))


def test_held_out_rows_are_those_of_a_folder_without_workings(
    equations: Path, make_recipe: MakeRecipe, tmp_path: Path
) -> None:
    build(tmp_path / "data", make_recipe())
    with_workings, without = (
        [text for split in HELD_OUT for text in expressions(folder, split)] for folder in (equations, tmp_path / "data")
    )
    assert with_workings == without


def test_a_damaged_file_is_made_anew(make_recipe: MakeRecipe, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    manifest = made(folder, make_recipe(**EQUATIONS))
    file = folder / manifest.shards[0].name
    before = file.read_bytes()
    file.write_bytes(before[:-9])
    assert [finding.kind for finding in verify(folder).findings] == ["truncated"]
    repair(folder)
    assert file.read_bytes() == before


def test_a_planted_leak_is_found(make_recipe: MakeRecipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HeldOutLines, "free", lambda self, texts, answers: np.ones(len(texts), bool))
    with pytest.raises(DataError, match=r"'lines': \{'shown': [0-9]+, 'held_out': [1-9][0-9]*, 'left_out': 0\}"):
        build(tmp_path / "data", make_recipe(**EQUATIONS))


def test_a_recipe_without_a_working_says_nothing_of_it(make_recipe: MakeRecipe) -> None:
    assert "working" not in make_recipe().sections
    assert not make_recipe(working={"name": "none"}).has_working
    assert make_recipe(working={"name": "none"}).digest == make_recipe().digest
    here, asked = make_recipe(**EQUATIONS), make_recipe(working={"name": "results"})
    assert here.differences(asked) == ["working.name: equations here, results asked for"]


def test_ids_are_those_of_workings(make_recipe: MakeRecipe, equations: Path, tmp_path: Path) -> None:
    recipe = make_recipe(**EQUATIONS, layout="tokens")
    tools = Tools(encoder=make_encoder)
    build(tmp_path / "data", recipe, tools)
    builder = open_builder(recipe, tools)
    encoder = make_encoder(builder.space, builder.components)
    rows = list(read_rows(tmp_path / "data"))
    sources, targets = (np.array([row[name] for row in rows]) for name in ("source", "target"))
    written = list(zip(encoder.expressions(sources).tolist(), encoder.answers(targets).tolist(), strict=True))
    assert written == [(row["expression"], row["working"]) for row in read_rows(equations)]


def test_splits_by_position_are_refused(make_recipe: MakeRecipe, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"leave data.split=content"):
        build(tmp_path / "data", make_recipe(**EQUATIONS, data={"split": "position"}))


@pytest.mark.parametrize("layout", ["rows", "chat"])
def test_parts_that_are_dropped_are_not_written_and_read_for_all_that(
    make_recipe: MakeRecipe, tmp_path: Path, equations: Path, layout: str
) -> None:
    recipe = make_recipe(working={"name": "equations", "drop": 2}, layout=layout)
    manifest = made(tmp_path / "data", recipe)
    whole = [row["working"] for row in read_rows(equations)]
    written = [
        row["working"] if layout == "rows" else row["messages"][1]["content"] for row in read_rows(tmp_path / "data")
    ]
    assert all(text.endswith(rest) for text, rest in zip(whole, written, strict=True))
    assert sum(len(rest) < len(text) for text, rest in zip(whole, written, strict=True)) > 1000
    assert manifest.proof["lines"] == read_manifest(equations).proof["lines"]
    assert manifest.config["working"] == {"name": "equations", "drop": 2}
    assert list(read_examples(tmp_path / "data")) == list(read_examples(equations))
    assert manifest.recipe.digest == recipe.digest != make_recipe(**EQUATIONS).digest


def test_whole_workings_have_the_recipe_that_they_had(make_recipe: MakeRecipe) -> None:
    recipe = make_recipe(working={"name": "equations", "drop": 0})
    assert recipe.digest == make_recipe(**EQUATIONS).digest
    assert recipe.renewed.digest == recipe.digest
    assert "drop" not in recipe.config


def test_results_show_nothing_and_leave_nothing_out(make_recipe: MakeRecipe, tmp_path: Path) -> None:
    lines = made(tmp_path / "data", make_recipe(working={"name": "results"})).proof["lines"]
    assert lines == {"shown": 0, "held_out": 0, "left_out": 0}
    row = next(row for row in read_rows(tmp_path / "data") if row["calculations"] == 3)
    assert row["working"].split(";")[-1] == row["answer"]
