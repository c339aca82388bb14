from __future__ import annotations

import json
import os
import platform
import re
import resource
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exprlearn import locking
from exprlearn.arithmetic import evaluate
from exprlearn.arithmetic.divisions import ExactOnlyPolicy
from exprlearn.dataset import SPLITS, Level, canonical_key, split, split_of
from exprlearn.dataset.constraints import AnswerLengthConstraint, AnswerLengthOptions
from exprlearn.dataset.difficulty import features_of, scores
from exprlearn.dataset.drawing.rows import calculations
from exprlearn.dataset.store import DatasetRecipe, Tools, build, read_examples, read_manifest, read_rows, repair
from exprlearn.dataset.store.builder import open_builder
from exprlearn.dataset.store.manifest import write_manifest
from exprlearn.dataset.store.progress import hold_folder
from exprlearn.engines.processes import ProcessesEngine, ProcessesOptions
from exprlearn.errors import DataError, OptionError
from exprlearn.sampling import ExpressionSpace
from exprlearn.sampling.ordering.hashing import DATA_VERSION

MakeRecipe = Callable[..., DatasetRecipe]
Bytes = Callable[[Path], Mapping[str, bytes]]

MANIFEST_KEYS = {"format", "data_version", "grammar", "config", "seed", "division", "constraints", "proof", "shards"}
ROW_KEYS = ["expression", "answer", "split", "index", "sizes", "calculations", "difficulty"]


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Let writes past `size` bytes of a file fail, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.iterdir()}


def test_a_folder_holds_as_many_shards_as_asked_for_a_manifest_and_a_card(built: Path) -> None:
    names = {path.name for path in built.iterdir()} - {"README.md", "lm_harness.yaml", "manifest.json"}
    train = {f"train-{number:05d}-of-00004.jsonl.gz" for number in range(4)}
    assert names == train | {"validation-00000-of-00001.jsonl.gz", "test-00000-of-00001.jsonl.gz"}


def test_of_two_builds_of_a_folder_the_second_says_who_is_building(
    tmp_path: Path, recipe: DatasetRecipe, built: Path
) -> None:
    for folder in (tmp_path / "new", Path(shutil.copytree(built, tmp_path / "finished"))):
        with hold_folder(folder):
            before = stamps(folder)
            who = re.escape(f"{folder} is being built by process {os.getpid()} on {platform.node()} since ")
            for act in (lambda: build(folder, recipe), lambda: build(folder, recipe, only=[0])):  # noqa: B023
                with pytest.raises(DataError, match=who):
                    act()
            assert stamps(folder) == before
    with pytest.raises(DataError, match="is being built by"), hold_folder(tmp_path / "finished"):
        repair(tmp_path / "finished")


def test_builds_of_some_files_share_a_folder_and_keep_one_of_all_files_out(
    tmp_path: Path, recipe: DatasetRecipe
) -> None:
    with hold_folder(tmp_path / "data", shared=True):
        assert build(tmp_path / "data", recipe, only=[0]).missing == 5
        with pytest.raises(DataError, match="is being built by"):
            build(tmp_path / "data", recipe)


def test_what_was_killed_leaves_a_lock_that_counts_for_nothing(
    tmp_path: Path, recipe: DatasetRecipe, built: Path, contents: Bytes
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / locking.NAME).write_text(
        '{"doing": "it is being built", "process": 1, "host": "x", "since": "y"}'
    )
    build(tmp_path / "data", recipe)
    assert contents(tmp_path / "data") == contents(built)


def test_the_manifest_says_what_was_made_from_what(built: Path, recipe: DatasetRecipe) -> None:
    document = json.loads((built / "manifest.json").read_text(encoding="utf-8"))
    assert document.keys() >= MANIFEST_KEYS
    assert next(iter(document)) == "format"
    assert document["data_version"] == DATA_VERSION
    assert document["grammar"]["text"] == recipe.grammar_text
    assert all(shard.keys() >= {"name", "rows", "bytes", "sha256"} for shard in document["shards"])
    assert sum(shard["rows"] for shard in document["shards"]) == 1450
    assert document["proof"]["holds"]


def test_rows_have_the_promised_keys_and_counts(built: Path) -> None:
    rows = list(read_rows(built))
    assert all(list(row) == ROW_KEYS for row in rows)
    counts = {part: sum(row["split"] == part for row in rows) for part in SPLITS}
    assert counts == {"train": 1200, "validation": 100, "test": 150}


def test_no_expression_comes_twice_and_no_form_is_in_two_splits(built: Path) -> None:
    texts = {part: [example.expression for example in read_examples(built, part)] for part in SPLITS}
    forms = {part: set(map(canonical_key, found)) for part, found in texts.items()}
    assert all(len(set(found)) == len(found) for found in texts.values())
    assert sum(map(len, forms.values())) == len(set.union(*forms.values()))


