from __future__ import annotations

import subprocess
import sys
import warnings
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.dataset.sequence import dataset
from exprlearn.errors import UnknownName
from exprlearn.plugin.manager import Plugins
from exprlearn.rewards import digits, exact, format_ok, right_lines

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["role", "content", "text"]) | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=8,
)


def spoken(text: Any) -> list[dict[str, Any]]:
    return [{"role": "user", "content": "What is 3+5?"}, {"role": "assistant", "content": text}]


@pytest.mark.parametrize(
    "text", ["8", " 8\n", "+8", "8.0", "It is 8.", "3+5=8", r"\boxed{8}", "<answer>8</answer>", "9? No.\n#### 8"]
)
def test_the_right_answer_is_rewarded_in_texts_and_conversations(text: str) -> None:
    assert exact([text, spoken(text)], ["8", "8"]) == [1.0, 1.0]
    assert digits([text, spoken(text)], ["8", "8"]) == [1.0, 1.0]


@pytest.mark.parametrize("text", ["", "9", "80", "eight", "8 or 9", "<answer>9</answer> 8", "8.5", "-8"])
def test_a_wrong_answer_earns_nothing_exact(text: str) -> None:
    assert exact([text, spoken(text)], ["8", "8"]) == [0.0, 0.0]


def test_a_question_is_no_answer_to_itself() -> None:
    assert exact(["16/2", "What is 16/2?", "34/10"], ["8", "8", "17/5"]) == [0.0, 0.0, 0.0]


def test_fractions_and_remainders_are_compared_whole() -> None:
    assert exact(["17/5", "3.4", "It is 3 r 2", "3"], ["17/5", "17/5", "3 r 2", "3 r 2"]) == [1.0, 1.0, 1.0, 0.0]


def test_each_completion_has_its_own_answer_and_other_columns_do_not_matter() -> None:
    assert exact(["8", "8"], answer=["8", "9"], prompts=["a", "b"], completion_ids=[[1], [2]], trainer_state=None) == [
        1.0,
        0.0,
    ]


def test_messages_in_parts_are_read() -> None:
    assert exact([spoken([{"type": "text", "text": "It is 8"}])], ["8"]) == [1.0]


@pytest.mark.parametrize(
    "text",
    ["true", "True.", "3<5 is true", "<answer>TRUE</answer> false", r"\boxed{\text{true}}", "false? No.\n#### true"],
)
def test_truth_values_are_answers_too(text: str) -> None:
    for truth in ("true", True, "3<5 is true", "#### true"):
        assert exact([text, spoken(text)], [truth, truth]) == [1.0, 1.0]
        assert digits([text, spoken(text)], [truth, truth]) == [1.0, 1.0]
    assert exact([text], "false") == digits([text], "false") == [0.0]


@pytest.mark.parametrize("text", ["", "1", "5", "not true", "that isn't true", "it is true that it is false", "untrue"])
def test_what_says_no_truth_or_the_other_one_earns_nothing(text: str) -> None:
    assert exact([text], ["true"]) == digits([text], ["true"]) == [0.0]


def test_good_form_of_a_truth_value_is_one_of_its_words() -> None:
    texts = ["true", " False\n", "The answer is true", r"\boxed{false}", "so 3<5 holds, which is true", "1"]
    assert format_ok(texts, answer="true") == [1.0, 1.0, 1.0, 1.0, 0.0, 0.0]
    assert format_ok(["true", "8"], answer=["8", "true"]) == [0.0, 0.0]


def test_digits_count_where_units_stand_below_units() -> None:
    assert digits(["120", "20", "1200", "129", "-120", "none"], "120") == [1.0, 2 / 3, 1 / 4, 2 / 3, 3 / 4, 0.0]


def test_only_an_exact_answer_earns_all_digits() -> None:
    assert digits(["1/2", "0.50", "2/4"], "1/2") == [1.0, 1.0, pytest.approx(1 / 3)]


@pytest.mark.parametrize(
    "text", ["8", "-17/5", "3 r 2", r"so \boxed{8}", "#### 8", "The answer is 8", "<answer>8</answer>"]
)
def test_an_answer_that_is_marked_or_alone_is_in_good_form(text: str) -> None:
    assert format_ok([text, spoken(text)]) == [1.0, 1.0]


@pytest.mark.parametrize("text", ["", "3+5 makes 8", "3+5=8", "<answer></answer>", r"\boxed{eight}", "8 or 9"])
def test_an_answer_that_has_to_be_guessed_is_not_in_good_form(text: str) -> None:
    assert format_ok([text], answer=["8"]) == [0.0]


