from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exprlearn.arithmetic import evaluate
from exprlearn.arithmetic.divisions import ExactOnlyPolicy
from exprlearn.dataset import SPLITS, canonical_key, split
from exprlearn.dataset.constraints import AnswerLengthConstraint, AnswerLengthOptions
from exprlearn.dataset.store import DatasetRecipe, Tools, build, read_examples, read_manifest, read_rows, repair, verify
from exprlearn.engines.processes import ProcessesEngine, ProcessesOptions
from exprlearn.errors import DataError
from exprlearn.sampling import ExpressionSpace

MakeRecipe = Callable[..., DatasetRecipe]
Bytes = Callable[[Path], Mapping[str, bytes]]

SIZES = {"terms": "2..3", "brackets": 0}
WAYS: dict[str, dict[str, Any]] = {"position": {"split": "position"}}
RULES = ExactOnlyPolicy(), [AnswerLengthConstraint(AnswerLengthOptions(maximum=6))]


@pytest.fixture(scope="module", params=WAYS)
def drawn(request: pytest.FixtureRequest, make_recipe: MakeRecipe) -> DatasetRecipe:
    return make_recipe(sizes=SIZES, data=WAYS[request.param])


@pytest.fixture(scope="module")
def whole(drawn: DatasetRecipe, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished folder, for looking at only."""
    folder = tmp_path_factory.mktemp("drawn") / "data"
    build(folder, drawn)
    return folder


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "data"))


def texts_of(folder: Path) -> dict[str, list[str]]:
    return {part: [example.expression for example in read_examples(folder, part)] for part in SPLITS}


def test_every_row_says_the_truth_and_comes_once(whole: Path) -> None:
    space, rows = ExpressionSpace.from_file("mixed", terms=(2, 3), brackets=0), list(read_rows(whole))
    assert Counter(row["split"] for row in rows) == {"train": 1200, "validation": 100, "test": 150}
    assert len({row["expression"] for row in rows}) == len({row["index"] for row in rows}) == 1450
    for row in rows:
        assert space[int(row["index"])] == row["expression"]
        assert space.locate(int(row["index"]))[0].sizes.as_dict() == row["sizes"]
        assert str(evaluate(row["expression"])) == row["answer"]


def test_held_out_rows_are_those_that_a_run_is_checked_by(whole: Path, drawn: DatasetRecipe) -> None:
    space, data = ExpressionSpace.from_file("mixed", terms=(2, 3), brackets=0), drawn.run_config.data
    splits = split(space, *RULES, seed=0, validation=100, test=150, by=data.split)
    assert list(read_examples(whole, "validation")) == list(splits.validation)
    assert list(read_examples(whole, "test")) == list(splits.test)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("shards", [1, 9])
def test_held_out_rows_are_the_same_in_any_number_of_files(
    make_recipe: MakeRecipe, tmp_path: Path, way: str, shards: int
) -> None:
    for number in (shards, 3):
        build(tmp_path / str(number), make_recipe(sizes=SIZES, data=WAYS[way] | {"shards": number, "train": 600}))
    one, other = (texts_of(tmp_path / str(number)) for number in (shards, 3))
    assert [one[part] for part in SPLITS[1:]] == [other[part] for part in SPLITS[1:]]
    assert len(set(one["train"])) == 600


def test_files_made_in_any_order_have_the_same_bytes(
    drawn: DatasetRecipe, whole: Path, tmp_path: Path, contents: Bytes
) -> None:
    build(tmp_path / "data", drawn, only=[5, 2])
    build(tmp_path / "data", drawn, only=[0, 3])
    build(tmp_path / "data", drawn)
    assert contents(tmp_path / "data") == contents(whole)


@pytest.mark.slow
def test_two_processes_write_the_same_bytes_as_one(
    drawn: DatasetRecipe, whole: Path, tmp_path: Path, contents: Bytes
) -> None:
    build(tmp_path / "data", drawn, engine=ProcessesEngine(ProcessesOptions(workers=2)))
    assert contents(tmp_path / "data") == contents(whole)


def test_a_second_run_writes_nothing(drawn: DatasetRecipe, copy: Path, contents: Bytes, whole: Path) -> None:
    assert build(copy, drawn).written == ()
    assert contents(copy) == contents(whole)


def test_every_damage_is_found_named_and_mended(copy: Path, whole: Path, contents: Bytes) -> None:
    random, names = np.random.default_rng([11, 8]), sorted(path.name for path in whole.glob("*-of-*"))
    for name in names * 2:
        data = bytearray((whole / name).read_bytes())
        data[int(random.integers(len(data)))] ^= 1 << int(random.integers(8))
        (copy / name).write_bytes(data)
        assert [finding.name for finding in verify(copy).findings] == [name]
        assert repair(copy).made == (name,)
    (copy / names[0]).unlink()
    (copy / names[1]).rename(copy / names[0])
    assert {finding.kind for finding in verify(copy).findings} == {"swapped", "missing"}
    repair(copy)
    assert contents(copy) == contents(whole)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("layout", ["rows", "tokens"])
def test_layouts_and_parquet_hold_the_same_rows(
    make_recipe: MakeRecipe, tools: Tools, tmp_path: Path, layout: str, way: str
) -> None:
    pytest.importorskip("pyarrow")
    data = WAYS[way] | {"train": 200, "validation": 20, "test": 20}
    for file_format in ("jsonl", "parquet"):
        recipe = make_recipe(sizes=SIZES, data=data, layout=layout, file_format=file_format)
        build(tmp_path / file_format, recipe, tools)
    assert list(read_rows(tmp_path / "parquet")) == list(read_rows(tmp_path / "jsonl"))


def test_by_position_parts_have_exactly_as_many_rows_as_asked_for_of_a_small_space(
    make_recipe: MakeRecipe, tmp_path: Path
) -> None:
    data = {"split": "position", "train": 600, "validation": 200, "test": 200, "shards": 5}
    build(tmp_path / "data", make_recipe("addition", sizes={"range": "0..31"}, data=data))
    texts = texts_of(tmp_path / "data")
    assert {part: len(set(found)) for part, found in texts.items()} == {"train": 600, "validation": 200, "test": 200}
    assert len(set().union(*texts.values())) == 1000


def test_by_position_the_whole_rest_can_be_trained_on(make_recipe: MakeRecipe, tmp_path: Path) -> None:
    data = {"split": "position", "train": 10_000, "validation": 70, "test": 30, "shards": 7}
    found = build(tmp_path / "data", make_recipe("addition", sizes={"range": "0..31"}, data=data)).manifest
    assert found is not None
    assert found.rows == {"train": 924, "validation": 70, "test": 30}
    assert found.notes == ["train has 924 examples instead of 10000: the space holds no more"]
    assert len({row["index"] for row in read_rows(tmp_path / "data")}) == 1024


def test_by_position_one_training_file_is_the_beginning_of_the_training_stream(
    make_recipe: MakeRecipe, tmp_path: Path
) -> None:
    recipe = make_recipe("addition", data={"split": "position", "train": 500, "shards": 3})
    build(tmp_path / "data", recipe)
    space = ExpressionSpace.from_file("addition")
    splits = split(space, ExactOnlyPolicy(), seed=0, validation=100, test=150, by="position")
    assert list(read_examples(tmp_path / "data", "train")) == list(splits.train.take(500)[0])


def test_by_position_more_held_out_examples_than_there_are_is_refused_before_anything_is_written(
    make_recipe: MakeRecipe, tmp_path: Path
) -> None:
    data = {"split": "position", "validation": 300}
    with pytest.raises(DataError, match=r"has 256 validation examples to give by position, 300 are asked for"):
        build(tmp_path / "data", make_recipe("addition", sizes={"range": "0..31"}, data=data))
    assert not (tmp_path / "data").exists()


def test_by_position_the_proof_says_which_forms_are_shared(make_recipe: MakeRecipe, tmp_path: Path) -> None:
    data = {"split": "position", "train": 700, "shards": 4}
    build(tmp_path / "data", make_recipe("addition", sizes={"range": "0..31"}, data=data))
    proof, texts = read_manifest(tmp_path / "data").proof, texts_of(tmp_path / "data")
    forms = {part: [canonical_key(text) for text in found] for part, found in texts.items()}
    counted = {
        f"{one}/{other}": sum(form in set(forms[other]) for form in forms[one])
        for one, other in (("train", "validation"), ("train", "test"), ("validation", "test"))
    }
    assert proof["shared_forms"] == counted
    assert min(counted.values()) > 0
    assert (proof["by"], proof["holds"], set(proof["shared_expressions"].values())) == ("position", True, {0})
    card = (tmp_path / "data" / "README.md").read_text(encoding="utf-8")
    told = f"0 expressions are shared by two of them, {sum(counted.values())} rows have a commutative form that a later"
    assert told in card
    assert "by position in an order of each size" in card


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    way=st.sampled_from(list(WAYS)),
    grammar=st.sampled_from(["addition", "sums", "mixed", "subtraction"]),
    seed=st.integers(0, 2**32),
    counts=st.tuples(st.integers(1, 300), st.integers(1, 60), st.integers(1, 60)),
    shards=st.integers(1, 8),
)
def test_no_expression_comes_twice_whatever_the_settings(
    make_recipe: MakeRecipe,
    tmp_path_factory: pytest.TempPathFactory,
    way: str,
    grammar: str,
    seed: int,
    counts: tuple[int, int, int],
    shards: int,
) -> None:
    data = dict(zip(("train", "validation", "test"), counts, strict=True))
    sizes = {"terms": "2..3", "range": "1..9"} if grammar in ("mixed", "sums") else {"range": "0..60"}
    asked = make_recipe(grammar, seed=seed, sizes=sizes, data={**data, "shards": min(shards, sum(counts)), **WAYS[way]})
    folder = tmp_path_factory.mktemp("any")
    found = build(folder, asked).manifest
    assert found is not None
    texts = texts_of(folder)
    assert {part: len(each) for part, each in texts.items()} == found.rows == data
    assert len(set().union(*texts.values())) == sum(counts)
