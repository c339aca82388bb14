from __future__ import annotations

import json
import operator
import re
from dataclasses import replace

import pytest

from exprlearn.arithmetic.divisions import ExactOnlyPolicy, FractionPolicy
from exprlearn.encoding import TARGET, Alphabet, Digits, Encoder, PerTerm, alphabet_of
from exprlearn.encoding.alphabet import skeleton_extent
from exprlearn.errors import RunError
from exprlearn.plugin import OperatorSpec
from exprlearn.sampling.space import ExpressionSpace


def test_an_alphabet_reloads_identically_from_json(mixed: Alphabet) -> None:
    assert Alphabet.from_json(json.loads(json.dumps(mixed.to_json()))) == mixed


@pytest.mark.parametrize("change", [{"most_terms": "many"}, {"literals": 3}, {"numbers": [1]}])
def test_damaged_data_is_refused_with_the_faulty_field(mixed: Alphabet, change: dict[str, object]) -> None:
    with pytest.raises(RunError, match=rf"the stored alphabet is damaged: {next(iter(change))}"):
        Alphabet.from_json({**mixed.to_json(), **change})


def test_all_missing_fields_are_named(mixed: Alphabet) -> None:
    document = mixed.to_json()
    del document["literals"], document["longest_answer"]
    with pytest.raises(RunError, match=r"literals .* longest_answer"):
        Alphabet.from_json(document)


def test_two_alphabets_together_write_what_either_writes(addition: Alphabet, mixed: Alphabet) -> None:
    longer = replace(addition, longest_answer=9)
    both = Encoder(longer | mixed, tokenizer=Digits(), padding=PerTerm(), reversal=TARGET)
    expressions, answers = ["999+0", "(1+250)*3/4"], ["999999999", "-1"]
    assert both.expressions(both.sources(expressions)).tolist() == expressions
    assert both.answers(both.targets(answers)).tolist() == answers
    assert (both.alphabet.numbers, both.alphabet.literals) == ((0, 999), mixed.literals)


def test_expressions_are_normalised_to_what_the_grammar_writes(mixed: Alphabet, addition: Alphabet) -> None:
    assert mixed.normalise(" 12 × (3 − 4) ÷ 5 ") == "12*(3-4)/5"
    assert addition.normalise("1×2") == "1×2"


WORDS = """
start: NUMBER | start "plus" NUMBER | "double" "(" start ")"
NUMBER: /[0-9]/
"""


@pytest.mark.parametrize(
    ("grammar", "sizes"),
    [
        ("mixed", {"terms": (1, 3), "ranges": (1, 2)}),
        ("mixed", {"terms": 2, "brackets": 0, "ranges": (8, 10)}),
        ("nested", {"terms": (2, 4), "ranges": (1, 1)}),
        ("nested", {"terms": (2, 4), "depth": 1, "ranges": (0, 0)}),
        ("sums", {"ranges": (0, 1)}),
        ("flat", {"characters": (3, 5), "ranges": (0, 10)}),
        ("division", {"ranges": (1, 30)}),
    ],
)
def test_the_measures_are_those_of_the_widest_expressions_of_all(grammar: str, sizes: dict[str, object]) -> None:
    space = ExpressionSpace.from_file(grammar, **sizes)
    alphabet = alphabet_of(space, ExactOnlyPolicy(), longest_answer=6)
    everything = list(space)
    assert alphabet.longest_expression == max(map(len, everything))
    assert alphabet.longest_skeleton == max(len(re.sub("[0-9]", "", text)) for text in everything)
    assert alphabet.most_literals == alphabet.longest_skeleton
    assert alphabet.most_terms == max(len(re.findall("[0-9]+", text)) for text in everything)
    assert alphabet.widest_number == max(len(number) for text in everything for number in re.findall("[0-9]+", text))
    assert alphabet.numbers == (
        min(int(number) for text in everything for number in re.findall("[0-9]+", text)),
        max(int(number) for text in everything for number in re.findall("[0-9]+", text)),
    )


def test_literals_of_several_characters_count_once_and_measure_their_length() -> None:
    space = ExpressionSpace.from_text(WORDS, terms=(1, 3), brackets=(0, 1))
    assert skeleton_extent(space) == (len("double(plusplus)"), 5)


def test_long_expressions_are_measured_without_recursion() -> None:
    space = ExpressionSpace.from_file("sums", terms=1500)
    assert skeleton_extent(space) == (1499, 1499)


def test_answers_hold_what_the_division_policy_writes() -> None:
    alphabet = alphabet_of(ExpressionSpace.from_file("division"), FractionPolicy(), longest_answer=7)
    assert set(alphabet.answer_characters) == set("-/0123456789")
    assert alphabet.longest_answer == 7


def test_digits_that_stand_side_by_side_make_one_wide_number() -> None:
    space = ExpressionSpace.from_text('start: "0x" D D "+" D\nD: /[0-9]/')
    assert alphabet_of(space, ExactOnlyPolicy(), longest_answer=2).widest_number == 4
    apart = ExpressionSpace.from_text('start: D "+" D\nD: /[0-9]/')
    assert alphabet_of(apart, ExactOnlyPolicy(), longest_answer=2).widest_number == 1


def test_comparisons_are_answered_by_words() -> None:
    less = OperatorSpec(name="less", summary="Less.", sign="<", precedence=0, gives="truth", calculate=operator.lt)
    space = ExpressionSpace.from_text('start: D "<" D\nD: /[0-9]/').with_operators([less])
    alphabet = alphabet_of(space, ExactOnlyPolicy(), longest_answer=1)
    assert set("truefalse") <= set(alphabet.answer_characters)
    assert alphabet.longest_answer == len("false")
