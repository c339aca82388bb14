from __future__ import annotations

import json
from dataclasses import replace

import pytest

from exprlearn.encoding import TARGET, Alphabet, Digits, Encoder, PerTerm
from exprlearn.errors import RunError


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
