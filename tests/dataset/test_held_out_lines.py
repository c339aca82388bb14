from __future__ import annotations

import numpy as np
import pytest

from exprlearn.arithmetic import UNLIMITED, parse
from exprlearn.arithmetic.divisions import ExactOnlyPolicy, FloorPolicy, FractionPolicy
from exprlearn.config import read_config, resolve
from exprlearn.dataset import Answering, Examples, ExampleStream, canonical_key, split_of
from exprlearn.dataset.held_out_lines import HeldOutLines, SpaceForms, may_be_shown
from exprlearn.dataset.splits import load_space, load_splits
from exprlearn.errors import OptionError
from exprlearn.plugin import Division, Working, WorkingSpec
from exprlearn.plugin.manager import Plugins
from exprlearn.sampling import ExpressionSpace, Stream
from exprlearn.working import as_expression, ready_steps, reduce_line, steps, write_working
from exprlearn.working.columns import ColumnsWorking
from exprlearn.working.forms import EquationsWorking, ExpressionsWorking, NoWorking, ResultsWorking

MIXED = ExpressionSpace.from_file("mixed")


def lines_of(working: Working, space: ExpressionSpace = MIXED, division: Division | None = None) -> HeldOutLines:
    return HeldOutLines(space, working, division or ExactOnlyPolicy())


def training(lines: HeldOutLines, space: ExpressionSpace, count: int) -> list[tuple[str, str]]:
    stream = ExampleStream(Stream(space, 0, "train"), Answering(lines.division, lines=lines), "train")
    return [(each.expression, each.answer) for each in stream.take(count)[0]]


def test_a_line_of_the_space_belongs_to_the_split_of_its_form() -> None:
    lines = lines_of(EquationsWorking())
    texts = [f"{left}{sign}{right}" for left in range(1, 10) for sign in "+-*/" for right in range(1, 10)]
    assert lines.may_train(texts) == [split_of(text) == "train" for text in texts]


def test_a_line_that_no_expression_of_the_space_can_say_is_free() -> None:
    lines = lines_of(EquationsWorking())
    for line in ("8+3*18", "1+2+3+4+5", "7", "0+9", "1|30*2"):
        assert not lines.covers(line)
        assert lines.may_train([line]) == [True]
    longer = lines_of(EquationsWorking(), ExpressionSpace.from_file("mixed", terms=4))
    assert all(longer.may_train(["2+3", "2+8", "1+2*3"]))


def test_a_line_with_signs_or_fractions_has_the_form_of_an_expression() -> None:
    lines = lines_of(EquationsWorking())
    assert split_of("2+3") != "train"
    assert lines.may_train(["2+3", "3+2", "2--3"]) == [False] * 3
    held_out = next(f"{a}/{b}*{c}" for a in range(1, 10) for b in range(2, 10) for c in (2, 3, 5) if _held(a, b, c))
    left, _, right = held_out.partition("*")
    assert lines.may_train([f"{left.replace('/', '|')}*{right}"]) == [False]


def test_signs_of_schools_are_the_operators_that_they_stand_for() -> None:
    grammar = 'start: NUMBER SIGN NUMBER\nSIGN: "−" | "×" | "÷"\nNUMBER: /[0-9]/\n'
    space = ExpressionSpace.from_text(grammar)
    lines = lines_of(EquationsWorking(), space)
    assert all(lines.covers(line) for line in ("9-9", "9*9", "9/9", "9×9", "9÷9", "9−9", "9+9"))
    assert not may_be_shown("8×9", lines.forms)
    assert may_be_shown("8×54", [SpaceForms.of(MIXED)])


