"""Files and sequences whose answers come equally often."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from exprlearn.arithmetic import evaluate
from exprlearn.arithmetic.divisions import DivisionPolicy, ExactOnlyPolicy
from exprlearn.cli.data_preview import preview_document
from exprlearn.config import RunConfig, resolve
from exprlearn.dataset import SPLITS, canonical_key, dataset, load_splits, split, split_of
from exprlearn.dataset.constraints import AnswerLengthConstraint, AnswerLengthOptions
from exprlearn.dataset.numbered import NumberedExamples
from exprlearn.dataset.store import (
    DatasetRecipe,
    Tools,
    build,
    read_examples,
    read_manifest,
    read_rows,
    recipe_of,
    repair,
    verify,
)
from exprlearn.dataset.store.builder import open_builder
from exprlearn.dataset.store.planning import Piece
from exprlearn.errors import EvaluationError, OptionError
from exprlearn.plugin.manager import Plugins
from exprlearn.sampling import ExpressionSpace

MakeRecipe = Callable[..., DatasetRecipe]

SIZES = {"terms": "2..3", "brackets": 0}
RULES = ExactOnlyPolicy(), [AnswerLengthConstraint(AnswerLengthOptions(maximum=6))]
GOLDEN = Path(__file__).parent / "by-result.json"


@pytest.fixture(scope="module")
def make_recipe() -> MakeRecipe:
    """Write recipes: a grammar, its sizes, and numbers of the data section, as keywords."""

    def make(grammar: str = "mixed", *, sizes: Any, seed: int = 0, **data: Any) -> DatasetRecipe:
        numbers = {"train": 1200, "validation": 100, "test": 150, "shards": 6, "balance": "result"} | data
        config = {"seed": seed, "grammar": {"name": grammar, **sizes}, "data": numbers}
        return recipe_of(resolve(RunConfig.model_validate(config), Plugins()))

    return make


@pytest.fixture(scope="module")
def recipe(make_recipe: MakeRecipe) -> DatasetRecipe:
    return make_recipe(sizes=SIZES)


@pytest.fixture(scope="module")
def whole(recipe: DatasetRecipe, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished folder, for looking at only."""
    folder = tmp_path_factory.mktemp("drawn") / "data"
    build(folder, recipe)
    return folder


def contents(folder: Path) -> Mapping[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def texts_of(folder: Path) -> dict[str, list[str]]:
    return {part: [example.expression for example in read_examples(folder, part)] for part in SPLITS}


def answers_of(folder: Path) -> list[Counter[str]]:
    """Count the answers of each training file."""
    counts = []
    rows = read_rows(folder)
    for shard in read_manifest(folder).shards:
        found = [next(rows) for _ in range(shard.rows)]
        counts.append(Counter(row["answer"] for row in found if row["split"] == "train"))
    return [count for count in counts if count]


@pytest.mark.parametrize("seed", [0, 1])
def test_rows_are_what_they_were(make_recipe: MakeRecipe, seed: int) -> None:
    asked = make_recipe(sizes=SIZES, seed=seed, train=1000, validation=60, test=80, shards=1)
    # Folders of format 1, whose rows must come out as they were for as long as they can be repaired.
    builder = open_builder(replace(asked, format=1), Tools())
    pieces = {
        "rows": Piece("train", 1000),
        "slice": Piece("train", 1000, slice=2, slices=3),
        "test": Piece("test", 80),
    }
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))["seeds"][str(seed)]
    for name, piece in pieces.items():
        lines = [line for rows in builder.rows(piece) for line in builder.layout.lines(rows)]
        assert lines[: len(golden[name]["first"])] == golden[name]["first"]
        assert (len(lines), sha256("\n".join(lines).encode()).hexdigest()) == (
            golden[name]["count"],
            golden[name]["sha256"],
        )


