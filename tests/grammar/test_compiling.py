from pathlib import Path

import pytest

from exprlearn.errors import GrammarError
from exprlearn.grammar import compile_grammar, grammar_from_text, load_grammar
from exprlearn.grammar.specification import Literal, Reference

NUMBER = "\nNUMBER: /[1-9]/\n"


def test_alternatives_are_those_of_the_file_and_not_those_that_lark_compiles() -> None:
    text = 'start: (A|B)~1..2 "x"? -> foo\n  | C -> bar\nA: "a"\nB: "b"\nC: "c"'
    grammar = grammar_from_text(text)
    assert len([rule for rule in grammar.lark.rules if rule.alias == "foo"]) == 12
    start = compile_grammar(grammar).rules[0]
    assert [alternative.name for alternative in start.alternatives] == ["foo", "bar"]


def test_no_alternative_holds_more_than_two_references() -> None:
    specification = compile_grammar(grammar_from_text('start: a "+" a "-" a "*" a a?\na: NUMBER | "b"' + NUMBER))
    assert all(len(each.references) <= 2 for rule in specification.rules for each in rule.alternatives)


def test_alternatives_of_a_terminal_keep_the_order_of_the_file() -> None:
    grammar = grammar_from_text('start: NUMBER OP NUMBER\nOP: "-" | "plus" | "+"' + NUMBER)
    assert compile_grammar(grammar).literals == ("-", "plus", "+")


def test_literals_are_listed_in_reading_order() -> None:
    text = '?start: sum\n?sum: atom | sum "+" atom | sum "-" atom\n?atom: NUMBER | "(" sum ")"'
    assert compile_grammar(grammar_from_text(text + NUMBER)).literals == ("+", "-", "(", ")")


def test_references_know_the_brackets_around_them() -> None:
    specification = compile_grammar(grammar_from_text('start: a "(" a "(" a ")" ")"\na: NUMBER' + NUMBER))
    items = [item for rule in specification.rules for each in rule.alternatives for item in each.items]
    nestings = [item.nesting for item in items if isinstance(item, Reference) and item.rule == 1]
    assert sorted(nestings) == [0, 1, 2]
    assert specification.rules[0].alternatives[0].nesting == 2


def test_equal_alternatives_count_once_as_for_lark() -> None:
    specification = compile_grammar(grammar_from_text('start: "a" | "a" | "b"'))
    assert [each.items for each in specification.rules[0].alternatives] == [(Literal(0),), (Literal(1),)]


def test_a_number_written_in_place_is_a_slot_of_one_text() -> None:
    specification = compile_grammar(grammar_from_text('start: NUMBER "+" "0"' + NUMBER))
    assert [(each.lowest, each.highest) for each in specification.languages] == [(1, 9), (0, 0)]
    assert specification.literals == ("+",)


@pytest.mark.parametrize(
    ("written", "literals", "numbers"),
    [
        ('"+10*"', ("+", "*"), [10]),
        ('"-10"', ("-",), [10]),
        ('"2*"', ("*",), [2]),
        ('"+10*" "10"', ("+", "*"), [10]),
        ('"*(3+4)*"', ("*(", "+", ")*"), [3, 4]),
        ('("+10" | "*")', ("+", "*"), [10]),
    ],
)
def test_signs_and_numbers_of_one_string_are_apart(written: str, literals: tuple[str, ...], numbers: list[int]) -> None:
    specification = compile_grammar(grammar_from_text(f"start: NUMBER {written} NUMBER" + NUMBER))
    assert specification.literals == literals
    assert [(each.lowest, each.highest) for each in specification.languages] == [(1, 9), *((n, n) for n in numbers)]


def test_one_range_holds_for_every_number_terminal() -> None:
    grammar = grammar_from_text('start: A "/" B\nA: /[0-9]+/\nB: /[1-9][0-9]*/')
    ranges = [(each.name, each.lowest, each.highest) for each in compile_grammar(grammar, ranges=(1, 40)).languages]
    assert ranges == [("A", 1, 40), ("B", 1, 40)]


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ('start: NUMBER "+" NUMBER', {"ranges": {"NUM": (1, 2)}}, "range of 'NUM', which no expression holds: did you"),
        (
            'start: NUMBER "+" NUMBER -> add',
            {"weights": {"ad": 2}},
            "no alternative is called 'ad': did you mean 'add'",
        ),
        ("start: NUMBER OTHER\n%declare OTHER", {}, "terminal OTHER is declared without a pattern"),
        ("start: NUMBER\n%declare other OTHER", {}, "rule other is declared without a definition: write other: and"),
        ("start: /[a-z]+/", {}, "writes letters, which have no value here"),
        ("start: /[*+]+/", {}, "endlessly many texts that are not numbers"),
    ],
)
def test_what_cannot_be_compiled_says_why(text: str, options: dict[str, dict[str, object]], message: str) -> None:
    with pytest.raises(GrammarError) as caught:
        compile_grammar(grammar_from_text(text + NUMBER), **options)  # type: ignore[arg-type]
    assert message in str(caught.value)


def test_imported_and_extended_rules_are_compiled_like_written_ones(tmp_path: Path) -> None:
    (tmp_path / "sums.lark").write_text('sum: N "+" N -> add | n\nn: N\nN: /[1-9]/\n')
    path = tmp_path / "mine.lark"
    path.write_text('%import .sums (sum, N)\nstart: sum\n%extend sum: N "-" N -> sub | N "*" N -> mul\n')
    specification = compile_grammar(load_grammar(path))
    names = [each.name for rule in specification.rules if rule.name == "sum" for each in rule.alternatives]
    assert names == ["sums__add", "sum[1]", "sub", "mul"]