def test_rows_say_the_truth(built: Path) -> None:
    space = ExpressionSpace.from_file("mixed")
    for row in list(read_rows(built))[::7]:
        stratum, _ = space.locate(int(row["index"]))
        assert space[int(row["index"])] == row["expression"]
        assert stratum.sizes.as_dict() == row["sizes"]
        assert calculations(row["expression"]) == row["calculations"]
        assert scores(features_of(row["expression"])) == row["difficulty"]
        assert split_of(row["expression"]) == row["split"]
        assert str(evaluate(row["expression"])) == row["answer"]


def test_held_out_rows_are_those_that_a_run_is_checked_by(built: Path) -> None:
    rules = ExactOnlyPolicy(), [AnswerLengthConstraint(AnswerLengthOptions(maximum=6))]
    splits = split(ExpressionSpace.from_file("mixed"), *rules, seed=0, validation=100, test=150)
    assert list(read_examples(built, "validation")) == list(splits.validation)
    assert list(read_examples(built, "test")) == list(splits.test)


def test_one_training_shard_is_the_beginning_of_the_training_stream(make_recipe: MakeRecipe, tmp_path: Path) -> None:
    build(tmp_path / "data", make_recipe("addition", data={"train": 500, "shards": 3}))
    splits = split(ExpressionSpace.from_file("addition"), ExactOnlyPolicy(), [], seed=0, validation=1, test=1)
    assert list(read_examples(tmp_path / "data", "train")) == list(splits.train.take(500)[0])


@pytest.mark.parametrize("shards", [3, 40])
def test_held_out_rows_are_the_same_in_any_number_of_files(
    make_recipe: MakeRecipe, tmp_path: Path, built: Path, shards: int
) -> None:
    build(tmp_path / "data", make_recipe(data={"shards": shards}))
    assert len(list((tmp_path / "data").glob("*-of-*"))) == shards
    for part in SPLITS[1:]:
        assert list(read_examples(tmp_path / "data", part)) == list(read_examples(built, part))
    assert len({example.expression for example in read_examples(tmp_path / "data", "train")}) == 1200


def test_a_second_run_writes_nothing(folder: Path, recipe: DatasetRecipe) -> None:
    before = stamps(folder)
    again = build(folder, recipe)
    assert again.written == ()
    assert stamps(folder) == before


def test_other_settings_are_refused_and_named(folder: Path, make_recipe: MakeRecipe, contents: Bytes) -> None:
    before = contents(folder)
    with pytest.raises(DataError, match=r"seed: 0 here, 1 asked for"):
        build(folder, make_recipe(seed=1))
    assert contents(folder) == before


def test_other_settings_are_refused_before_the_folder_is_finished_too(
    tmp_path: Path, recipe: DatasetRecipe, make_recipe: MakeRecipe
) -> None:
    build(tmp_path / "data", recipe, only=[0])
    with pytest.raises(DataError, match=r"data\.test: 150 here, 301 asked for"):
        build(tmp_path / "data", make_recipe(data={"test": 301}))


def test_notes_of_files_without_workings_say_nothing_of_lines(tmp_path: Path, make_recipe: MakeRecipe) -> None:
    build(tmp_path / "data", make_recipe(), only=[0])
    (note,) = (tmp_path / "data" / ".building").glob("train-*.json")
    kept = set(json.loads(note.read_text(encoding="utf-8")))
    assert kept == {"recipe", "entry", "shared", "reached", "sizes", "points"}


def test_settings_that_came_later_than_a_folder_make_no_difference(folder: Path, recipe: DatasetRecipe) -> None:
    manifest = read_manifest(folder)
    older = {name: value for name, value in manifest.config["data"].items() if name not in ("level", "balance")}
    write_manifest(folder, manifest.model_copy(update={"config": manifest.config | {"data": older}}))
    assert build(folder, recipe).written == ()


def test_a_folder_with_other_files_is_refused(tmp_path: Path, recipe: DatasetRecipe) -> None:
    (tmp_path / "thesis.tex").write_text("precious", encoding="utf-8")
    with pytest.raises(DataError, match=r"holds other files, such as thesis\.tex"):
        build(tmp_path, recipe)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_grammar_gives_the_same_rows_from_wherever_it_is_read(
    tmp_path: Path, recipe: DatasetRecipe, make_recipe: MakeRecipe
) -> None:
    file = tmp_path / "elsewhere" / "mixed.lark"
    file.parent.mkdir()
    file.write_text(recipe.grammar_text, encoding="utf-8")
    assert make_recipe(str(file)) == recipe


