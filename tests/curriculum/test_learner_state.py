"""Simulated pupils of known skills: who is moved wrongly, and how often."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from exprlearn.curriculum.learner_state import LearnerState
from exprlearn.curriculum.schedules import share_with_replay

pytestmark = pytest.mark.long

PUPILS, BARS = 1000, [0.9, 0.9, 0.8]
Skills = Callable[[int], Sequence[float]]


def go(skills: Skills, answers: int, pupil: int, *, bars: Sequence[float] = BARS, save: int = 0) -> LearnerState:
    """Let a pupil answer; `skills` of each stage by the number of answers, saved and restored every `save` answers."""
    random = np.random.default_rng([pupil, answers, 7])
    chances, picks = random.random(answers).tolist(), random.random(answers).tolist()
    state = LearnerState.first(len(bars))
    ends = [np.cumsum(share_with_replay(at, [1.0] * len(bars), 0.2)).tolist() for at in range(len(bars))]
    for number, pick in enumerate(picks):
        stage = min(sum(pick >= end for end in ends[state.at]), state.at)
        state.count(stage, chances[number] < skills(number)[stage], bars)
        if save and not number % save:
            state = LearnerState.model_validate(json.loads(json.dumps(state.model_dump(mode="json"))))
    return state


def share(pupils: Sequence[bool]) -> float:
    return sum(pupils) / len(pupils)


def test_a_pupil_just_below_the_bar_is_hardly_ever_promoted_from_a_saved_state_too() -> None:
    known = [0.99, 0.895, 0.99]
    ended = [go(lambda _: known, 300, pupil, save=97) for pupil in range(PUPILS)]
    assert share([any(after == 2 for _, _, after in state.moves) for state in ended]) <= 0.05
    assert share([any(after == 1 for _, _, after in state.moves) for state in ended]) >= 0.95


@pytest.mark.parametrize("bar", [0.5, 0.99])
def test_wrong_promotions_keep_the_promise_at_any_bar(bar: float) -> None:
    ended = [go(lambda _: [bar - 1e-9, 1.0], 100, pupil, bars=[bar, bar]) for pupil in range(PUPILS)]
    assert share([bool(state.moves) for state in ended]) <= 0.05


def test_who_knows_every_stage_passes_all_and_is_hardly_ever_sent_back() -> None:
    at_the_bar = [*BARS]
    ended = [go(lambda number: [1.0] * 3 if number < 150 else at_the_bar, 350, pupil) for pupil in range(PUPILS)]
    assert share([max(after for _, _, after in state.moves) == 3 for state in ended]) >= 0.99
    assert share([any(after < before for _, before, after in state.moves) for state in ended]) <= 0.05


def test_who_forgets_a_stage_goes_back_to_it_and_on_again_once_it_is_known() -> None:
    def skills(number: int) -> Sequence[float]:
        return [0.5 if 300 <= number < 700 else 0.99, 0.99, 0.99]

    ended = [go(skills, 1800, pupil) for pupil in range(30)]
    back = [[(before, after) for _, before, after in state.moves if after < before] for state in ended]
    assert share([bool(moves) and moves[0][1] == 0 for moves in back]) >= 0.95
    assert share([state.passed == 3 for state in ended]) >= 0.95


def test_who_learns_late_is_promoted_although_much_was_wrong_before() -> None:
    ended = [go(lambda number: [0.2 if number < 1000 else 0.98], 1600, pupil, bars=[0.9]) for pupil in range(30)]
    assert share([state.passed == 1 for state in ended]) >= 0.95
    assert all(answered > 1000 for state in ended for answered, *_ in state.moves)


def test_answers_to_later_stages_than_the_one_at_hand_move_nobody() -> None:
    state = LearnerState.first(2)
    for _ in range(500):
        state.count(1, True, [0.9, 0.9])
    assert (state.passed, state.answered) == (0, 500)
