from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.dataset.final_answer import final_answer, marked_answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("8", "8"),
        (" -17/5 ", "-17/5"),
        ("3 r 2", "3 r 2"),
        ("The answer is 8.", "8"),
        ("The answer is **8**, since 2*4=8 and 1+1=2.", "8"),
        ("Answer: 3+5=8", "8"),
        ("Final answer: $-1,200.5$", "-1,200.5"),
        ("3+5=8, as 5 comes after 4", "8"),
        ("3 + 5 makes 8", "8"),
        ("5-3", "3"),
        ("from (2)-3 to -4", "-4"),
        ("work: 3+5=9\n#### 8\nbye 7", "8"),
        ("<think>3+5=9 <answer>1</answer></think>It is <answer> 8 </answer> of 99", "8"),
        ("<answer>first 3</answer> then <answer>8</answer>", "8"),
        ("<answer>none</answer> 8", ""),
        (r"so \boxed{8} of 9", "8"),
        (r"\boxed{x_{1} = \frac{17}{5}}", "17/5"),
        (r"\boxed{-\dfrac{17}{5}}", "-17/5"),
        (r"\boxed{8", "8"),
        ("17/5 leaves 3 r 2", "3 r 2"),
        ("x12 and abc7d", ""),
        ("no idea", ""),
        ("", ""),
        ("−4", "-4"),
        ("–4", "-4"),
        ("The answer – 4", "4"),
        (r"\boxed{1{,}000}", "1,000"),
        (r"\boxed{1\,000}", "1,000"),
        ("1 000", "1000"),
        ("5 1000", "1000"),
        (r"\boxed{1 \frac{1}{2}}", "3/2"),
        (r"\boxed{-1\frac12}", "-3/2"),
        ("3 1/2 cups", "7/2"),
        ("4 8/2", "8/2"),
        (r"\frac{a}{2}", "2"),
        ("8 = 3 + 5", "8"),
        ("So it is 16 = 8 + 8 = 4 + 4 + 8.", "16"),
        ("The answer is 8 = 3 + 5", "8"),
        ("4 * 2 = 8 + 0 = 8", "8"),
        ("<think>3+5 is 8, but", ""),
        ("<think>so <answer>8</answer> hm", ""),
        ("<think>3</think>8<think>", ""),
        ("<Thinking>3</Thinking>8", "8"),
    ],
)
def test_the_final_answer_is_found(text: str, answer: str) -> None:
    assert final_answer(text).replace("−", "-") == answer


def test_a_number_without_a_mark_is_not_marked() -> None:
    assert marked_answer("it makes 8") is None


@given(st.text(alphabet=r"<answer>/\boxed{frac}#=-+,.0123456789 is\n", max_size=300))
def test_no_text_makes_the_search_fail(text: str) -> None:
    assert isinstance(final_answer(text), str)


@pytest.mark.parametrize(
    "piece",
    [
        "<answer>",
        r"\boxed{",
        "#",
        "=",
        "answer is ",
        "answer ",
        "1,",
        "1/",
        "1.",
        "9",
        "- ",
        "\\frac{1",
        "= " * 9,
        "=1+1",
        "<think>",
        "1 000 ",
        "1 1/2 ",
    ],
)
def test_the_search_takes_no_longer_than_the_text_is_long(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    start = time.process_time()
    final_answer(text)
    assert time.process_time() - start < 2