def test_every_row_says_the_truth_comes_once_and_shares_no_form_with_another_split(whole: Path) -> None:
    rows = list(read_rows(whole))
    assert Counter(row["split"] for row in rows) == {"train": 1200, "validation": 100, "test": 150}
    assert len({row["expression"] for row in rows}) == len({row["index"] for row in rows}) == 1450
    assert all(str(evaluate(row["expression"])) == row["answer"] for row in rows)
    forms = [{canonical_key(text) for text in texts} for texts in texts_of(whole).values()]
    assert len(set.union(*forms)) == sum(map(len, forms))


def test_held_out_rows_are_those_that_a_run_is_evaluated_by_in_any_number_of_files(
    make_recipe: MakeRecipe, whole: Path, tmp_path: Path
) -> None:
    space = ExpressionSpace.from_file("mixed", terms=(2, 3), brackets=0)
    splits = split(space, *RULES, seed=0, validation=100, test=150, balance="result")
    build(tmp_path / "data", make_recipe(sizes=SIZES, shards=9, train=600))
    for part in SPLITS[1:]:
        assert list(read_examples(whole, part)) == list(getattr(splits, part))
        assert list(read_examples(tmp_path / "data", part)) == list(getattr(splits, part))


def test_files_made_in_any_order_have_the_same_bytes(recipe: DatasetRecipe, whole: Path, tmp_path: Path) -> None:
    build(tmp_path / "data", recipe, only=[5, 2])
    build(tmp_path / "data", recipe, only=[0, 3])
    build(tmp_path / "data", recipe)
    assert contents(tmp_path / "data") == contents(whole)


def test_damage_is_found_and_repaired(whole: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(whole, tmp_path / "data"))
    for path in folder.glob("*-of-*"):
        path.write_bytes(path.read_bytes()[:-9])
    assert len(verify(folder).findings) == 6
    repair(folder)
    assert contents(folder) == contents(whole)


def test_balanced_answers_come_equally_often_in_a_file_or_as_often_as_they_can(
    make_recipe: MakeRecipe, tmp_path: Path
) -> None:
    recipe = make_recipe("addition", sizes={"range": "0..60"}, train=1700, shards=3)
    build(tmp_path / "data", recipe)
    (answers,) = answers_of(tmp_path / "data")
    texts = texts_of(tmp_path / "data")
    space = ExpressionSpace.from_file("addition", ranges="0..60")
    there = Counter(str(evaluate(text)) for text in space if split_of(text) == "train")
    most = max(answers.values())
    assert all(answers[answer] in (most - 1, most, count) for answer, count in there.items())
    assert all(answers[answer] == count for answer, count in there.items() if count < most)
    assert sum(answers.values()) == len(set(texts["train"])) == 1700


def test_balanced_files_are_balanced_together(make_recipe: MakeRecipe, tmp_path: Path) -> None:
    sizes = {"terms": 4, "range": "0..40"}
    build(tmp_path / "data", make_recipe("sums", sizes=sizes, train=2000, shards=5))
    files = answers_of(tmp_path / "data")
    assert len(files) == 3
    together = sum(files, Counter[str]())
    usual = [together[str(answer)] for answer in range(8, 140)]
    assert max(usual) - min(usual) <= 2
    assert all(max(count.values()) - min(count[str(answer)] for answer in range(8, 140)) <= 1 for count in files)


def test_balanced_sizes_take_turns(make_recipe: MakeRecipe, tmp_path: Path) -> None:
    sizes = {"terms": "2..3", "range": "0..40"}
    build(tmp_path / "data", make_recipe("sums", sizes=sizes, train=640, shards=3))
    terms = Counter(row["sizes"]["terms"] for row in read_rows(tmp_path / "data", "train") if int(row["answer"]) < 60)
    assert abs(terms[2] - terms[3]) < 0.2 * terms.total()


def test_a_balanced_space_that_is_too_small_gives_every_example_it_has(make_recipe: MakeRecipe, tmp_path: Path) -> None:
    data = {"train": 9000, "validation": 1, "test": 1, "shards": 5}
    found = build(tmp_path / "data", make_recipe(sizes=SIZES, **data)).manifest
    assert found is not None
    space = ExpressionSpace.from_file("mixed", terms=(2, 3), brackets=0)
    answering = split(space, *RULES, seed=0, validation=1, test=1).train.answering
    there = {text for text in space if split_of(text) == "train" and answering.answer(text) is not None}
    assert set(texts_of(tmp_path / "data")["train"]) == there
    assert found.rows["train"] == len(there)


