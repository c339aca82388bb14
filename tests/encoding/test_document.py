from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from exprlearn.config.sections import Choice
from exprlearn.encoding import BOTH, Alphabet, Digits, Encoder, PerTerm
from exprlearn.errors import RunError

PARTS: dict[tuple[str, str], Any] = {
    ("tokenizer", "digits"): lambda options: Digits(**options),
    ("padding", "per-term"): lambda options: PerTerm(),
    ("reversal", "both"): lambda options: BOTH,
}
NAMES = {
    "tokenizer": Choice.model_validate({"name": "digits", "group": 2}),
    "padding": Choice(name="per-term"),
    "reversal": Choice(name="both"),
}


def make(kind: str, name: str, options: dict[str, Any]) -> Any:
    return PARTS[kind, name](options)


@pytest.fixture
def document(mixed: Alphabet) -> Any:
    encoder = Encoder(mixed, tokenizer=Digits(2), padding=PerTerm(), reversal=BOTH, inputs="one-hot", names=NAMES)
    return json.loads(json.dumps(encoder.to_json()))


def test_a_stored_encoder_writes_the_same_rows(mixed: Alphabet, document: Any) -> None:
    before = Encoder(mixed, tokenizer=Digits(2), padding=PerTerm(), reversal=BOTH, inputs="one-hot")
    after = Encoder.from_json(document, make)
    assert (after.shape, after.vocabulary, after.alphabet) == (before.shape, before.vocabulary, before.alphabet)
    assert after.sources(["(1-250)*37"]).tolist() == before.sources(["(1-250)*37"]).tolist()
    assert after.to_json() == document


def test_the_document_names_its_format_and_components(document: Any) -> None:
    assert next(iter(document)) == "format"
    assert (document["format"], document["tokenizer"]) == (1, {"name": "digits", "options": {"group": 2}})


def test_the_stored_vocabulary_holds_even_when_the_tokenizer_would_order_it_anew(document: Any) -> None:
    document["vocabulary"]["symbols"].reverse()
    assert Encoder.from_json(document, make).vocabulary.id("0") == len(document["vocabulary"]["symbols"]) + 2


def test_another_format_is_refused(document: Any) -> None:
    for other in ({**document, "format": 2}, {}, None, []):
        with pytest.raises(RunError, match=r"format .*, this version of exprlearn reads 1"):
            Encoder.from_json(other, make)


@pytest.mark.parametrize("key", ["tokenizer", "inputs", "alphabet", "vocabulary", "source_length"])
def test_damage_is_refused_with_the_faulty_key(document: Any, key: str) -> None:
    for damaged in ({**document, key: 3.5}, {name: value for name, value in document.items() if name != key}):
        with pytest.raises(RunError, match=f"is damaged: .*{key}"):
            Encoder.from_json(damaged, make)


def test_components_that_lay_rows_out_in_another_width_are_refused(document: Any) -> None:
    with pytest.raises(RunError, match=r"rows of 99 and 5 steps, its components now make 15 and 5"):
        Encoder.from_json({**document, "source_length": 99}, make)


def test_an_encoder_without_names_cannot_be_stored(mixed: Alphabet) -> None:
    encoder = Encoder(replace(mixed), tokenizer=Digits(), padding=PerTerm(), reversal=BOTH)
    with pytest.raises(ValueError, match="names of its tokenizer, padding, reversal"):
        encoder.to_json()
