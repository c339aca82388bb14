from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.arithmetic import value_of
from exprlearn.arithmetic.divisions import FractionPolicy
from exprlearn.dataset.audit.questions import find_expression
from exprlearn.dataset.audit.read_questions import read_questions
from exprlearn.plugin import OperatorSpec
from exprlearn.sampling import ExpressionSpace

SPACE = ExpressionSpace.from_file("mixed")


@pytest.mark.parametrize(
    ("question", "expression"),
    [
        ("3+5", "3+5"),
        ("3 + 5 =", "3+5"),
        ("3+5=?", "3+5"),
        ("3+5\n", "3+5"),
        ("What is 3+5?", "3+5"),
        ("What is 12 × 3?", "12*3"),
        ("$12 \\times 3 \\div 4$", "12*3/4"),
        ("3 x 5", "3*5"),
        ("−3×4÷2", "-3*4/2"),
        ("Compute 1,200 + 3.", "1200+3"),
        ("State the final answer to the following problem: 1663 - 5242 - 9376 =", "1663-5242-9376"),
        ("Q12: 3+5", "3+5"),
        ("Compute (3+5) please (now)", "(3+5)"),
        ("what is **3+5**?", "3+5"),
        ("user: 3+5\nassistant:", "3+5"),
        ("7", "7"),
        ("8.0 - 3.0", "8-3"),
        ("X=((6.0+7.0)-5.0)", "((6+7)-5)"),
        ("1) 3+5 =", "3+5"),
        ("1) -3+5", "-3+5"),
        ("2. 3+5", "3+5"),
        ("(a) 3+5", "3+5"),
        ("#7: 3+5", "3+5"),
        ("Problem 7: 3+5", "3+5"),
        ("(3) + 5", "(3)+5"),
        (r"\(3+5\)", "3+5"),
        (r"\[3+5=\]", "3+5"),
        (r"\frac{3}{4}+\frac{1}{4}", "(3/4)+(1/4)"),
        (r"\left(\frac{1+2}{3}\right)\times 1{,}000", "(((1+2)/3))*1000"),
        ("2–1", "2-1"),
        ("What is 2 – 1?", "2-1"),
        ("1.5+2", "1.5+2"),
        ("What is .5 + 2.50?", ".5+2.50"),
        ("(What is (3+5)*2)", "(3+5)*2"),
        ("**Compute** 3+5.", "3+5"),
        ("Solve for x: x = 3+5", "3+5"),
        ("What is 3+5 = x?", "3+5"),
        ("Question: 4/10", "4/10"),
        ("What is the value of the expression 3+5?", "3+5"),
    ],
)
def test_the_expression_of_a_question_is_found(question: str, expression: str) -> None:
    tree = find_expression(question)
    assert tree is not None
    assert tree.expression == expression


@pytest.mark.parametrize(
    "question",
    [
        "",
        "hello",
        "What is 7?",
        "1,5+2",
        "2x+1",
        "Add (as in 3+5)",
        "is -3+4 positive",
        "1+1=2\n10+10=20\n3+5=",
        "3+5=8",
        "Is 3+5=8?",
        "(1) -3+5",
        "Problem 7 - 3+5",
        "Solve problem 7 - 3+5",
        "#7 - 3+5",
        "Question 4/10: 3+5",
        "3+5 mod 7",
        "3-5 years",
        "Answer 3-5",
        "What comes next: 9-1, 8-1, 7-1?",
        "What is twice 3+5?",
        "What is the remainder of 7/2?",
        "What is 7/2 rounded?",
        "What is 3+5!",
        "3!+5",
        "What is $5 + $3?",
        "3+5*",
        "compute *3+5",
        "[7/2]",
        "|3-5|",
        r"1\frac{1}{2}+1",
        "1.2.3+5",
        "1.2.0+5",
        "3+5²",
        "3+5kg",
        "x + 3 + 5",
        "x - 3 + 5",
        "x*3+5",
        "2**3",
        "2^3+1",
        "3+5!",
        "50%+3",
        "3+",
        "1 2 + 3",
        "8 = 3 + ?",
        "((1+2)*3",
        "1" * 5000 + "+1",
    ],
)
def test_a_question_that_asks_for_something_else_is_not_read(question: str) -> None:
    assert find_expression(question) is None


def test_decimals_are_read_only_where_division_is_exact() -> None:
    assert find_expression("1.5+2", decimals=False) is None
    tree = find_expression("What is 1.0+2?", decimals=False)
    assert tree is not None
    assert tree.steps == (1, 2, "+")


def test_digits_are_turned_before_they_are_read() -> None:
    tree = find_expression("Q12: 21+04", turned=True)
    assert tree is not None
    assert tree.expression == "12+40"


@given(
    st.integers(0, SPACE.size - 1),
    st.sampled_from(
        ["{}", "{}=", "What is {}?", "Compute {}.", "Q: {} = ?", "'{}'", "Please solve: {}\nThanks", "3) {} ="]
    ),
    st.booleans(),
)
def test_an_expression_comes_out_of_every_sentence_as_it_went_in(index: int, sentence: str, spaced: bool) -> None:
    expression = SPACE[index]
    written = " ".join(expression) if spaced else expression
    tree = find_expression(sentence.format(written))
    assert tree is not None
    assert tree.expression == expression


@given(st.text(alphabet="0123456789+-*/() .,=x?\\times²٣", max_size=200))
def test_no_question_makes_the_search_fail(question: str) -> None:
    tree = find_expression(question)
    assert tree is None or " " not in tree.expression


@pytest.mark.parametrize(
    "piece", [" ", "1 ", "1+", "(", "**", "1,", "x", "1,000", "= ", "?\n", "-", "1. ", "is ", "\\frac{1}{2}", "\\frac{"]
)
def test_the_search_takes_no_longer_than_the_question_is_long(piece: str) -> None:
    question = "What is " + piece * (100_000 // len(piece)) + "x"
    start = time.process_time()
    find_expression(question)
    assert time.process_time() - start < 2


def test_questions_with_operators_of_plugins_are_read_with_them() -> None:
    numeral = OperatorSpec(
        name="hexadecimal",
        summary="For tests.",
        sign="x",
        form="numeral",
        pattern="0x[0-9a-f]+",
        calculate=lambda text: int(text, 16),
    )
    power = OperatorSpec(name="power", summary="For tests.", sign="^", precedence=4, calculate=pow)
    questions = ["0x15+0x2 =", "2^3", "3 x 5", "What is 2^3?", None]
    found = read_questions(questions, FractionPolicy(), operators=(numeral, power))
    assert list(found.expressions) == ["0x15+0x2", "2^3", "3*5", None, None]
    assert [value_of(found.tree(row)) for row in (0, 1, 2)] == [23, 8, 15]
