from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exprlearn.scoring import baselines, exact_match, most_common_answer
from exprlearn.scoring.baselines import first_number

truths_of = st.lists(st.integers(-20, 20).map(str), min_size=1)


@given(truths_of)
def test_without_a_training_answer_no_constant_beats_the_most_common_truth(truths: list[str]) -> None:
    best = baselines(["1+1"] * len(truths), truths)["most-common-answer"]
    assert best == max(exact_match([constant] * len(truths), truths) for constant in truths)


@given(truths_of)
def test_blank_scores_nothing(truths: list[str]) -> None:
    assert baselines([""] * len(truths), truths)["blank"] == 0


@given(st.permutations(["7", "7", "12", "12", "3"]))
def test_the_most_common_answer_does_not_depend_on_the_order(answers: list[str]) -> None:
    assert most_common_answer(answers) == "12"


def test_no_answers_make_the_most_common_one_blank() -> None:
    assert most_common_answer([]) == ""


def test_the_training_answer_is_the_one_that_is_scored() -> None:
    assert baselines(["1+1", "3+3", "4+4"], ["2", "6", "8"], common_answer="9")["most-common-answer"] == 0


def test_the_first_number_is_copied_from_anywhere() -> None:
    assert [first_number(text) for text in ("12+34", "((7)-1)", "-5+2", "")] == ["12", "7", "5", ""]
    assert baselines(["5*1", "5*2"], ["5", "10"])["copy-first-number"] == 0.5
