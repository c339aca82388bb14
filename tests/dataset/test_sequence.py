from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

import pytest

from exprlearn.arithmetic import UNLIMITED, answer, evaluate
from exprlearn.arithmetic.divisions import FloorPolicy
from exprlearn.dataset import Split, canonical_key, load_splits, split_of
from exprlearn.dataset.difficulty import features_of, scores
from exprlearn.dataset.drawing.example_stream import WINDOW
from exprlearn.dataset.drawing.split import named
from exprlearn.dataset.sequence import DatasetRoom, dataset
from exprlearn.errors import DataError, OptionError
from exprlearn.plugin.manager import Plugins
from exprlearn.working.forms import EquationsWorking

PLUGINS = Plugins(only=())


def test_an_entry_says_what_is_asked_what_is_true_and_where_it_comes_from() -> None:
    data = dataset("mixed", size=50, seed=3, terms=3, division="floor", plugins=PLUGINS)
    assert len(data) == 50
    for entry in data:
        assert list(entry) == ["question", "answer", "metadata"]
        assert entry["answer"] == answer(entry["question"], FloorPolicy())
        metadata = entry["metadata"]
        assert data.space[int(metadata["index"])] == metadata["expression"] == entry["question"]
        assert metadata["difficulty"]["terms"] == 3
        assert metadata["points"] == scores(features_of(metadata["expression"]))
        assert (metadata["grammar"], metadata["split"], metadata["division"]) == ("mixed", "train", "floor")


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"terms": (2, 6), "range": "1..999", "division": "fraction"},
        {"mix": "operators", "terms": (2, 3)},
        {"mix": "size", "division": "floor"},
        {"by": "position", "validation": 30, "test": 30},
        {"split": "test"},
    ],
    ids=str,
)
def test_what_is_said_of_windows_of_entries_is_what_is_said_of_each(settings: dict[str, Any]) -> None:
    data = dataset("mixed", size=60, seed=9, plugins=PLUGINS, **settings)
    policy = data.components.division
    for number, entry in enumerate(data):
        text, metadata = entry["question"], entry["metadata"]
        index = data.space.rank(text)
        assert metadata == {
            "source_dataset": "mixed",
            "source_index": number,
            "index": str(index),
            "expression": text,
            "difficulty": data.space.locate(index)[0].sizes.as_dict(),
            "points": int(scores(features_of(text))),
            "grammar": "mixed",
            "split": data.split,
            "division": named(policy),
        }
        assert entry["answer"] == answer(text, policy, limits=UNLIMITED)


def test_an_entry_that_is_written_to_changes_no_other() -> None:
    data = dataset("mixed", size=20, plugins=PLUGINS)
    for entry in data:
        entry["metadata"]["difficulty"].clear()
    assert all(entry["metadata"]["difficulty"] for entry in data)


def test_the_loop_of_other_libraries_runs_unchanged() -> None:
    data = dataset("addition", size=10, seed=42, plugins=PLUGINS)
    for i, x in enumerate(data):
        assert x["answer"] == str(evaluate(x["question"]))
        assert data.score_answer(answer=x["answer"], entry=x) == 1.0
        assert data[i] == x
    assert i == len(data) - 1
    assert isinstance(data, Sequence)


@pytest.mark.parametrize(
    ("given", "score"),
    [
        ("17/5", 1.0),
        (" 3.4 ", 1.0),
        ("+3.40", 1.0),
        ("34/10", 0.0),
        ("3", 0.0),
        ("", 0.0),
        ("it is 17/5", 0.0),
        (None, 0.0),
    ],
)
def test_an_answer_scores_by_its_exact_value_or_not_at_all(given: str | None, score: float) -> None:
    data = dataset("division", size=1, plugins=PLUGINS)
    assert data.score_answer(given, {"question": "17/5", "answer": "17/5", "metadata": {}}) == score


def test_a_larger_dataset_begins_with_the_smaller_one() -> None:
    small, large = (dataset("mixed", size=size, seed=1, plugins=PLUGINS) for size in (10, WINDOW))
    assert large[:10] == list(small)
    assert large[-1] == large[WINDOW - 1]


def test_entries_are_the_same_in_any_order_and_in_columns() -> None:
    data, other = (dataset("flat", size=2 * WINDOW, seed=1, plugins=PLUGINS) for _ in range(2))
    places = [2 * WINDOW - 1, 0, WINDOW, 5, WINDOW - 1]
    assert [data[place] for place in places] == [entry for place in places for entry in other[place : place + 1]]
    for place in places:
        assert data.examples[place] == (data[place]["question"], data[place]["answer"])


def test_slices_are_lists_and_what_lies_outside_is_refused() -> None:
    data = dataset("addition", size=5, plugins=PLUGINS)
    assert data[1:9:2] == [data[1], data[3]]
    assert data[-5] == data[0]
    assert len(list(data)) == 5
    for place in (5, -6):
        with pytest.raises(IndexError, match="of 5"):
            data[place]


def test_two_seeds_share_no_more_than_chance() -> None:
    one, other = (
        {entry["question"] for entry in dataset("addition", size=5000, seed=seed, plugins=PLUGINS)} for seed in (0, 1)
    )
    # Two draws of 5000 from the 800 000 expressions of the split share 31 on average, and 60 never.
    assert len(one & other) < 60


