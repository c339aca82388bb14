from collections import Counter

import pytest

from exprlearn.errors import GrammarError
from exprlearn.grammar import compile_grammar, grammar_from_text, shipped_names
from exprlearn.sampling import ExpressionSpace
from exprlearn.sampling.numbering.ambiguity import doubt

TWO_WAYS = 'start: e\ne: e "+" e | N\nN: /[12]/'


@pytest.mark.parametrize("name", shipped_names())
def test_shipped_grammars_are_proven_unambiguous(name: str) -> None:
    check = ExpressionSpace.from_file(name).check()
    assert check.is_clean
    assert check.ambiguity.level == "proven"


@pytest.mark.parametrize(
    ("text", "options", "witness", "derivations"),
    [
        (TWO_WAYS, {"terms": (1, 4)}, "1+1+1", 2),
        ("start: N N\nN: /[0-9]+/", {"ranges": (0, 99)}, "990", 2),
        ('start: N | "7"\nN: /[1-9]/', {}, "7", 2),
        ('start: N ("-"|"--") ("-"|"--") N\nN: /1/', {}, "1---1", 2),
        ('start: "-"? "-"? N\nN: /1/', {"operators": (0, 2)}, "-1", 2),
    ],
)
def test_an_ambiguous_grammar_is_refused_with_a_witness(
    text: str, options: dict[str, tuple[int, int]], witness: str, derivations: int
) -> None:
    with pytest.raises(GrammarError, match=f"'{witness}' has {derivations} derivations".replace("+", r"\+")):
        ExpressionSpace.from_text(text, **options)


@pytest.mark.parametrize(
    "text",
    [
        "start: N (OP N)~1..5\nOP: /[+-]/\nN: /[1-9]/",
        'start: (N "+")* N\nN: /[1-9]/',
        'start: N N "+" N\nN: /[1-9]/',
        '?start: s\n?s: a | s "+" a\n?a: N | "-" a | "(" s ")"\nN: /[0-9]+/',
    ],
)
def test_usual_grammars_are_proven(text: str) -> None:
    assert doubt(compile_grammar(grammar_from_text(text), ranges=(1, 9))) == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (TWO_WAYS, "not LALR"),
        ("start: N N\nN: /[0-9]|[1-9][0-9]/", "two numbers can stand side by side"),
        ('start: N "*" "*" N | N "**" N\nN: /1/', "'*' before '*' can be read as the beginning of '**'"),
        ('start: (N "+")~0..3 N\nN: /[1-9]/', "not LALR"),
    ],
)
def test_what_cannot_be_proven_says_why(text: str, reason: str) -> None:
    space = ExpressionSpace.from_text(text, terms=(1, 4), ambiguity="derivations")
    assert reason in doubt(space.specification)


def test_a_priority_does_not_hide_ambiguity() -> None:
    text = 'start: a | b\na.2: "x" N\nb.1: "x" N\nN: /[1-9]/'
    with pytest.raises(GrammarError, match=r"'x[19]' has 2 derivations"):
        ExpressionSpace.from_text(text)


def test_an_unproven_grammar_says_how_far_it_was_searched() -> None:
    space = ExpressionSpace.from_text('start: (N "+")~0..3 N\nN: /[1-9]/')
    finding = space.ambiguity()
    assert (finding.level, finding.examined) == ("not seen", 4)
    assert "no ambiguity among the 4 smallest skeletons" in str(finding)


def test_canonical_indices_hold_every_expression_once() -> None:
    space = ExpressionSpace.from_text(TWO_WAYS, terms=(1, 5), ambiguity="strings")
    times = Counter(space)
    assert times["1+1+1"] == 2
    assert times["1+1+1+1"] == 5
    kept = [space[index] for index in range(space.size) if space.is_canonical(index)]
    assert sorted(kept) == sorted(times)


def test_derivations_are_counted_as_catalan_numbers() -> None:
    space = ExpressionSpace.from_text(TWO_WAYS, terms=(1, 8), ambiguity="derivations")
    ranker = space.strata[0].ranker
    counts = [ranker.rank("+".join("1" * terms)).derivations for terms in range(1, 9)]
    assert counts == [1, 1, 2, 5, 14, 42, 132, 429]


def test_a_check_prints_counts_remarks_and_examples() -> None:
    text = "start: N SIGN N\nSIGN: /[+-]/\nN: /[0-9]{2}/\nspare: N"
    printed = str(ExpressionSpace.from_text(text).check())
    assert "20000 expressions, the longest of 5 characters" in printed
    assert "line 3: terminal N writes numbers with leading zeros" in printed
    assert "line 4: rule 'spare' is not reached" in printed
    assert "terms=2 brackets=0: 20000, such as " in printed


def test_a_check_remarks_on_numbers_side_by_side() -> None:
    check = ExpressionSpace.from_text("start: DIGIT DIGIT\nDIGIT: /[0-9]/").check()
    assert [lint.message for lint in check.lints] == [
        "two numbers can stand side by side and read as one: write the digits of a number in one terminal"
    ]
