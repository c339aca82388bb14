from __future__ import annotations

import json
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from exprlearn.arithmetic.divisions import ExactOnlyPolicy
from exprlearn.config.sections import Choice
from exprlearn.encoding import (
    BOTH,
    END,
    NONE,
    PAD,
    SOURCE,
    START,
    TARGET,
    Alphabet,
    Characters,
    Digits,
    Encoder,
    Left,
    Numbers,
    PerTerm,
    Right,
    Vocabulary,
    alphabet_of,
)
from exprlearn.encoding.lookup import tokenizer_of
from exprlearn.errors import EncodingError, RunError
from exprlearn.grammar.shipped import shipped_names
from exprlearn.plugin import Padding, Reversal, Shape, Tokenizer
from exprlearn.sampling.space import ExpressionSpace

TOKENIZERS: dict[str, Tokenizer] = {
    "characters": Characters(),
    "digits": Digits(),
    "pairs of digits": Digits(2),
    "triples of digits": Digits(3),
    "numbers": Numbers(),
}
PADDINGS: list[Padding] = [Left(), Right(), PerTerm()]
REVERSALS: list[Reversal] = [NONE, SOURCE, TARGET, BOTH]


@pytest.fixture(scope="module")
def spaces() -> dict[str, ExpressionSpace]:
    return {name: ExpressionSpace.from_file(name) for name in shipped_names()}


@pytest.fixture(scope="module")
def alphabets(spaces: dict[str, ExpressionSpace]) -> dict[str, Alphabet]:
    return {name: alphabet_of(space, ExactOnlyPolicy(), longest_answer=8) for name, space in spaces.items()}


#: What each tokenizer can write: a token for every number up to 99 999 would be too many.
WRITABLE = [each for each in product(TOKENIZERS, shipped_names()) if each != ("numbers", "addition-long")]