@pytest.mark.parametrize("grammar", ["addition", "mixed"])
def test_no_two_splits_share_a_form_whatever_their_seeds(grammar: str) -> None:
    drawn: list[tuple[int, Split]] = [(0, "train"), (1, "train"), (0, "validation"), (5, "test")]
    forms = [
        {
            canonical_key(entry["question"])
            for entry in dataset(grammar, size=800, seed=seed, split=split, plugins=PLUGINS)
        }
        for seed, split in drawn
    ]
    assert not (forms[0] | forms[1]) & forms[2]
    assert not (forms[0] | forms[1] | forms[2]) & forms[3]


def test_held_out_entries_are_those_that_training_is_checked_on() -> None:
    parts: list[Split] = ["validation", "test"]
    for part in parts:
        data = dataset("mixed", size=200, seed=4, split=part, plugins=PLUGINS)
        splits = load_splits(data.space, data.components, sizes={part: 200})
        assert getattr(splits, part).expressions.tolist() == [entry["question"] for entry in data]
        assert len({entry["question"] for entry in data}) == 200
        assert {split_of(entry["question"]) for entry in data} == {part}


def test_a_held_out_split_that_is_too_small_is_as_long_as_it_can_be() -> None:
    data = dataset("addition", size=10_000, split="test", range="0..9", plugins=PLUGINS)
    assert 0 < len(data) < 30
    assert len(list(data)) == len(data)


def test_entries_by_position_are_apart_and_as_many_as_asked_for() -> None:
    settings = {"range": "0..30", "by": "position", "validation": 200, "test": 100, "plugins": PLUGINS}
    sizes: dict[Split, int] = {"train": 661, "validation": 200, "test": 100}
    parts = {part: dataset("addition", size=size, split=part, **settings) for part, size in sizes.items()}  # type: ignore[arg-type]
    texts = {part: [entry["question"] for entry in data] for part, data in parts.items()}
    assert {part: len(set(found)) for part, found in texts.items()} == sizes
    assert len(set().union(*texts.values())) == 31**2
    shorter = dataset("addition", size=30, split="validation", **settings)  # type: ignore[arg-type]
    assert [entry["question"] for entry in shorter] == texts["validation"][:30]
    with pytest.raises(
        DataError, match=r"201 validation examples asked for, but data\.split=position has set 200 aside"
    ):
        dataset("addition", size=201, split="validation", **settings)  # type: ignore[arg-type]


def test_training_entries_go_on_when_the_space_is_exhausted() -> None:
    data = dataset("addition", size=500, range="0..9", plugins=PLUGINS)
    assert len(list(data)) == 500
    assert {split_of(entry["question"]) for entry in data} == {"train"}


def test_a_template_makes_questions_of_expressions() -> None:
    entry = dataset("addition", size=1, template="What is {expression}?", plugins=PLUGINS)[0]
    assert entry["question"] == f"What is {entry['metadata']['expression']}?"


def test_a_division_policy_may_have_options() -> None:
    data = dataset("division", size=20, division={"policy": "decimal", "digits": 3}, constraints=[], plugins=PLUGINS)
    assert all("." in entry["answer"] or float(entry["answer"]).is_integer() for entry in data)
    assert any(len(entry["answer"].partition(".")[2]) == 3 for entry in data)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"term": 3}, "did you mean 'terms'"),
        ({"split": "tests"}, "did you mean 'test'"),
        ({"size": 0}, "at least one"),
        ({"division": "flor"}, "did you mean 'floor'"),
        ({"terms": "3..2"}, "terms"),
        ({"balance": "results"}, "did you mean 'result'"),
        ({"balance": "result"}, "python -m pip install exprlearn-balance"),
        ({"balance": "position"}, "is a way to split"),
        ({"validation": 9}, "add by='position'"),
        ({"by": "size"}, r"^--split: data\.split: input should be 'content' or 'position'\. Received: 'size'$"),
    ],
)
def test_a_wrong_setting_is_refused_with_the_nearest_right_one(settings: dict[str, object], said: str) -> None:
    with pytest.raises(OptionError, match=said):
        dataset("mixed", **{"size": 5, "plugins": PLUGINS, **settings})  # type: ignore[arg-type]


def test_settings_that_leave_nothing_are_refused_with_the_reason() -> None:
    data = dataset(
        "mixed", size=5, constraints=[{"name": "result-range", "low": 10**6, "high": 10**7}], terms=2, plugins=PLUGINS
    )
    with pytest.raises(DataError, match="rejects"):
        next(islice(data, 1))


def test_the_room_itself_can_be_called() -> None:
    room = DatasetRoom("room")
    assert room("addition", size=3, plugins=PLUGINS)[0] == dataset("addition", size=3, plugins=PLUGINS)[0]


def test_entries_tell_the_working_of_their_answer_and_show_no_test() -> None:
    plugins = Plugins(only=())
    data = dataset("mixed", size=300, seed=1, working="equations", plugins=plugins)
    working = EquationsWorking()
    for entry in data:
        text = entry["metadata"]["working"]
        assert working.answer(text) == entry["answer"]
        assert all(
            split_of(line.expression) == "train" for line in working.lines(text) if line.expression in data.space
        )
    plain = dataset("mixed", size=300, seed=1, plugins=plugins)
    assert "working" not in plain[0]["metadata"]
    assert {entry["question"] for entry in plain} != {entry["question"] for entry in data}
