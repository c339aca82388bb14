from __future__ import annotations

import numpy as np

from exprlearn.scoring.wrong_steps import first_wrong_steps, wrong_steps

END = 2


def test_what_stands_behind_the_end_of_the_truth_does_not_count() -> None:
    targets = np.array([[5, END, 0], [5, END, 0], [5, 6, END]], np.int32)
    ids = np.array([[5, END, 9], [5, 6, END], [5, END, 0]], np.int32)
    assert first_wrong_steps(ids, targets, END).tolist() == [-1, 1, 1]


def test_a_wrong_step_tells_both_tokens_and_the_likeliest_others() -> None:
    ids, targets = np.array([[3, 4]], np.int32), np.array([[3, 5]], np.int32)
    probabilities = np.zeros((1, 2, 7), np.float32)
    probabilities[0, 1] = [0.0, 0.0, 0.125, 0.0, 0.5, 0.25, 0.125]
    (step,) = wrong_steps(ids, probabilities, targets, END, str)
    assert step is not None
    assert (step.step, step.chosen, step.right) == (2, "4", "5")
    assert (step.chosen_probability, step.right_probability) == (0.5, 0.25)
    assert step.others == (("5", 0.25), ("2", 0.125), ("6", 0.125))
    assert step.document()["others"][0] == ["5", 0.25]
