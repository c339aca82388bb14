"""Splits of pairs: nothing that is tested was trained on, whatever the file says."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.arithmetic.divisions import ExactOnlyPolicy, FractionPolicy
from exprlearn.dataset import SPLITS, Split, split_of
from exprlearn.dataset.pairs import PairSplits, divide, pairs_of
from exprlearn.errors import DataError
from exprlearn.plugin import OperatorSpec

DIVISION = ExactOnlyPolicy()
SUMS = [(f"{left}+{right}", str(left + right)) for left in range(30) for right in range(30)]


def divided(rows: list[tuple[str, str]], splits: list[Split] | None = None, most: int = 1000) -> PairSplits:
    columns = [{"question": question, "answer": answer} for question, answer in rows]
    if splits is not None:
        columns = [{**row, "split": split} for row, split in zip(columns, splits, strict=True)]
    return divide(pairs_of(columns), DIVISION, level="commutative", validation=most, test=most)


def test_expressions_go_where_their_canonical_form_goes_in_any_grammar() -> None:
    splits = divided(SUMS)
    for split in SPLITS:
        examples = splits.train.examples if split == "train" else getattr(splits, split)
        assert len(examples)
        assert {split_of(text) for text in examples.expressions.tolist()} == {split}
    assert splits.split_by == "by canonical form"
    assert splits.proof().holds
    assert splits.notes == ()


def test_a_question_in_words_goes_with_the_expression_that_it_asks_for() -> None:
    rows = [*SUMS, *((f"What is {right} + {left}?", str(left + right)) for left in range(30) for right in range(30))]
    splits = divided(rows)
    assert splits.proof().holds
    assert {split_of(text.removeprefix("What is ").rstrip("?")) for text in splits.test.expressions.tolist()} == {
        "test"
    }


def test_questions_with_operators_of_plugins_go_where_their_canonical_form_goes() -> None:
    largest = OperatorSpec(
        name="max", summary="For tests.", sign="max", form="function", arity=2, commutative=True, calculate=max
    )
    rows = [(f"max({left}, {right}) =", str(max(left, right))) for left in range(20) for right in range(20)]
    pairs = pairs_of([*rows, ("1.5+2.3", "19/5")])
    read = pairs.with_operators((largest, replace(largest, sign="min")))
    assert read.operators == (largest,)
    assert read.expressions[1] == "max(0,1)"
    assert read.exact_answers(FractionPolicy()) == [*(answer for _, answer in rows), "19/5"]
    assert pairs.exact_answers(FractionPolicy())[1] is None
    splits = divide(read, FractionPolicy(), level="commutative", validation=99, test=99)
    assert splits.document()["signs"] == ["max"]
    assert splits.proof().holds
    learned = set(splits.train.examples.expressions.tolist())
    tested = [question for question in splits.test.expressions.tolist() if question.startswith("max")]
    assert len(tested) > 9
    for question in tested:
        left, right = question[4:-3].split(", ")
        assert f"max({right}, {left}) =" not in learned


def test_other_text_is_split_by_itself_and_said_so() -> None:
    rows = [(f"name of {number} in words", str(number)) for number in range(400)]
    splits = divided(rows)
    assert splits.split_by == "texts by themselves"
    assert len(splits.train.examples) + len(splits.validation) + len(splits.test) == 400
    mixed = divided([*rows, *SUMS[:200]])
    assert mixed.split_by == "200 expressions by canonical form, 400 other texts by themselves"


def test_planted_leaks_of_a_column_are_told_and_left_out_of_what_is_learned() -> None:
    rows = [
        ("1+2", "3"),
        ("3+4", "7"),
        ("7+8", "15"),
        ("2+1", "3"),
        ("4 + 3", "7"),
        ("9+9", "18"),
        ("4+3", "7"),
        ("5", "5"),
    ]
    splits = divided(rows, ["train", "train", "train", "test", "validation", "test", "test", "validation"])
    assert splits.shares == {"train/validation": 1, "train/test": 2, "validation/test": 1}
    assert splits.train.examples.expressions.tolist() == ["7+8"]
    assert splits.left_out == 3
    assert splits.proof().holds
    assert (
        "the column split leaks: train and test have 2 forms in common, such as 1+2 (pairs: row 1) and 2+1 "
        "(pairs: row 4)" in splits.notes
    )
    assert "3 rows were left out for these leaks, so that no test question is learned" in splits.notes


def test_a_validation_that_only_leaks_is_no_validation() -> None:
    rows = [("1+2", "3"), ("4+3", "7"), ("3+4", "7")]
    with pytest.raises(DataError, match=r"has no pairs for validation .* the column split leaks"):
        divided(rows, ["train", "validation", "test"])


def test_what_a_column_does_not_set_aside_content_does() -> None:
    splits = divided(SUMS, ["test" if text.startswith("7") else "train" for text, _ in SUMS])
    assert {text for text in splits.test.expressions.tolist()} <= {text for text, _ in SUMS if text.startswith("7")}
    assert {split_of(text) for text in splits.validation.expressions.tolist()} == {"validation"}
    assert splits.proof().holds


def test_wrong_answers_and_contradictions_are_told_with_their_rows() -> None:
    rows = [*SUMS, ("1+1", "3"), ("60+60", "130")]
    notes = divided(rows).notes
    assert notes[0] == "1 questions have several answers, such as '1+1': the first one counts"
    assert notes[1].startswith("2 of 902 answers are not the exact ones (exact-only), such as 1+1 = 3 (pairs: row 901)")


def test_answers_that_mean_something_else_are_not_called_wrong() -> None:
    assert divided([(text, str(int(answer) % 7)) for text, answer in SUMS]).notes == ()


def test_a_file_too_small_to_check_with_is_refused() -> None:
    with pytest.raises(DataError, match=r"has no pairs for .* add pairs, or a column split"):
        divided([("1+2", "3"), ("1+3", "4")])


@given(
    st.lists(
        st.tuples(st.sampled_from(["1+2", "2+1", "3*4", "4*3", "one", "two", "7"]), st.sampled_from(SPLITS)), min_size=9
    )
)
def test_no_column_lets_a_form_into_two_splits(rows: list[tuple[str, Split]]) -> None:
    try:
        splits = divided([(text, "1") for text, _ in rows], [split for _, split in rows])
    except DataError:
        return
    assert splits.proof().holds
    kept = len(splits.train.examples) + len(splits.validation) + len(splits.test)
    assert kept <= len(rows)
    assert Counter(splits.train.examples.expressions.tolist()) <= Counter(text for text, _ in rows)


def test_a_finer_or_coarser_level_decides_what_says_the_same() -> None:
    rows = [{"question": text, "answer": answer} for text, answer in SUMS]
    for level in ("string", "operands"):
        splits = divide(pairs_of(rows), DIVISION, level=level, validation=1000, test=1000)
        assert splits.proof().holds
        for split in SPLITS:
            examples = splits.train.examples if split == "train" else getattr(splits, split)
            assert {split_of(text, level) for text in examples.expressions.tolist()} == {split}
    assert splits.split_by == "by operands alone"
