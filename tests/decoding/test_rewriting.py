from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from exprlearn.arithmetic import answer
from exprlearn.backend import keras_import
from exprlearn.config import RunConfig, resolve
from exprlearn.dataset import load_space, load_splits, split_of
from exprlearn.decoding.decoder import Decoder
from exprlearn.decoding.learned_lines import LearnedLines
from exprlearn.decoding.next_lines import lines_of, next_line
from exprlearn.decoding.rewriting import RewritingRules
from exprlearn.decoding.writing_rounds import BLOCK
from exprlearn.encoding import Encoder
from exprlearn.errors import EncodingError, OptionError
from exprlearn.plugin.manager import Plugins
from exprlearn.runs.preparation import make_encoder
from exprlearn.working import as_expression, reverse_numbers

PLUGINS = Plugins(only=())


def components_of(**sections: Any) -> Any:
    return resolve(RunConfig.model_validate({"model": {"name": "rewriter"}} | sections), PLUGINS)


@pytest.fixture(scope="module", params=["exact-only", "fraction"])
def mixed(request) -> tuple[Any, Encoder, Any]:
    components = components_of(
        grammar={"name": "mixed", "range": "1..12"},
        division={"policy": request.param},
        data={"validation": 40, "test": 40},
    )
    space = load_space(components.config.grammar, components)
    return components, make_encoder(space, components, ()), load_splits(space, components)


def text_of(encoder: Encoder, row: np.ndarray) -> str:
    """Read a row back as it was written, `.` for blanks."""
    shape = encoder.shape
    special = {shape.end: ".", shape.start: "|"}
    return "".join(special.get(each) or encoder.vocabulary.symbol(each) for each in row.tolist() if each != shape.pad)


def segments_of(encoder: Encoder, arrays: dict[str, np.ndarray]) -> list[tuple[str, str]]:
    """List the lines of packed rows, each with what is learned to be written over it."""
    found = []
    for source, target, segments in zip(*(arrays[name] for name in ("source", "target", "segments")), strict=True):
        for number in range(1, segments.max() + 1):
            here = segments == number
            found.append((reverse_numbers(text_of(encoder, source[here])), text_of(encoder, target[here])))
    return found


def test_every_line_of_an_expression_is_learned_from(mixed: Any) -> None:
    components, encoder, _ = mixed
    rules = RewritingRules().adapted(components)
    expressions = ["12*(3+4)-5", "7", "1+1"]
    arrays = rules.arrays(encoder, np.array(expressions), np.array(["79", "7", "2"]), 1.0)
    found = segments_of(encoder, arrays)
    assert found == [(line, next_line(line).written) for text in expressions for line in lines_of(text)]
    assert arrays["source"].shape == (1, rules.row_length(rules.shape(encoder)))


def test_no_line_that_is_held_out_is_learned_from(mixed: Any) -> None:
    components, encoder, splits = mixed
    rules = RewritingRules(replace(RewritingRules().adapted(components).lines, thinning=0.7))
    examples, _ = splits.train.take(2000, start=0)
    random = np.random.default_rng([0, 0, 0])
    arrays = rules.arrays(encoder, examples.expressions, examples.answers, 1.0, random)
    found, expressions = segments_of(encoder, arrays), set(examples.expressions.tolist())
    for line, written in found:
        assert written == next_line(line).written
        could_be_asked = all(1 <= int(number) <= 12 for number in re.findall("[0-9]+", line))
        assert not could_be_asked or split_of(as_expression(line)) == "train"
    assert {line for line, _ in found} > expressions
    counts = rules.counts
    assert 0 < counts["held_out"] < counts["lines"] / 20
    assert counts["thinned"] > 0
    assert counts["lines"] - sum(counts[name] for name in ("held_out", "too_long", "thinned")) == len(found)
    again = rules.arrays(encoder, examples.expressions, examples.answers, 1.0, np.random.default_rng([0, 0, 0]))
    assert all(np.array_equal(again[name], arrays[name]) for name in arrays)
    assert rules.counts == counts


