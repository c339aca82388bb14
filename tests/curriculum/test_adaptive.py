from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import exprlearn as xl
from exprlearn.curriculum.adaptive import AdaptiveCurriculum
from exprlearn.dataset import split_of
from exprlearn.errors import OptionError
from exprlearn.plugin.manager import Plugins

PLUGINS = Plugins(only=())
STAGES = [
    {"name": "digits", "grammar": {"name": "addition", "range": "0..9"}},
    {"name": "tens", "grammar": {"name": "addition", "range": "0..99"}, "promote_at": 0.6},
    {"name": "products", "grammar": {"name": "multiplication", "range": "0..19"}},
]


def opened(source: Any = STAGES, **options: Any) -> AdaptiveCurriculum:
    return xl.curriculum(source, plugins=PLUGINS, **options)


def answer_rightly(curriculum: AdaptiveCurriculum, most: int = 400) -> int:
    """Answer until all is passed; how many answers that took."""
    for count in range(most):
        if curriculum.finished:
            return count
        (entry,) = curriculum.next()
        curriculum.tell(entry, entry["answer"])
    return most


def test_a_pupil_goes_through_the_stages_by_right_answers() -> None:
    curriculum = opened()
    assert [each.name for each in curriculum.stages] == ["digits", "tens", "products"]
    assert {entry["metadata"]["stage"] for entry in curriculum.next(50)} == {"digits"}
    assert answer_rightly(curriculum) < 200
    passed = [after for _, _, after in curriculum.state["moves"]]
    assert passed == [1, 2, 3]
    assert curriculum.stage.name == "products"


def test_earlier_stages_are_replayed_as_often_as_the_schedule_says() -> None:
    curriculum = opened(settings={"curriculum.schedule.replay": 0.5})
    answer_rightly(curriculum)
    stages = [entry["metadata"]["stage"] for entry in curriculum.next(400)]
    assert 150 < stages.count("products") < 250
    assert min(stages.count("digits"), stages.count("tens")) > 60


def test_who_forgets_is_sent_back() -> None:
    curriculum = opened()
    answer_rightly(curriculum)
    for entry in curriculum.next(400):
        curriculum.tell(entry, "0" if entry["metadata"]["stage"] == "tens" else entry["answer"])
    assert curriculum.stage.name == "tens"
    assert curriculum.state["moves"][-1][1:] == [3, 1]


def test_a_saved_state_goes_on_as_if_it_had_never_stopped() -> None:
    skills = {"digits": 0.97, "tens": 0.9, "products": 0.5}
    chances = np.random.default_rng([5, 0]).random(300)
    whole, parted = opened(seed=4), opened(seed=4)
    for number, chance in enumerate(chances):
        if not number % 20:
            parted = opened(seed=4, state=json.loads(json.dumps(parted.state)))
        (entry,), (same,) = whole.next(), parted.next()
        assert entry == same
        answer = entry["answer"] if chance < skills[entry["metadata"]["stage"]] else "none"
        assert whole.tell(entry, answer) == parted.tell(same, answer)
    assert whole.state == parted.state
    assert whole.scores.records() == parted.scores.records()
    assert {row["source_dataset"] for row in whole.scores.records()} == {f"stages/{name}" for name in skills}
    assert whole.passed == 2


def test_an_answer_may_come_after_the_state_was_saved_and_counts_once() -> None:
    curriculum = opened()
    entries = curriculum.next(10)
    later = opened(state=curriculum.state)
    scores = [later.tell(entry, entry["answer"]) for entry in entries for _ in range(8)]
    assert (sum(scores), later.state["answered"]) == (80, 10)


def test_no_entry_is_held_out() -> None:
    curriculum = opened(seed=1)
    answer_rightly(curriculum)
    entries = curriculum.next(100)
    assert {split_of(entry["metadata"]["expression"]) for entry in entries} == {"train"}


def test_curricula_are_read_from_files_and_names() -> None:
    carry = opened(Path(__file__).parents[2] / "docs" / "examples" / "carry.toml", seed=2)
    assert (carry.stage.name, carry.bars) == ("nothing carried", [0.9] * 3)
    assert next(iter(opened("sums")))["metadata"]["source_dataset"] == "sums/2 terms"
    assert opened("sums", template="What is {expression}?").next()[0]["question"].startswith("What is ")


@pytest.mark.parametrize(
    ("source", "options", "said"),
    [
        ("smus", {}, "did you mean 'sums'"),
        ("none", {}, "none names none: write a section"),
        ("sums", {"settings": {"curriculum.schedule": "fixed"}}, "'fixed' goes by epochs"),
        ([{"name": "a", "promote_at": 1}], {}, "stage 'a': promote_at=1 is more than"),
        ([{"name": "a", "grammar": {"name": "adition"}}, *STAGES], {}, "stage 'a': .*adition"),
        (STAGES, {"state": {"passed": 1}}, "state.made_of: field required"),
    ],
)
def test_what_cannot_be_is_refused_with_what_would_do(source: Any, options: dict[str, Any], said: str) -> None:
    with pytest.raises(OptionError, match=said):
        opened(source, **options)


def test_a_state_of_another_curriculum_or_seed_is_refused() -> None:
    state = opened(seed=1).state
    for other in (opened(seed=1, state=state), opened(seed=1)):
        assert other.state == state
    with pytest.raises(OptionError, match="the seed were others"):
        opened(seed=2, state=state)
    with pytest.raises(OptionError, match="there are 3 stages, and it tells of others"):
        opened(seed=1, state={**state, "drawn": [0]})


def test_an_entry_of_no_stage_is_refused() -> None:
    entry = xl.dataset("addition", size=1, plugins=PLUGINS)[0]
    with pytest.raises(OptionError, match=r"it belongs to no stage of 'stages': pass what next\(\) returned"):
        opened().tell(entry, "1")
