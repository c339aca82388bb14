from __future__ import annotations

from exprlearn.config import RunConfig, resolve
from exprlearn.dataset import load_space, load_splits
from exprlearn.plugin.manager import Plugins
from exprlearn.runs.prediction import Prediction
from exprlearn.runs.run_evaluation import MOST_RIGHT, MOST_WRONG, choose_shown, seen_sizes, step_row
from exprlearn.scoring import score


def test_sizes_outside_of_a_fixed_training_set_are_told_apart() -> None:
    config = RunConfig.model_validate({"grammar": {"name": "sums"}, "data": {"train": 4, "test": 300}})
    components = resolve(config, Plugins(only=[]))
    splits = load_splits(load_space(config.grammar, components), components)
    axes = seen_sizes(config.data, splits)
    trained = splits.train.take(4, start=0)[0].expressions.tolist()
    label = axes["sizes"]
    assert {label(expression, "") for expression in trained} == {"seen"}
    assert label("1+2+3+4+5+6+7+8", "") == "unseen"
    evaluated = score(*([*splits.test.expressions.tolist()], *[[*splits.test.answers.tolist()]] * 2), axes=axes)
    groups = {group.group: group.interval.count for group in evaluated.breakdown["sizes"]}
    assert set(groups) == {"seen", "unseen"}
    assert sum(groups.values()) == 300


def test_where_every_size_may_be_drawn_there_is_nothing_to_tell() -> None:
    config = RunConfig.model_validate({"grammar": {"name": "sums"}})
    components = resolve(config, Plugins(only=[]))
    assert seen_sizes(config.data, load_splits(load_space(config.grammar, components), components)) == {}


def predictions(count: int, *, right: bool) -> list[Prediction]:
    return [Prediction("1+2", "3" if right else "4", "3", (number + 1) / 100) for number in range(count)]


def test_surely_wrong_answers_come_first_and_then_barely_right_ones() -> None:
    chosen = choose_shown([*predictions(50, right=True), *predictions(50, right=False)])
    assert [item.correct for item in chosen] == [False] * MOST_WRONG + [True] * MOST_RIGHT
    assert [item.probability for item in chosen] == [0.5, 0.49, 0.48, 0.47, 0.46, 0.45, 0.01, 0.02]


def test_a_few_predictions_are_all_shown() -> None:
    assert len(choose_shown([*predictions(1, right=True), *predictions(2, right=False)])) == 3
    assert choose_shown([]) == []


def test_a_row_says_in_which_order_its_steps_were_written() -> None:
    assert step_row(predictions(1, right=True)[0], True)["back_to_front"] is True