@pytest.fixture(scope="module")
def samples(spaces: dict[str, ExpressionSpace]) -> dict[str, NDArray[np.str_]]:
    """A hundred expressions of each stratum, evenly spaced, by grammar."""
    return {
        name: np.array([stratum[stratum.size * step // 100] for stratum in space.strata for step in range(100)])
        for name, space in spaces.items()
    }


@pytest.mark.parametrize(("tokenizer", "grammar"), WRITABLE)
@settings(max_examples=15)
@given(data=st.data())
def test_expressions_and_answers_come_back_from_their_rows(
    spaces: dict[str, ExpressionSpace],
    alphabets: dict[str, Alphabet],
    grammar: str,
    tokenizer: str,
    data: st.DataObject,
) -> None:
    space = spaces[grammar]
    padding, reversal = data.draw(st.sampled_from(PADDINGS)), data.draw(st.sampled_from(REVERSALS))
    encoder = Encoder(alphabets[grammar], tokenizer=TOKENIZERS[tokenizer], padding=padding, reversal=reversal)
    expressions = [space[index] for index in data.draw(st.lists(st.integers(0, space.size - 1), max_size=5))]
    answers = list(map(str, data.draw(st.lists(st.integers(-(10**7) + 1, 10**8 - 1), max_size=5))))
    sources, targets = encoder.sources(expressions), encoder.targets(answers)
    assert sources.shape == (len(expressions), encoder.shape.source_length)
    assert targets.shape == (len(answers), encoder.shape.target_length)
    assert sources.dtype == targets.dtype == np.int32
    assert encoder.expressions(sources).tolist() == expressions
    assert encoder.answers(targets).tolist() == answers


@pytest.mark.parametrize(("tokenizer", "grammar"), WRITABLE)
def test_every_stratum_fits_with_masks_that_mark_exactly_the_padding(
    samples: dict[str, NDArray[np.str_]], alphabets: dict[str, Alphabet], grammar: str, tokenizer: str
) -> None:
    expressions = samples[grammar]
    cutter = tokenizer_of(TOKENIZERS[tokenizer], alphabets[grammar], "source")
    steps = [len(cutter.split(text)) for text in expressions.tolist()]
    for padding in PADDINGS:
        encoder = Encoder(alphabets[grammar], tokenizer=TOKENIZERS[tokenizer], padding=padding, reversal=BOTH)
        rows = encoder.sources(expressions)
        assert (encoder.expressions(rows) == expressions).all()
        assert (rows != PAD).sum(axis=1).tolist() == steps


def test_lists_tuples_and_arrays_give_the_same_rows(mixed: Alphabet) -> None:
    texts = ["1+2", "(12-250)*3", "7/7"]
    for tokenizer in TOKENIZERS.values():
        encoder = Encoder(mixed, tokenizer=tokenizer, padding=PerTerm(), reversal=BOTH)
        expected = encoder.sources(texts).tolist()
        assert encoder.sources(tuple(texts)).tolist() == expected
        assert encoder.sources(np.array(texts)).tolist() == expected
        assert encoder.sources(np.array(texts, dtype="<U40")[::-1]).tolist() == expected[::-1]


@pytest.mark.parametrize("tokenizer", TOKENIZERS)
def test_no_texts_give_no_rows(mixed: Alphabet, tokenizer: str) -> None:
    encoder = Encoder(mixed, tokenizer=TOKENIZERS[tokenizer], padding=PerTerm(), reversal=BOTH)
    assert encoder.sources([]).shape == (0, encoder.shape.source_length)
    assert encoder.targets([]).shape == (0, encoder.shape.target_length)
    assert encoder.expressions(encoder.sources([])).tolist() == encoder.answers(encoder.targets([])).tolist() == []


def test_a_reversed_source_is_the_padded_row_back_to_front(mixed: Alphabet) -> None:
    for padding in PADDINGS:
        straight, turned = (
            Encoder(mixed, tokenizer=Digits(), padding=padding, reversal=reversal).sources(["12+3*(4-5)"])
            for reversal in (NONE, SOURCE)
        )
        assert turned.tolist() == straight[:, ::-1].tolist()


def test_a_reversed_answer_is_turned_before_its_end_mark(mixed: Alphabet) -> None:
    encoder = Encoder(mixed, tokenizer=Digits(2), padding=Left(), reversal=TARGET)
    assert encoder.describe_answer("-12345").tokens == ("45", "23", "1", "-", "<end>")
    assert encoder.describe_answer("7").tokens == ("7", "<end>", "<pad>", "<pad>", "<pad>")


def test_targets_are_tokens_then_the_end_mark_then_padding(mixed: Alphabet) -> None:
    encoder = Encoder(mixed, tokenizer=Characters(), padding=Left(), reversal=NONE)
    rows = encoder.targets(["123456", "-7", ""])
    assert [row.index(END) for row in rows.tolist()] == [6, 2, 0]
    assert [row[row.index(END) + 1 :] for row in rows.tolist()] == [[], [PAD] * 4, [PAD] * 6]


def test_what_a_decoder_writes_after_the_end_mark_is_no_answer(mixed: Alphabet) -> None:
    encoder = Encoder(mixed, tokenizer=Digits(), padding=Left(), reversal=TARGET)
    two, one = encoder.vocabulary.id("2"), encoder.vocabulary.id("1")
    written = np.array([[two, one, END, two, END], [two, two, two, one, one], [END, one, one, one, one]])
    assert encoder.answers(written).tolist() == ["12", "11222", ""]
    gaps = np.array([[START, two, PAD, one, END]])
    assert encoder.answers(gaps).tolist() == ["12"]


@pytest.mark.parametrize("ids", [[[-1]], [[1_000]]])
def test_ids_outside_of_the_vocabulary_are_refused(mixed: Alphabet, ids: list[list[int]]) -> None:
    encoder = Encoder(mixed, tokenizer=Digits(), padding=Left(), reversal=NONE)
    for decode in (encoder.expressions, encoder.answers):
        with pytest.raises(EncodingError, match="no id of the vocabulary; its ids run from 0 to 18"):
            decode(np.array(ids))


@pytest.mark.parametrize("tokenizer", TOKENIZERS)
def test_too_long_an_answer_is_refused_with_both_lengths(mixed: Alphabet, tokenizer: str) -> None:
    encoder = Encoder(mixed, tokenizer=TOKENIZERS[tokenizer], padding=Left(), reversal=BOTH)
    width = encoder.shape.target_length
    with pytest.raises(EncodingError, match=rf"needs \d+ steps, a row has {width}"):
        encoder.targets(["1", "-" + "9" * 20])


@pytest.mark.parametrize("expression", ["", "  "])
def test_an_empty_expression_is_refused(mixed: Alphabet, expression: str) -> None:
    encoder = Encoder(mixed, tokenizer=Digits(), padding=PerTerm(), reversal=BOTH)
    with pytest.raises(EncodingError, match="holds no expression"):
        encoder.sources(["1+1", expression])


def test_the_longest_answer_in_groups_takes_one_step_a_group_and_one_for_its_sign(mixed: Alphabet) -> None:
    lengths = [
        Encoder(mixed, tokenizer=tokenizer, padding=Left(), reversal=NONE).shape.target_length
        for tokenizer in (Characters(), Digits(2), Digits(3), Numbers())
    ]
    assert lengths == [6 + 1, 4 + 1, 3 + 1, 6 + 1]


def test_the_shape_of_the_mapping_framing_counts_numbers(addition: Alphabet) -> None:
    encoder = Encoder(addition, tokenizer=Digits(), padding=PerTerm(), reversal=BOTH, inputs="one-hot")
    digits = tuple(encoder.vocabulary.id(digit) for digit in "0123456789")
    assert encoder.shape == Shape(source_length=7, target_length=5, vocabulary_size=15, inputs="one-hot", digits=digits)
    mapping = encoder.number_shape
    assert (mapping.source_length, mapping.target_length, mapping.features) == (2, 1, 1)
    assert encoder.numbers(["999+0"]).tolist() == [[[1.0], [0.0]]]


def test_describing_shows_text_padding_tokens_and_ids(addition: Alphabet) -> None:
    steps = Encoder(addition, tokenizer=Digits(), padding=PerTerm(), reversal=BOTH).describe("12 + 3")
    assert (steps.text, steps.padded) == ("12+3", "·12+··3")
    assert steps.tokens == ("3", "<pad>", "<pad>", "+", "2", "1", "<pad>")
    assert steps.ids == (6, 0, 0, 13, 5, 4, 0)


def test_describing_an_answer_shows_the_row_as_a_decoder_writes_it(addition: Alphabet) -> None:
    steps = Encoder(addition, tokenizer=Digits(), padding=PerTerm(), reversal=BOTH).describe_answer("-12")
    assert (steps.text, steps.padded) == ("-12", "21-⏎·")
    assert steps.tokens == ("2", "1", "-", "<end>", "<pad>")


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


def test_a_padding_that_offers_what_is_deprecated_works_with_a_warning(addition: Alphabet) -> None:
    class Pieces(Right):
        ends_right = False

        def number_steps(self, vocabulary: Vocabulary) -> int:
            return 1

    with pytest.warns(DeprecationWarning, match="Pieces: number_steps and ends_right are deprecated"):
        encoder = Encoder(addition, tokenizer=Characters(), padding=Pieces(), reversal=NONE)
    plain = Encoder(addition, tokenizer=Characters(), padding=Right(), reversal=NONE)
    assert (encoder.sources(["12+3"]) == plain.sources(["12+3"])).all()
