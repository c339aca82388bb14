from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exprlearn.arithmetic.divisions import ExactOnlyPolicy, FloorPolicy, FractionPolicy
from exprlearn.arithmetic.text_blocks import read_texts
from exprlearn.dataset.audit import Turned, audit, auditor
from exprlearn.dataset.audit.audit_rows import equations, split_equation
from exprlearn.dataset.audit.questions import find_expression, plain_expression
from exprlearn.dataset.audit.read_questions import read_questions
from exprlearn.dataset.audit.text_files import Unreadable, line_object, line_objects
from exprlearn.dataset.audit.verdicts import Verdict, check_answer, turn_answer
from exprlearn.dataset.canonical import canonical_key, commutative_key
from exprlearn.plugin import Division

QUESTIONS = st.sampled_from(
    [
        "3+5",
        "3 + 5 =",
        "What is 12*3?",
        "(1) -3",
        "1/0",
        "1.5+2",
        "12 sweets",
        "2 3+4",
        "-7/2",
        "Q4: 2*(3+4)",
        "x",
        "9" * 30,
    ]
) | st.text("0123456789+-*/() =", max_size=9)
ANSWERS = st.none() | st.sampled_from(["8", "36", "It is 8.", "-7/2", "-4", "eight", "7/2", "<<3+5=9>> 8", "-3.5"])
DIVISIONS: list[Division] = [FractionPolicy(), ExactOnlyPolicy(), FloorPolicy()]


@pytest.mark.parametrize("division", DIVISIONS, ids=str)
@given(questions=st.lists(st.none() | QUESTIONS), turned=st.booleans())
def test_questions_read_together_say_what_each_says(
    division: Division, questions: list[str | None], turned: bool
) -> None:
    found = read_questions(questions, division, turned=turned)
    for row, question in enumerate(questions):
        decimals = division.operation == "exact"
        tree = None if question is None else find_expression(question, decimals=decimals, turned=turned)
        assert found.expressions[row] == (None if tree is None else tree.expression)
        if tree is not None:
            assert found.tree(row) == tree
            assert found.texts[row] == canonical_key(tree.expression, "string")
            assert found.forms[row] == commutative_key(tree)
            assert found.truths[row] in (None, check_answer(tree, None, division)[1])


@given(QUESTIONS, st.booleans())
def test_the_text_found_in_a_question_is_the_one_that_is_read(question: str, turned: bool) -> None:
    text, tree = plain_expression(question, turned=turned), find_expression(question, turned=turned)
    assert text is not None or tree is None
    if text and len(read_texts([text])[0]):
        assert tree is not None
        assert text == tree.expression


@given(
    rows=st.lists(st.tuples(QUESTIONS, ANSWERS), min_size=1, max_size=30),
    turned=st.sampled_from([None, "source", "answer", "both"]),
)
@example(rows=[("3+5", "8"), ("3+5", "9"), ("x", "1")], turned=None)
def test_the_counts_of_an_audit_are_those_of_its_rows(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str | None]], turned: Turned | None
) -> None:
    file = tmp_path_factory.mktemp("audit") / "a.jsonl"
    rows = [("1+1", "2"), *rows]
    file.write_text("".join(json.dumps({"question": asked, "answer": answer}) + "\n" for asked, answer in rows))
    found = audit([file], FractionPolicy(), turned=turned)
    trees = [find_expression(asked, turned=turned in ("source", "both")) for asked, _ in rows]
    verdicts = []
    for tree, (_, answer) in zip(trees, rows, strict=True):
        if tree is not None:
            turns = answer is not None and turned in ("answer", "both")
            verdicts.append(check_answer(tree, turn_answer(answer or "") if turns else answer, FractionPolicy())[0])
    assert found.unreadable == trees.count(None)
    assert found.wrong_answers == verdicts.count(Verdict.WRONG)
    assert found.unchecked == verdicts.count(Verdict.UNCHECKED)
    texts = [tree.expression for tree in trees if tree is not None]
    assert found.duplicates == len(texts) - len(set(texts))


def test_nothing_changes_where_blocks_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.jsonl"
    rows = [
        {"question": f"{i % 90}+{i % 7}", "answer": str(i % 90 + i % 7 + (i % 50 == 0)), "split": f"part{i % 3}"}
        for i in range(900)
    ]
    file.write_text("\n".join(map(json.dumps, rows)))
    whole = audit([file], FractionPolicy())
    for most in (1, 100):
        monkeypatch.setattr(auditor, "_MOST_ROWS", most)
        assert audit([file], FractionPolicy()) == whole


LINES = st.sampled_from(
    [
        '{"a": 1}',
        '{"a": "x,y"}',
        '{"a": 1},{"b": 2}',
        '{"a": [{}',
        "{}]}",
        '{"a": "}',
        '{"a": -Infinity}',
        '{"a": "-Infinity"}',
        '{"a": "\\u002dInfinity"}',
        "[1]",
        "-Infinity",
        '{"a":1} x',
        "\ufeff{}",
        "\x00",
        "[" * 5000,
    ]
)


def outcome(read: Any) -> tuple[list[Any], str]:
    found: list[Any] = []
    try:
        for each in read():
            found.append(each)
    except Unreadable as error:
        return found, str(error)
    return found, ""


@given(st.lists(LINES, max_size=6))
@example(['{"a": [{}', "{}]}", '{"a": 1},{"b": 2}'])
def test_lines_read_together_are_read_as_each_is(lines: list[str]) -> None:
    written = [line.encode() + b"\n" for line in lines]
    assert outcome(lambda: line_objects(written)) == outcome(lambda: map(line_object, written))


@given(
    st.lists(QUESTIONS.map(lambda text: f"{text}=8") | st.text("0123456789+-=() /x", max_size=9) | st.just("8 = 3+5"))
)
def test_equations_read_together_are_read_as_each_is(lines: list[str]) -> None:
    expected = []
    for line in lines:
        question, given = split_equation(line) or line.rpartition("=")[::2]
        expected.append({"question": question, "answer": given})
    assert list(equations([line.encode() for line in lines])) == expected
