from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from exprlearn.arithmetic import answer
from exprlearn.config import RunConfig, resolve
from exprlearn.dataset import load_space, load_splits, split_of
from exprlearn.decoding.decoder import Decoder
from exprlearn.decoding.rewriting import LearnedLines, RewritingRules, lines_of, rewritten, write_rounds
from exprlearn.encoding import Encoder
from exprlearn.errors import EncodingError, OptionError
from exprlearn.plugin.manager import Plugins
from exprlearn.runs.preparation import make_encoder
from exprlearn.working import as_expression, reduce_line, reverse_numbers

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


def test_without_its_blanks_a_line_is_the_one_that_follows(mixed: Any) -> None:
    splits = mixed[2]
    examples, _ = splits.train.take(300, start=0)
    lines = {line for text in examples.expressions.tolist() for line in lines_of(text)}
    assert any("|" in line for line in lines)
    for line in filter(LearnedLines().fits, lines):
        written = rewritten(line)
        assert len(written) == len(line)
        assert reverse_numbers(written.replace(".", "")) == reduce_line(line)


def test_no_line_that_is_held_out_is_learned_from(mixed: Any) -> None:
    components, encoder, splits = mixed
    rules = RewritingRules().adapted(components)
    examples, _ = splits.train.take(2000, start=0)
    asked = set()
    for epoch in range(3):
        random = np.random.default_rng([0, 0, epoch])
        arrays = rules.arrays(encoder, examples.expressions, examples.answers, 1.0, random)
        for source, target in zip(arrays["source"], arrays["target"], strict=True):
            line = reverse_numbers(text_of(encoder, source))
            assert text_of(encoder, target) == rewritten(line)
            assert split_of(as_expression(line)) == "train"
            asked.add(line)
    assert len(asked) > len(set(examples.expressions.tolist()))
    assert rules.lines.learned == 6000
    assert 0 < rules.lines.left_out < 600
    held_out, *rest = rules.notes()
    assert held_out == (
        f"{rules.lines.left_out} of 6000 lines belong to validation or test, "
        "and the expressions themselves were learned from instead"
    )
    assert len(rest) == (rules.lines.too_long > 0)


def test_a_value_that_is_longer_than_its_calculation_is_not_learned() -> None:
    lines = LearnedLines()
    assert lines_of("1/66-8")[1] == "1|66-8"
    assert not lines.fits("1|66-8")
    assert lines.chosen("1/66-8", 0.9, 10) == "1/66-8"
    assert (lines.too_long, lines.learned) == (1, 1)
    with pytest.raises(EncodingError, match=r"'1\|66-8' has the value '-527\|66', which needs more places"):
        rewritten("1|66-8")


class Knowing:
    """Writes what is right, as a model writes logits; it knows every line of some expressions."""

    variables = ()

    def __init__(self, encoder: Encoder, rules: RewritingRules, expressions: list[str]) -> None:
        lines = np.array(sorted({line for text in expressions for line in lines_of(text)}))
        self.size, self.lines = encoder.shape.vocabulary_size, rules.sources(encoder, lines)
        self.next = np.zeros_like(self.lines)
        ids = {**encoder.vocabulary.ids, ".": encoder.shape.end, "|": encoder.shape.start}
        for row, line in zip(self.next, lines.tolist(), strict=True):
            row[: len(line)] = [ids[sign] for sign in rewritten(line)]

    def __call__(self, inputs: Any, training: bool = False) -> Any:
        from keras import ops

        known = ops.all(ops.equal(inputs[0][:, None, :], self.lines[None]), axis=-1)
        written = ops.take(ops.convert_to_tensor(self.next), ops.argmax(known, axis=1), axis=0)
        return 30.0 * ops.one_hot(written, self.size)


def test_lines_are_written_anew_until_they_are_numbers(keras, mixed: Any) -> None:
    components, encoder, splits = mixed
    rules = RewritingRules().adapted(components)
    fitting = [all(LearnedLines().fits(line) for line in lines_of(text)) for text in splits.test.expressions.tolist()]
    examples = splits.test[np.array(fitting)]
    assert len(examples) > 30
    knowing = Knowing(encoder, rules, examples.expressions.tolist())
    spec = SimpleNamespace(framing="rewriting")
    decoder = Decoder(knowing, spec, rules.shape(encoder), few=100, rules=rules)
    texts, probabilities, decoded = rules.read(decoder, encoder, rules.sources(encoder, examples.expressions), 1.0)
    assert texts == examples.answers.tolist()
    assert texts == [answer(text, components.division) for text in examples.expressions.tolist()]
    assert min(probabilities) > 0.99
    assert decoded is None


def test_a_line_that_stays_or_is_no_number_is_no_answer(keras, mixed: Any) -> None:
    _, encoder, _ = mixed
    rules = RewritingRules()
    shape = rules.shape(encoder)
    plus = encoder.vocabulary.id("+")

    def stubborn(inputs: Any, training: bool = False) -> Any:
        return 30.0 * keras.ops.one_hot(inputs[0], shape.vocabulary_size)

    source = rules.sources(encoder, ["1+2", "7"])
    last, probability = write_rounds(stubborn, shape, [plus], source)
    assert np.asarray(last).tolist() == source.tolist()
    assert np.asarray(probability)[1] == 1.0
    decoder = Decoder(stubborn, SimpleNamespace(framing="rewriting"), shape, rules=rules)
    assert rules.read(decoder, encoder, source, 1.0)[0] == ["", "7"]


def test_a_plus_in_front_of_a_number_is_still_to_be_dropped(keras, mixed: Any) -> None:
    _, encoder, _ = mixed
    rules = RewritingRules()
    knowing = Knowing(encoder, rules, ["+7", "-7", "(7)"])
    decoder = Decoder(knowing, SimpleNamespace(framing="rewriting"), rules.shape(encoder), rules=rules)
    assert rules.read(decoder, encoder, rules.sources(encoder, ["+7", "-7", "(7)"]), 1.0)[0] == ["7", "-7", "7"]


@pytest.mark.parametrize("sign", ["×", "−", " + "])
def test_a_grammar_with_signs_of_its_own_is_refused(tmp_path: Path, sign: str) -> None:
    grammar = tmp_path / "own.lark"
    grammar.write_text(f'start: NUMBER "{sign}" NUMBER "{sign}" NUMBER\nNUMBER: /[0-9]/\n', encoding="utf-8")
    components = components_of(grammar={"name": str(grammar)})
    encoder = make_encoder(load_space(components.config.grammar, components), components, ())
    with pytest.raises(OptionError, match=re.escape(f"the grammar writes {sign!r}")):
        RewritingRules().adapted(components).shape(encoder)


def test_the_first_calculation_alone_may_be_done_in_each_round() -> None:
    components = components_of(model={"name": "rewriter", "rule": "first"})
    assert RewritingRules().adapted(components).lines.following("1+2-(4*5)") == "3..-(4*5)"
    assert lines_of("1+2-(4*5)", rule="first") == ("1+2-(4*5)", "3-(4*5)", "3-20")


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


def test_lines_of_one_process_are_counted_apart_from_what_they_are() -> None:
    assert LearnedLines(learned=3) == LearnedLines()
