from fractions import Fraction

import pytest
from lark import Lark

from exprlearn.errors import GrammarError
from exprlearn.grammar import shipped_names, shipped_text
from exprlearn.grammar.pragmas import parse_bounds, read_pragmas

TEXT = """\
//@ size terms=2..6 brackets=0..2
?start: sum
?sum: product
    | sum "+" product   -> add   //@ weight=3
    #@ weight=1/3
    | sum "-" product   -> sub
?product: atom | product "*" atom -> mul
?atom: NUMBER -> number
    | "(" sum ")"  // no pragma
//@ range=1..250
NUMBER: /[1-9][0-9]{0,2}/
%ignore " "
"""


def test_pragmas_belong_to_the_alternative_before_or_the_next_after_them() -> None:
    pragmas = read_pragmas(TEXT)
    assert pragmas.sizes == {"terms": (2, 6), "brackets": (0, 2)}
    assert pragmas.ranges == {"NUMBER": (1, 250)}
    assert pragmas.weights == {("sum", 1): Fraction(3), ("sum", 2): Fraction(1, 3)}


@pytest.mark.parametrize("text", [TEXT, *map(shipped_text, shipped_names())])
def test_pragmas_leave_the_rules_of_lark_unchanged(text: str) -> None:
    bare = "\n".join(line.split("//@")[0].split("#@")[0] for line in text.splitlines())
    assert bare != text or "@" not in text
    assert Lark(bare, parser="lalr").rules == Lark(text, parser="lalr").rules


def test_strings_that_look_like_pragmas_are_none() -> None:
    assert read_pragmas('start: A "//@ size" A "#@ x"\nA: /a#@b/').sizes == {}


def test_empty_alternatives_and_groups_do_not_shift_weights() -> None:
    text = 'start: "x"\n  |\n  | ("a" | "b")  //@ weight=2\n  | "c"  //@ weight=5\n'
    assert read_pragmas(text).weights == {("start", 2): Fraction(2), ("start", 3): Fraction(5)}


def test_an_overridden_rule_keeps_its_pragmas() -> None:
    text = '%import .other (sum)\nstart: sum\n%override sum: "a"\n  | "b"  //@ weight=2\n'
    assert read_pragmas(text).weights == {("sum", 1): Fraction(2)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("//@ sise terms=2\nstart: A", "1:5: unknown pragma key 'sise': did you mean 'size'"),
        ("//@ size term=2\nstart: A", "1:10: unknown size 'term': did you mean 'terms'"),
        ("//@ size terms=2..x\nstart: A", "1:10: 'terms=2..x' is no bound"),
        ("//@ size terms=4..2\nstart: A", "1:10: 'terms=4..2' is no bound"),
        ("//@ size terms=4 terms=5\nstart: A", "1:18: terms is bounded twice"),
        ("//@ size\nstart: A", "1:1: size needs at least one bound"),
        ("start: A //@", "1:10: a pragma without a key"),
        ("start: A | B //@ weight=2", "1:18: several alternatives end on this line"),
        ("start: A //@ weight=0", "1:14: 'weight=0' is no weight"),
        ("start: A //@ weight=-1", "1:14: 'weight=-1' is no weight"),
        ("start: A //@ range=1..9", "1:14: range belongs before a terminal"),
        ("start: A\nA: /a/ //@ weight=2", "2:12: weight belongs to an alternative of a rule"),
        ("start: A\n//@ range=1..\nA: /1/", "2:5: 'range=1..' is no range"),
        ("start: A\nA: /1/\n//@ range=1..2\n", "3:5: range belongs before a terminal"),
    ],
)
def test_a_wrong_pragma_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(GrammarError) as caught:
        read_pragmas(text, "mine.lark")
    assert f"mine.lark:{message}" in str(caught.value)


@pytest.mark.parametrize("value", ["", "..", "a", "1...2", "-1", "3..2", "1.5"])
def test_what_is_no_bound_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="no bound"):
        parse_bounds(value)


def test_a_weight_inside_extend_is_refused() -> None:
    with pytest.raises(GrammarError, match="weights are not read inside %extend"):
        read_pragmas('%import .other (sum)\nstart: sum\n%extend sum: "a"  //@ weight=2\n')
