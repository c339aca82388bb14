from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exprlearn.dataset.drawing.example_stream import ExampleStream
from exprlearn.dataset.drawing.slices import Availability, Piece, count_available, draw_piece
from exprlearn.dataset.drawing.split import SPLITS
from exprlearn.dataset.store import DatasetRecipe, Tools
from exprlearn.dataset.store.builder import DatasetBuilder, open_builder
from exprlearn.dataset.store.planning import Plan, files_for, plan
from exprlearn.errors import DataError, OptionError

MakeRecipe = Callable[..., DatasetRecipe]
COUNTS = st.tuples(st.integers(1, 500), st.integers(1, 50), st.integers(1, 50))


@pytest.fixture
def builder(make_recipe: MakeRecipe) -> DatasetBuilder:
    return open_builder(make_recipe(sizes={"terms": "2..3", "brackets": 0}), Tools())


def taken(source: ExampleStream, count: int, skip: int = 0, number: int = 0, slices: int = 1) -> list[str]:
    rows = draw_piece(source, Piece(source.split, count, skip, number, slices))
    return [text for each in rows for text in each.expressions.tolist()]


def of_piece(builder: DatasetBuilder, piece: Piece) -> list[str]:
    return [text for rows in builder.rows(piece) for text in rows.expressions.tolist()]


def everything(builder: DatasetBuilder, slices: int) -> Availability:
    """Count a space as if more than it holds were asked for."""
    asked = dict.fromkeys(SPLITS, 10**9)
    found = count_available(builder.drawing.train, asked, slices=slices)
    assert found is not None
    return found


def test_slices_are_apart_and_together_hold_every_example(builder: DatasetBuilder) -> None:
    counted = everything(builder, 5)
    slices = [taken(builder.drawing.train, count, 0, n, 5) for n, count in enumerate(counted.train or ())]
    together = [text for texts in slices for text in texts]
    answered = {text for text in builder.space if builder.drawing.train.answering.answer(text) is not None}
    held_out = {text for part in SPLITS[1:] for text in of_piece(builder, Piece(part, counted.held_out[part]))}
    assert len(set(together)) == len(together)
    assert set(together) | held_out == answered
    assert not set(together) & held_out


def test_a_slice_that_is_exhausted_says_so(builder: DatasetBuilder) -> None:
    count = (everything(builder, 3).train or ())[1]
    with pytest.raises(
        DataError, match=rf"part 2 of 3 of the train examples of mixed has only {count} of the {count + 1}"
    ):
        taken(builder.drawing.train, count + 1, 0, 1, 3)


@settings(max_examples=20, deadline=None)
@given(skip=st.integers(0, 1500), count=st.integers(0, 1500), slices=st.integers(1, 4))
def test_a_run_of_rows_is_cut_out_of_the_whole(recipe: DatasetRecipe, skip: int, count: int, slices: int) -> None:
    source = open_builder(recipe, Tools()).drawing.train
    whole = taken(source, 3000, 0, slices - 1, slices)
    assert taken(source, count, skip, slices - 1, slices) == whole[skip : skip + count]


def test_rows_do_not_depend_on_how_many_items_are_tried_at_once(
    recipe: DatasetRecipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = open_builder(recipe, Tools()).drawing.train
    whole = taken(source, 9000, 0, 1, 2)
    monkeypatch.setattr("exprlearn.dataset.drawing.slices._MOST", 5000)
    assert taken(source, 9000, 0, 1, 2) == whole


def test_rows_carry_their_place_and_key(builder: DatasetBuilder) -> None:
    (rows,) = builder.rows(Piece("validation", 100))
    assert [builder.space[index] for index in rows.indices] == rows.expressions.tolist()
    assert (np.diff(rows.items) > 0).all()
    some = rows.select(slice(10, 30))
    assert len(some) == 20
    assert some.indices.tolist() == rows.indices[10:30].tolist()


def test_hardly_any_example_is_told_with_the_rule_that_rejects(make_recipe: MakeRecipe) -> None:
    constraints = [{"name": "result-range", "low": 10**6, "high": 10**7}]
    sizes = {"terms": "6", "range": "0..99"}
    recipe = make_recipe("sums", sizes=sizes, data={"constraints": constraints})
    source = open_builder(recipe, Tools()).drawing.train
    with pytest.raises(DataError, match=r"only 0 of \d+ expressions of sums are train examples: result-range"):
        taken(source, 10)


def test_plenty_is_not_counted(builder: DatasetBuilder) -> None:
    asked = {"train": 2000, "validation": 10, "test": 10}
    assert count_available(builder.drawing.train, asked, slices=2) is None  # type: ignore[arg-type]


@given(counts=COUNTS, shards=st.integers(1, 30))
def test_a_plan_has_every_row_once(counts: tuple[int, int, int], shards: int) -> None:
    asked = dict(zip(SPLITS, counts, strict=True))
    if shards > sum(counts):
        with pytest.raises(OptionError):
            plan(asked, shards, ".x")
        return
    planned = plan(asked, shards, ".x")
    assert len(planned.shards) == max(shards, 3)
    assert {part: sum(piece.rows for piece in planned.pieces(part)) for part in SPLITS} == asked
    assert_apart(planned, files_for(asked, shards)[0])


def assert_apart(planned: Plan, slices: int) -> None:
    """No two pieces of a part hold the same row."""
    for part in SPLITS:
        runs: dict[int, list[Piece]] = {}
        for piece in planned.pieces(part):
            assert piece.slices == (slices if part == "train" else 1)
            runs.setdefault(piece.slice, []).append(piece)
        for pieces in runs.values():
            ends = [piece.skip + piece.rows for piece in pieces]
            assert [piece.skip for piece in pieces] == [0, *ends[:-1]]


@given(counts=COUNTS, shards=st.integers(1, 30))
def test_every_split_has_files_of_its_own(counts: tuple[int, int, int], shards: int) -> None:
    asked = dict(zip(SPLITS, counts, strict=True))
    files = files_for(asked, shards)
    assert sum(files) == max(shards, 3)
    assert min(files) >= 1


@given(counts=COUNTS, train=st.lists(st.integers(0, 100), min_size=1, max_size=9), held_out=st.integers(0, 60))
def test_a_plan_asks_no_slice_for_more_than_it_has(
    counts: tuple[int, int, int], train: list[int], held_out: int
) -> None:
    asked = dict(zip(SPLITS, counts, strict=True))
    shards = next((n for n in range(3, 400) if files_for(asked, n)[0] == len(train)), None)
    if shards is None or shards > sum(counts):
        return
    planned = plan(asked, shards, ".x", Availability({"validation": held_out, "test": held_out}, tuple(train)))
    assert planned.counts["train"] == min(counts[0], sum(train))
    assert planned.counts["test"] == min(counts[2], held_out)
    assert all(piece.rows <= train[piece.slice] for piece in planned.pieces("train"))
    assert sum(piece.rows for piece in planned.pieces("train")) == planned.counts["train"]


def test_a_recipe_tells_every_difference(recipe: DatasetRecipe, make_recipe: MakeRecipe) -> None:
    other = replace(make_recipe(seed=5, data={"train": 7}), grammar_text="another", layout="qa")
    assert recipe.differences(other) == [
        "layout: rows here, qa asked for",
        "the text of the grammar is another one",
        "data.train: 1200 here, 7 asked for",
        "seed: 0 here, 5 asked for",
    ]
    assert recipe.digest != other.digest