def test_what_was_left_out_is_told() -> None:
    counts = {"lines": 60, "held_out": 2, "too_long": 0, "thinned": 5}
    assert RewritingRules(LearnedLines(thinning=0.7)).notes(counts) == [
        "2 of 60 lines were left out, which belong to validation or test",
        "5 of 60 lines were left out, which had come before in the epoch, by data.thinning=0.7",
    ]
    assert RewritingRules().notes({}) == []


class Knowing:
    """Writes what is right of every line in its rows, as a model writes logits."""

    variables = ()

    def __init__(self, encoder: Encoder) -> None:
        self.encoder, self.ids = encoder, {**encoder.vocabulary.ids, ".": encoder.shape.end, "|": encoder.shape.start}

    def __call__(self, inputs: Any, training: bool = False) -> Any:
        from keras import ops

        rows, segments = (np.asarray(each) for each in inputs)
        written = rows.copy()
        for row, numbers, new in zip(rows, segments, written, strict=True):
            for number in range(1, numbers.max() + 1):
                read = text_of(self.encoder, row[numbers == number])
                following = next_line(reverse_numbers(read.rstrip("."))).written.ljust(len(read), ".")
                new[numbers == number] = [self.ids[sign] for sign in following[: len(read)]]
        return 30.0 * ops.one_hot(written, self.encoder.shape.vocabulary_size)


def decoder_of(model: Any, encoder: Encoder, rules: RewritingRules) -> Decoder:
    return Decoder(model, SimpleNamespace(framing="rewriting"), rules.shape(encoder), rules=rules, compiling=False)


def test_lines_are_written_anew_until_they_are_numbers(keras, mixed: Any) -> None:
    components, encoder, splits = mixed
    rules = RewritingRules().adapted(components)
    fitting = [all(rules.lines.pair(line, 99) for line in lines_of(text)) for text in splits.test.expressions.tolist()]
    examples = splits.test[np.array(fitting)]
    assert len(examples) > 30
    decoder = decoder_of(Knowing(encoder), encoder, rules)
    texts, probabilities, decoded = rules.read(decoder, encoder, rules.sources(encoder, examples.expressions), 1.0)
    assert texts == examples.answers.tolist()
    assert texts == [answer(text, components.division) for text in examples.expressions.tolist()]
    assert min(probabilities) > 0.99
    assert decoded is None


def test_with_spare_blanks_a_value_may_be_longer_than_what_it_replaces(keras, mixed: Any) -> None:
    encoder = mixed[1]
    for spare, answered in ((0, "-107/2"), (1, "-107/12")):
        rules = RewritingRules(LearnedLines(spare=spare))
        arrays = rules.arrays(encoder, np.array(["1/12-9"]), np.array(["-107/12"]), 1.0)
        written = [written for _, written in segments_of(encoder, arrays)]
        assert written == (["1|21-9."] if spare else ["1|21-9"]) + ["-701|21"] * spare
        assert rules.counts["too_long"] == 1 - spare
        decoder = decoder_of(Knowing(encoder), encoder, rules)
        texts = rules.read(decoder, encoder, rules.sources(encoder, ["1/12-9", "7"]), 1.0)[0]
        assert texts == [answered, "7"]


def test_a_line_that_stays_or_is_no_number_is_no_answer(keras, mixed: Any) -> None:
    _, encoder, _ = mixed
    rules = RewritingRules()
    asked: list[int] = []

    def stubborn(inputs: Any, training: bool = False) -> Any:
        asked.append(len(inputs[0]))
        return 30.0 * keras.ops.one_hot(inputs[0], encoder.shape.vocabulary_size)

    source = rules.sources(encoder, ["1+2", "7"])
    decoder = decoder_of(stubborn, encoder, rules)
    assert rules.read(decoder, encoder, source, 1.0)[:2] == (["", "7"], [pytest.approx(1.0), 1.0])
    assert asked == [1]