def test_files_can_be_made_in_any_order_by_separate_calls(
    tmp_path: Path, recipe: DatasetRecipe, built: Path, contents: Bytes
) -> None:
    folder = tmp_path / "data"
    assert build(folder, recipe, only=[5, 3]).missing == 4
    assert not (folder / "manifest.json").exists()
    assert build(folder, recipe, only=[0]).written == ("train-00000-of-00004.jsonl.gz",)
    assert set(build(folder, recipe).written) >= {"train-00001-of-00004.jsonl.gz", "manifest.json"}
    assert contents(folder) == contents(built)


@pytest.mark.long
@pytest.mark.parametrize("workers", [2, 3])
def test_several_processes_write_the_same_bytes_as_one(
    tmp_path: Path, recipe: DatasetRecipe, built: Path, contents: Bytes, workers: int
) -> None:
    heard: list[str] = []
    engine = ProcessesEngine(ProcessesOptions(workers=workers))
    build(tmp_path / "data", recipe, engine=engine, heard=lambda name, rows, was_there: heard.append(name))
    assert contents(tmp_path / "data") == contents(built)
    assert len(heard) == 6


def test_what_a_killed_build_has_left_is_used_or_removed(
    tmp_path: Path, recipe: DatasetRecipe, built: Path, contents: Bytes
) -> None:
    folder = tmp_path / "data"
    build(folder, recipe, only=[0, 1, 2])
    kept = stamps(folder)["train-00000-of-00004.jsonl.gz"]
    (folder / ".validation-00000-of-00001.jsonl.gz.0123abcd").write_bytes(b"half")
    (folder / ".building" / ".validation-00000-of-00001.jsonl.gz.json.0123abcd").write_bytes(b"half")
    (folder / "train-00003-of-00004.jsonl.gz").write_bytes(b"renamed, but not noted")
    (folder / "train-00001-of-00004.jsonl.gz").write_bytes(b"noted, but damaged since")
    (folder / ".building" / "train-00002-of-00004.jsonl.gz.json").write_bytes(b"{")
    build(folder, recipe)
    assert stamps(folder)["train-00000-of-00004.jsonl.gz"] == kept
    assert contents(folder) == contents(built)


def test_notes_that_outlived_their_build_are_removed(
    folder: Path, recipe: DatasetRecipe, built: Path, contents: Bytes
) -> None:
    (folder / ".building").mkdir()
    (folder / ".building" / "recipe.json").write_text("{}", encoding="utf-8")
    assert build(folder, recipe).written == ()
    assert contents(folder) == contents(built)


def test_a_damaged_folder_is_not_built_on_but_sent_to_repair(folder: Path, recipe: DatasetRecipe) -> None:
    (folder / "train-00002-of-00004.jsonl.gz").unlink()
    with pytest.raises(DataError, match=r"train-00002-of-00004.jsonl.gz is missing: exprlearn data repair"):
        build(folder, recipe)


@pytest.mark.long
def test_a_full_disk_is_told_with_the_file_and_harms_nothing(
    tmp_path: Path, recipe: DatasetRecipe, built: Path, contents: Bytes
) -> None:
    folder, random = tmp_path / "data", np.random.default_rng([0, 4])
    largest = max(path.stat().st_size for path in built.iterdir())
    for size in random.integers(0, largest, 20).tolist():
        before = contents(folder)
        with files_of_at_most(size), pytest.raises(DataError, match=r"cannot write \S+: File too large"):
            build(folder, recipe)
        whole = {name: data for name, data in contents(folder).items() if name in before}
        assert whole == before
        assert not list(folder.rglob(".*.????????"))
    build(folder, recipe)
    assert contents(folder) == contents(built)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, recipe: DatasetRecipe) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(DataError, match=r"cannot write .*file/data"):
        build(tmp_path / "file" / "data", recipe)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to the superuser")
def test_a_read_only_folder_is_told_and_left_alone(tmp_path: Path, recipe: DatasetRecipe) -> None:
    tmp_path.chmod(0o555)
    with pytest.raises(DataError, match="cannot write"):
        build(tmp_path / "data", recipe)
    tmp_path.chmod(0o755)


def test_a_space_that_is_too_small_gives_all_it_has_and_says_so(make_recipe: MakeRecipe, tmp_path: Path) -> None:
    found = build(tmp_path / "data", make_recipe("addition", sizes={"range": "0..9"})).manifest
    assert found is not None
    assert sum(found.rows.values()) == 100
    assert found.notes[0] == f"train has {found.rows['train']} examples instead of 1200: the space holds no more"
    assert len({row["index"] for row in read_rows(tmp_path / "data")}) == 100


def test_the_last_examples_of_a_small_space_are_shared_out_over_all_files(
    make_recipe: MakeRecipe, tmp_path: Path
) -> None:
    found = build(
        tmp_path / "data", make_recipe("addition", sizes={"range": "0..39"}, data={"train": 1500, "shards": 18})
    ).manifest
    assert found is not None
    train = [shard.rows for shard in found.shards if shard.pieces[0].split == "train"]
    assert len(train) == 15
    assert sum(train) == found.rows["train"] < 1600
    assert min(train) > 60


