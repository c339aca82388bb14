from __future__ import annotations

from exprlearn.runs.prediction import Prediction
from exprlearn.runs.report_artifacts import RIGHT, WRONG, step_row, telling


def predictions(count: int, *, right: bool) -> list[Prediction]:
    return [Prediction("1+2", "3" if right else "4", "3", (number + 1) / 100) for number in range(count)]


def test_surely_wrong_answers_come_first_and_then_barely_right_ones() -> None:
    chosen = telling([*predictions(50, right=True), *predictions(50, right=False)])
    assert [item.correct for item in chosen] == [False] * WRONG + [True] * RIGHT
    assert [item.probability for item in chosen] == [0.5, 0.49, 0.48, 0.47, 0.46, 0.45, 0.01, 0.02]


def test_a_few_predictions_are_all_told() -> None:
    assert len(telling([*predictions(1, right=True), *predictions(2, right=False)])) == 3
    assert telling([]) == []


def test_a_row_says_in_which_order_its_steps_were_written() -> None:
    assert step_row(predictions(1, right=True)[0], True)["back_to_front"] is True