def test_a_long_division_shows_a_division_by_every_rest_and_no_product_of_it_is_one() -> None:
    space = ExpressionSpace.from_file("division")
    lines = HeldOutLines(space, ColumnsWorking(), FloorPolicy())
    assert [lines.covers(line) for line in ("756/18", "40*18", "756-720", "36/18", "400+30")] == [
        *(True, False, False, True, False)
    ]
    held_out = [f"{rest}/2" for rest in range(40, 60) if split_of(f"{rest}/2") != "train"]
    assert held_out
    for inner in held_out:
        shown = f"{400 + int(inner.partition('/')[0])}/2"
        assert inner in lines.held_out(shown, str(int(shown.partition("/")[0]) // 2))


def _held(above: int, below: int, factor: int) -> bool:
    return split_of(f"{above}/{below}*{factor}") != "train"


@pytest.mark.long
@pytest.mark.parametrize(
    "working", [ResultsWorking(), ExpressionsWorking(), EquationsWorking(), ColumnsWorking()], ids=str
)
@pytest.mark.parametrize(
    ("name", "sizes", "division"),
    [
        ("mixed", {}, ExactOnlyPolicy()),
        ("mixed", {"ranges": "1..99"}, FractionPolicy()),
        ("flat", {"terms": 3, "ranges": "0..50"}, FloorPolicy()),
    ],
)
def test_no_working_of_a_training_example_shows_a_held_out_expression(
    working: Working, name: str, sizes: dict[str, object], division: Division
) -> None:
    space = ExpressionSpace.from_file(name, **sizes)  # type: ignore[arg-type]
    lines = HeldOutLines(space, working, division)
    for expression, answer in training(lines, space, 1500):
        text = write_working(expression, working, division, truth=answer, limits=UNLIMITED)
        for line in working.lines(text):
            if line.expression and line.expression in space:
                assert split_of(line.expression) == "train", (expression, text)


def test_the_same_examples_come_as_without_a_working_but_those_that_show_a_test() -> None:
    lines = lines_of(EquationsWorking())
    free = training(lines, MIXED, 500)
    every = training(lines_of(NoWorking()), MIXED, 600)
    assert free == [pair for pair in every if not lines.held_out(*pair)][:500]
    assert len(free) < sum(pair in every for pair in free) + 100


def test_which_lines_a_model_that_rewrites_may_learn_from() -> None:
    lines = lines_of(NoWorking())
    text, learned = "8-(2+3)*4", []
    while ready_steps(text):
        learned.append(text)
        text = reduce_line(text)
    assert [lines.split(line) for line in learned] == [split_of("8-(2+3)*4"), split_of("8-5*4"), None]
    assert lines.may_train(["(2+3)*4", "8-20"]) == [split_of("(2+3)*4") == "train", True]
    assert [step.calculation for step in steps("8-5*4")] == ["5*4", "8-20"]


def test_keys_are_those_of_the_lines_that_can_be_read() -> None:
    lines = lines_of(EquationsWorking())
    assert lines.keys("1+2=3;(=4;1|3*2=2/3") == [canonical_key("1+2"), canonical_key("1/3*2")]
    assert as_expression("1|3*2") == "(1/3)*2"
    assert parse("(1/3)*2").numbers == (1, 3, 2)


def test_masks_are_of_the_length_of_the_block() -> None:
    lines = lines_of(EquationsWorking())
    expressions = np.array(["1+2", "4+9+1"])
    assert lines.free(expressions, np.array(["3", "14"])).tolist() == [True, False]
    assert lines.free(expressions[:0], expressions[:0]).dtype == bool


def test_a_working_needs_splits_by_content() -> None:
    plugins = Plugins(only=())
    flags = {"working.name": "equations", "grammar.name": "mixed", "data.split": "position"}
    read = read_config(flags=flags, plugins=plugins)
    components = resolve(read.config, plugins)
    with pytest.raises(OptionError, match=r"leave data.split=content"):
        load_splits(load_space(components.config.grammar, components), components)


def test_the_splits_of_a_config_leave_held_out_lines_out() -> None:
    plugins = Plugins(only=())
    read = read_config(flags={"working.name": "equations", "grammar.name": "mixed"}, plugins=plugins)
    components = resolve(read.config, plugins)
    space = load_space(components.config.grammar, components)
    splits = load_splits(space, components, sizes={"validation": 50, "test": 50})
    lines = lines_of(plugins[WorkingSpec].make("equations", {}, where="working"))
    examples = splits.train.take(800)[0]
    assert lines.free(examples.expressions, examples.answers).all()
    assert not lines.free(splits.test.expressions, splits.test.answers).all()


def test_the_proof_reads_every_line_and_finds_a_planted_leak() -> None:
    plugins = Plugins(only=())
    read = read_config(flags={"working.name": "equations", "grammar.name": "mixed"}, plugins=plugins)
    components = resolve(read.config, plugins)
    splits = load_splits(load_space(components.config.grammar, components), components)
    proof = splits.proof(2000)
    assert proof.holds
    assert (proof.shown, proof.lines > 2000, proof.left_out > 50) == (0, True, True)
    assert f"{proof.lines} lines of workings show 0 held-out forms" in str(proof)
    asked = next(text for text in splits.test.expressions.tolist() if parse(text).steps[-1] == "+" and len(text) == 3)
    leaking = splits.proof(Examples.of([(f"8+3*({asked})", str(8 + 3 * sum(parse(asked).numbers)))]))
    assert (leaking.shown, leaking.shared, leaking.holds) == (1, 0, False)


def test_lines_that_a_space_beside_holds_out_are_not_shown_either() -> None:
    longer = ExpressionSpace.from_file("mixed", terms=4)
    alone, beside = (HeldOutLines(longer, EquationsWorking(), ExactOnlyPolicy(), beside=each) for each in ([], [MIXED]))
    assert alone.held_out("8+3*(4+9)", "47") == []
    assert beside.held_out("8+3*(4+9)", "47") == ["4+9"]