def test_a_balance_with_constraints_that_look_at_more_than_values_holds(
    make_recipe: MakeRecipe, tmp_path: Path
) -> None:
    build(tmp_path / "data", make_recipe(sizes=SIZES, train=900, constraints=["meaningful-brackets", "integer"]))
    assert not any("((" in text for text in texts_of(tmp_path / "data")["train"])
    assert read_manifest(tmp_path / "data").proof["holds"]


def test_balanced_entries_have_every_answer_equally_often_and_are_those_of_training() -> None:
    settings: dict[str, Any] = {"range": "0..19", "balance": "result"}
    data = dataset("addition", size=400, **settings)
    counts = Counter(entry["answer"] for entry in data)
    assert max(counts.values()) - min(counts.values()) <= 1
    splits = load_splits(data.space, data.components, sizes={"validation": 9, "test": 9})
    assert [entry["question"] for entry in data] == splits.train.take(400)[0].expressions.tolist()
    assert [data.space[int(entry["metadata"]["index"])] for entry in data[:50]] == [
        entry["question"] for entry in data[:50]
    ]
    held_out = dataset("addition", size=9, split="test", **settings)
    assert [entry["question"] for entry in held_out] == splits.test.expressions.tolist()


def test_the_index_of_a_numbered_example_finds_its_expression() -> None:
    data = {"validation": 90, "test": 80, "balance": "result"}
    config = RunConfig.model_validate({"grammar": {"name": "addition", "range": "0..30"}, "data": data})
    components, space = resolve(config, Plugins()), ExpressionSpace.from_file("addition", ranges="0..30")
    for part in SPLITS:
        numbered = NumberedExamples(space, components, part, 50)
        for place in (0, 7, 49):
            ((expression, _, index, *_),) = next(numbered.between(place, place + 1)).entries()
            assert space[index] == expression == numbered.examples[place].expression


def test_numbered_examples_are_those_of_training_and_of_the_preview() -> None:
    data = {"validation": 90, "test": 80, "balance": "result"}
    config = RunConfig.model_validate({"grammar": {"name": "addition", "range": "0..30"}, "data": data})
    components, space = resolve(config, Plugins()), ExpressionSpace.from_file("addition", ranges="0..30")
    splits = load_splits(space, components)
    train = NumberedExamples(space, components, "train", 300)
    assert list(train.examples) == list(splits.train.take(300)[0])
    texts = [text for piece in train.between(0, 300) for text in piece.expressions.tolist()]
    assert texts == train.examples.expressions.tolist()
    assert next(train.between(150, 151)).answers.tolist() == [train.examples[150].answer]
    assert list(NumberedExamples(space, components, "test", 80).examples) == list(splits.test)
    shown = [example["expression"] for example in preview_document(components, 20)["examples"]]
    assert shown == train.examples.expressions[:20].tolist()


class Natural(DivisionPolicy):
    """Answers with whole numbers from 0 on."""

    characters = "0123456789"

    def answer(self, value: Fraction, expression: str = "") -> str:
        if value < 0 or value.denominator != 1:
            raise EvaluationError(f"'{expression}' is no natural number", expression=expression)
        return str(value.numerator)


def test_expressions_without_an_answer_are_left_out() -> None:
    space = ExpressionSpace.from_file("subtraction", ranges="0..9")
    splits = split(space, Natural(), seed=0, validation=3, test=3, balance="result")
    assert all(int(answer) >= 0 for answer in splits.train.take(100)[0].answers)


def test_a_balance_of_parts_by_position_is_refused(make_recipe: MakeRecipe) -> None:
    with pytest.raises(OptionError, match=r"data\.balance: 'result' needs parts by content: choose data\.split=conten"):
        make_recipe(sizes=SIZES, split="position")