def test_lines_are_written_in_functions_compiled_once_for_single_rows_and_once_for_blocks(
    mixed: Any, keras: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    components, encoder, splits = mixed
    rules = RewritingRules().adapted(components)
    options = components.model.options(units=16, layers=1, feed_forward=16, head=8)
    model = components.model.build(rules.shape(encoder), options)
    decoder = Decoder(model, components.model, rules.shape(encoder), rules=rules)
    shapes: list[set[tuple[int, ...]]] = []

    def counted(function: Any, variables: Any) -> Any:
        met, run = set[tuple[int, ...]](), keras_import.compiled(function, variables)
        shapes.append(met)
        return lambda *columns: (met.update(column.shape for column in columns), run(*columns))[1]

    monkeypatch.setattr("exprlearn.decoding.decoder.compiled", counted)
    texts, length = np.resize(splits.test.expressions, 400), rules.sources(encoder, splits.test.expressions).shape[1]
    for count in (400, 150, 90, 2, 1):
        assert len(rules.read(decoder, encoder, rules.sources(encoder, texts[:count]), 1.0)[0]) == count
    # More shapes would compile anew behind the same function.
    assert [len(met) for met in shapes] == [1, 1]
    assert sorted(rows for met in shapes for rows, _ in met) == [1, BLOCK]
    assert all(steps >= length for met in shapes for _, steps in met)


def test_a_line_that_never_ends_is_written_as_often_as_it_has_places(keras, mixed: Any) -> None:
    _, encoder, _ = mixed
    rules = RewritingRules()
    asked: list[int] = []

    def restless(inputs: Any, training: bool = False) -> Any:
        asked.append(len(inputs[0]))
        one, two = (encoder.vocabulary.id(sign) for sign in "12")
        rows = np.asarray(inputs[0])
        turned = np.where(rows == one, two, np.where(rows == two, one, rows))
        return 30.0 * keras.ops.one_hot(turned, encoder.shape.vocabulary_size)

    decoder = decoder_of(restless, encoder, rules)
    assert rules.read(decoder, encoder, rules.sources(encoder, ["1+2"]), 1.0)[0] == [""]
    assert len(asked) == rules.shape(encoder).source_length


def test_a_plus_in_front_of_a_number_is_still_to_be_dropped(keras, mixed: Any) -> None:
    _, encoder, _ = mixed
    rules = RewritingRules()
    decoder = decoder_of(Knowing(encoder), encoder, rules)
    assert rules.read(decoder, encoder, rules.sources(encoder, ["+7", "-7", "(7)"]), 1.0)[0] == ["7", "-7", "7"]


@pytest.mark.parametrize("sign", ["×", "−", " + "])
def test_a_grammar_with_signs_of_its_own_is_refused(tmp_path: Path, sign: str) -> None:
    grammar = tmp_path / "own.lark"
    grammar.write_text(f'start: NUMBER "{sign}" NUMBER "{sign}" NUMBER\nNUMBER: /[0-9]/\n', encoding="utf-8")
    components = components_of(grammar={"name": str(grammar)})
    encoder = make_encoder(load_space(components.config.grammar, components), components, ())
    with pytest.raises(OptionError, match=re.escape(f"the grammar writes {sign!r}")):
        RewritingRules().adapted(components).shape(encoder)


def test_the_first_calculation_alone_may_be_done_in_each_round(mixed: Any) -> None:
    encoder = mixed[1]
    rules = RewritingRules().adapted(components_of(model={"name": "rewriter", "rule": "first"}))
    assert rules.shown(encoder, "1+2-(4*5)", "-17") == ("1+2-(4*5)", "3..-(4*5)")


def test_what_does_not_fit_is_refused(mixed: Any) -> None:
    _, encoder, _ = mixed
    with pytest.raises(EncodingError, match="holds 'x'"):
        RewritingRules().sources(encoder, ["1x2"])
    with pytest.raises(EncodingError, match="rows have room for"):
        RewritingRules().sources(encoder, ["1+2+3+4+5+6+7+8+9+10+11+12"])
    with pytest.raises(OptionError) as caught:
        RewritingRules().adapted(
            components_of(division={"policy": "decimal"}, tokenizer={"name": "numbers"}, data={"split": "position"})
        )
    assert [problem.partition(":")[0] for problem in caught.value.problems] == [
        "division.policy",
        "tokenizer.name",
        "data.split",
    ]