def test_used_up_sizes_are_told_and_really_are(make_recipe: MakeRecipe, tmp_path: Path) -> None:
    recipe = make_recipe(data={"train": 6000})
    assert build(tmp_path / "data", recipe).manifest is not None
    assert read_manifest(tmp_path / "data").notes == [
        "train holds every example there is of terms=2 brackets=0: other sizes fill its place"
    ]
    rows = {row["expression"] for row in read_rows(tmp_path / "data", "train") if row["sizes"]["terms"] == 2}
    space = ExpressionSpace.from_file("mixed", terms=2)
    answering = open_builder(recipe, Tools()).drawing.train.answering
    assert {text for text in space if split_of(text) == "train" and answering.answer(text) is not None} <= rows


@pytest.mark.parametrize(("ambiguity", "distinct"), [("strings", True), ("derivations", False)])
def test_an_ambiguous_grammar_gives_every_expression_once_or_says_that_it_does_not(
    make_recipe: MakeRecipe, tmp_path: Path, ambiguity: str, distinct: bool
) -> None:
    grammar = tmp_path / "ambiguous.lark"
    grammar.write_text('start: e\ne: e "+" e | e "*" e | NUMBER\nNUMBER: /[1-9]/\n', encoding="utf-8")
    sizes = {"terms": 3, "ambiguity": ambiguity}
    found = build(tmp_path / "data", make_recipe(str(grammar), sizes=sizes, data={"train": 2000})).manifest
    assert found is not None
    assert len({row["expression"] for row in read_rows(tmp_path / "data", "train")}) == 2000 or not distinct
    assert any("may come several times" in note for note in found.notes) is not distinct
    assert ("No expression comes twice" in (tmp_path / "data" / "README.md").read_text(encoding="utf-8")) is distinct


def test_a_space_without_training_examples_is_refused(make_recipe: MakeRecipe, tmp_path: Path) -> None:
    constraints = [{"name": "result-range", "low": 10**6, "high": 10**7}]
    with pytest.raises(DataError, match="not one expression of addition is a training example"):
        build(tmp_path / "data", make_recipe("addition", data={"constraints": constraints}))
    assert not (tmp_path / "data").exists()


def test_more_files_than_rows_are_refused(make_recipe: MakeRecipe, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"data\.shards: 4000 files for 1450 rows"):
        build(tmp_path / "data", make_recipe(data={"shards": 4000}))


def test_a_number_that_no_file_has_is_refused(recipe: DatasetRecipe, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="there is no shard 6: they are numbered from 0 to 5"):
        build(tmp_path / "data", recipe, only=[6])


def test_an_endless_stream_cannot_be_written(make_recipe: MakeRecipe) -> None:
    with pytest.raises(OptionError, match=r"data\.train: say how many"):
        make_recipe(data={"train": 0})


def test_another_data_version_is_refused_with_both(recipe: DatasetRecipe, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=rf"data version 77, this exprlearn makes version {DATA_VERSION}"):
        build(tmp_path / "data", replace(recipe, data_version=77))


def test_ids_need_an_encoder(make_recipe: MakeRecipe, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="layout tokens: needs an encoder"):
        build(tmp_path / "data", make_recipe(layout="tokens"), Tools())


@pytest.mark.long
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    grammar=st.sampled_from(["addition", "mixed", "nested", "sums", "subtraction"]),
    seed=st.integers(0, 2**32),
    counts=st.tuples(st.integers(1, 400), st.integers(1, 100), st.integers(1, 100)),
    shards=st.integers(1, 9),
    level=st.sampled_from(["string", "commutative", "operands"]),
)
def test_the_proof_holds_for_any_settings(
    make_recipe: MakeRecipe,
    tmp_path_factory: pytest.TempPathFactory,
    grammar: str,
    seed: int,
    counts: tuple[int, int, int],
    shards: int,
    level: Level,
) -> None:
    data = dict(zip(("train", "validation", "test"), counts, strict=True))
    folder = tmp_path_factory.mktemp("any")
    sizes = {"terms": "2..3"} if grammar in ("mixed", "nested", "sums") else {}
    shards = min(shards, sum(counts))
    made = build(folder, make_recipe(grammar, seed=seed, sizes=sizes, data={**data, "shards": shards, "level": level}))
    assert made.manifest is not None
    keys = {part: {canonical_key(each.expression, level) for each in read_examples(folder, part)} for part in SPLITS}
    assert made.manifest.rows == data
    assert sum(len(found) for found in keys.values()) == len(set.union(*keys.values()))