@pytest.mark.parametrize(
    ("truth", "completion"),
    [
        ("9+9 = <<9+9=18>>18\n#### 18", "#### 18"),
        (r"\boxed{18}", "18"),
        ("$18$", "It is 18."),
        ("18.", r"\boxed{18}"),
        (r"\frac{1}{2}", "1/2"),
        ("<think>17?</think>18", "18"),
        ("The answer is 18", "18"),
        (18, "18"),
        (18.0, "18"),
        ([{"role": "assistant", "content": "#### 18"}], "18"),
    ],
)
def test_true_answers_are_read_by_the_rules_of_completions(truth: Any, completion: str) -> None:
    for reward in (exact, digits):
        assert reward([completion, spoken(completion), "19"], [truth] * 3)[:2] == [1.0, 1.0]
    assert exact(["19", "", "none"], [truth] * 3) == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("answer", [None, [], [None], "", [""], ["eight", "none"], [{"a": 1}, [[]]]])
def test_a_batch_without_any_true_answer_earns_nothing_and_says_so(answer: Any) -> None:
    for reward in (exact, digits):
        with pytest.warns(UserWarning, match=r"no true answer of this batch can be read .* such as '8'"):
            assert reward(["", "8"], answer) == [0.0, 0.0]


def test_a_training_is_told_once_that_it_learns_from_a_constant() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for _ in range(9):
            exact(["8", "9"], ["eight", "nine"])
    assert len(caught) == 1


def test_one_true_answer_that_can_be_read_is_enough() -> None:
    assert exact(["8", "8"], ["eight", "8"]) == [0.0, 1.0]


@pytest.mark.parametrize(
    "text", ["<think>3+5 is 8, but", "<think>so <answer>8</answer> hm", r"<think>a</think><think>\boxed{8}", "<THINK>8"]
)
def test_thinking_that_does_not_end_earns_nothing(text: str) -> None:
    for reward in (exact, digits, format_ok):
        assert reward([text, spoken(text)], ["8", "8"]) == [0.0, 0.0]


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        (r"\boxed{1{,}000}", "1000"),
        (r"\boxed{1\,000}", "1000"),
        (r"\boxed{1 000}", "1000"),
        (r"\boxed{1 \frac{1}{2}}", "3/2"),
        ("It is 1 1/2.", "3/2"),
        ("8 = 3 + 5", "8"),
        ("–8", "-8"),
    ],
)
def test_numbers_are_read_as_people_and_latex_write_them(text: str, truth: str) -> None:
    assert exact([text], [truth]) == [1.0]


@pytest.mark.filterwarnings("ignore:no true answer")
@given(st.lists(JSON, max_size=4), st.lists(st.text(max_size=9) | st.none() | st.integers(), max_size=4))
def test_garbage_earns_a_number_and_raises_nothing(completions: list[Any], answer: list[Any]) -> None:
    for reward in (exact, digits, format_ok):
        rewards = reward(completions, answer, extra=[1])
        assert len(rewards) == len(completions)
        assert all(isinstance(value, float) and 0 <= value <= 1 for value in rewards)


def test_rewards_need_no_training_library() -> None:
    heavy = "{'keras', 'tensorflow', 'torch', 'trl', 'jax'}"
    check = f"import sys, exprlearn.rewards; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", check], check=False, timeout=60).returncode == 0


def test_right_lines_earn_their_share_up_to_the_first_wrong_one() -> None:
    reward = right_lines("equations", plugins=Plugins(only=()))
    data = dataset("mixed", size=40, seed=3, working="equations", plugins=Plugins(only=()))
    metadata, texts = [entry["metadata"] for entry in data], [entry["metadata"]["working"] for entry in data]
    assert reward(texts, [entry["answer"] for entry in data], metadata=metadata) == [1.0] * 40
    assert reward([[{"role": "assistant", "content": texts[0]}]], metadata=metadata[:1]) == [1.0]
    assert max(reward([f"{text}1" for text in texts], metadata=metadata)) < 1
    assert reward.__name__ == "right_lines"


@pytest.mark.parametrize("columns", [{}, {"question": "three"}, {"question": ["1/0"]}, {"metadata": [None]}])
def test_right_lines_of_no_expression_earn_nothing(columns: dict[str, Any]) -> None:
    assert right_lines("results", plugins=Plugins(only=()))(["1;2"], **columns) == [0.0]


def test_right_lines_of_an_unknown_working_are_refused() -> None:
    with pytest.raises(UnknownName, match="no working named 'equation'"):
        right_lines("equation", plugins=Plugins(only=()))
