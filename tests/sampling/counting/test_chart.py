"""Counts against everything that can be written down by brute force."""

import itertools
import re

import pytest

from exprlearn.errors import SizeError
from exprlearn.grammar import shipped_names
from exprlearn.grammar.specification import Alternative, Literal, Reference, Rule, Specification
from exprlearn.sampling import ExpressionSpace
from exprlearn.sampling.stratum import build_strata

REFERENCE = """
?start: sum
?sum: product | sum "+" product -> add | sum "-" product -> sub
?product: atom | product "*" atom -> mul | product "/" atom -> div
?atom: NUMBER -> number | "(" sum ")"
NUMBER: /[1-9][0-9]{0,2}/
"""

SMALL = {"terms": (1, 3), "brackets": (0, 1), "ranges": (1, 2)}


def written(signs: str, numbers: range, terms: int, brackets: int) -> set[str]:
    """Every expression, made without any grammar: brackets go around every run of terms."""
    if brackets == 0:
        found = set()
        for values in itertools.product(numbers, repeat=terms):
            for between in itertools.product(signs, repeat=terms - 1):
                texts = [str(values[0]), *(sign + str(value) for sign, value in zip(between, values[1:], strict=True))]
                found.add("".join(texts))
        return found
    found = set()
    for inner in written(signs, numbers, terms, brackets - 1):
        tokens = re.findall(r"\d+|\D", inner)
        for start, end in itertools.combinations(range(len(tokens) + 1), 2):
            text = "".join([*tokens[:start], "(", *tokens[start:end], ")", *tokens[end:]])
            if balanced(tokens[start:end]) and whole(tokens, start, end):
                found.add(text)
    return found


def balanced(tokens: list[str]) -> bool:
    depth = 0
    for token in tokens:
        depth += (token == "(") - (token == ")")
        if depth < 0:
            return False
    return depth == 0


def whole(tokens: list[str], start: int, end: int) -> bool:
    """A bracket goes around operands: it begins and ends with one, and signs or brackets stand outside."""
    begins = tokens[start] == "(" or tokens[start].isdigit()
    ends = tokens[end - 1] == ")" or tokens[end - 1].isdigit()
    before = start == 0 or not (tokens[start - 1].isdigit() or tokens[start - 1] == ")")
    after = end == len(tokens) or not (tokens[end].isdigit() or tokens[end] == "(")
    return begins and ends and before and after


def is_bracketed_in_vain(text: str) -> bool:
    """Tell whether brackets stand around a lone number, around brackets or around the whole."""
    opened: list[int] = []
    pairs = {}
    for place, sign in enumerate(text):
        if sign == "(":
            opened.append(place)
        elif sign == ")":
            pairs[opened.pop()] = place
    last = len(text) - 1
    return pairs.get(0) == last or any(
        text[start + 1 : end].isdigit() or pairs.get(start + 1) == end - 1 for start, end in pairs.items()
    )


# What brute force writes of each shipped grammar; `nested`, `signed` and `decimals` have tests of their own.
WRITTEN: list[tuple[str, str, range, dict[str, tuple[int, int]]]] = [
    ("addition", "+", range(13), {}),
    ("addition-long", "+", range(13), {}),
    ("subtraction", "-", range(13), {}),
    ("multiplication", "*", range(13), {}),
    ("division", "/", range(1, 13), {}),
    ("sums", "+", range(3), {"terms": (2, 4)}),
    ("flat", "+-*", range(3), {"terms": (2, 3)}),
    ("modular", "+-*/", range(13), {}),
    ("mixed", "+-*/", range(1, 3), {"terms": (2, 3), "brackets": (0, 2)}),
]


def test_every_shipped_grammar_is_compared_with_brute_force() -> None:
    assert sorted([*(name for name, *_ in WRITTEN), "nested", "signed", "decimals"]) == sorted(shipped_names())


@pytest.mark.parametrize(("name", "signs", "numbers", "options"), WRITTEN)
def test_a_shipped_grammar_writes_what_brute_force_writes(
    name: str, signs: str, numbers: range, options: dict[str, tuple[int, int]]
) -> None:
    space = ExpressionSpace.from_file(name, ranges=(numbers[0], numbers[-1]), **options)
    for stratum in space.strata:
        expected = written(signs, numbers, stratum.sizes["terms"], stratum.sizes["brackets"])
        expected = {text for text in expected if not is_bracketed_in_vain(text)}
        assert sorted(stratum) == sorted(expected)
        assert stratum.size == len(expected)


def test_nested_writes_brackets_around_sums_only() -> None:
    space = ExpressionSpace.from_file("nested", terms=(2, 4), ranges=(0, 1))
    for stratum in space.strata:
        every = written("+-", range(2), stratum.sizes["terms"], stratum.sizes["brackets"])
        useful = {text for text in every if not re.search(r"\(\d\)", text) and not doubled(text)}
        assert sorted(stratum) == sorted(useful)


def test_signed_writes_what_mixed_writes_with_a_sign_or_none_before_each_number() -> None:
    signed = ExpressionSpace.from_file("signed", terms=(2, 3), ranges=(1, 2))
    expected = [
        "".join(part for pair in itertools.zip_longest(between, numbers, fillvalue="") for part in pair)
        for text in ExpressionSpace.from_file("mixed", terms=(2, 3), ranges=(1, 2))
        for between in [re.split(r"\d", text)]
        for numbers in itertools.product(*((number, "-" + number) for number in re.findall(r"\d", text)))
    ]
    assert sorted(signed) == sorted(expected)


def test_decimals_writes_sums_and_differences_with_as_many_digits_behind_the_point_as_its_range_has() -> None:
    numbers = [f"{tenths / 10:.1f}" for tenths in range(9, 13)]
    space = ExpressionSpace.from_file("decimals", ranges="0.9..1.2")
    assert sorted(space) == sorted(f"{one}{sign}{two}" for one in numbers for sign in "+-" for two in numbers)


def doubled(text: str) -> bool:
    """Whether some bracket holds a bracket and nothing else, or the whole expression is one bracket."""
    pairs, opened = {}, []
    for place, character in enumerate(text):
        if character == "(":
            opened.append(place)
        elif character == ")":
            pairs[opened.pop()] = place
    return any(pairs.get(start + 1) == end - 1 for start, end in pairs.items()) or pairs.get(0) == len(text) - 1


def test_the_count_of_18_characters_is_the_known_one() -> None:
    space = ExpressionSpace.from_text(REFERENCE, chars=18)
    assert space.size == 1635066935330794650
    assert {len(space[space.size * part // 97]) for part in range(97)} == {18}


def test_characters_and_terms_count_the_same_expressions() -> None:
    by_terms = ExpressionSpace.from_text(REFERENCE, **SMALL)
    by_characters = ExpressionSpace.from_text(REFERENCE, **SMALL, characters=(1, 30))
    assert sorted(by_terms) == sorted(by_characters)
    lengths = [len(text) for text in by_terms]
    assert by_characters.count(characters=5) == lengths.count(5)


def test_depth_bounds_nesting_and_not_the_number_of_brackets() -> None:
    every = ExpressionSpace.from_text(REFERENCE, terms=(1, 3), brackets=(0, 3), ranges=1)
    for depth in range(4):
        space = ExpressionSpace.from_text(REFERENCE, terms=(1, 3), brackets=(0, 3), ranges=1, depth=depth)
        assert sorted(space) == sorted(text for text in every if deepest(text) <= depth)


def deepest(text: str) -> int:
    levels = itertools.accumulate((character == "(") - (character == ")") for character in text)
    return max(levels)


def test_counts_of_parts_add_up() -> None:
    space = ExpressionSpace.from_file("mixed")
    assert space.size == sum(space.count(terms=terms) for terms in (2, 3, 4))
    assert space.count(terms=(2, 3), brackets="1..2") == sum(
        stratum.size for stratum in space.strata if stratum.sizes["terms"] <= 3 and stratum.sizes["brackets"] >= 1
    )
    assert space.count(terms=7) == 0
    with pytest.raises(SizeError, match="'term' is not counted in this space: did you mean 'terms'"):
        space.count(term=2)


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (REFERENCE, {"terms": 3}, "brackets can nest without end at 3 terms .*'atom'.*: bound `brackets` or `depth`"),
        (REFERENCE, {"brackets": 3}, "terms can grow without end at 3 brackets .*: bound `terms`"),
        (REFERENCE, {}, "terms can grow without end"),
        ('?start: N | "-" start\nN: /1/', {"terms": 1}, "operators can grow without end at 1 terms"),
        ('start: N a\na: a "x" |\nN: /1/', {"terms": 1}, "characters can grow without end at 1 terms .*'a'"),
    ],
)
def test_a_space_without_end_names_the_size_to_bound(text: str, options: dict[str, int], message: str) -> None:
    with pytest.raises(SizeError, match=message):
        ExpressionSpace.from_text(text, **options)


def test_a_rule_that_comes_back_to_itself_without_writing_is_refused() -> None:
    again = Rule("again", (Alternative((Reference(0),)), Alternative((Literal(0),))))
    specification = Specification(0, (again,), ("+",), ())
    with pytest.raises(SizeError, match="rule 'again' can come back to itself without writing anything"):
        build_strata(specification, {"terms": (0, 3)}, whole_numbers=True)


def test_unary_signs_are_counted_by_operators() -> None:
    space = ExpressionSpace.from_text('?start: N | "-" start\nN: /[12]/', operators=(0, 2))
    assert sorted(space) == sorted(["1", "2", "-1", "-2", "--1", "--2"])


def test_sizes_that_nothing_has_name_what_there_is() -> None:
    with pytest.raises(SizeError, match="no expression with terms=3; it does write some with terms=2 brackets=0"):
        ExpressionSpace.from_file("addition", terms=3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"terms": "two"}, "terms='two' is no span"),
        ({"terms": (4, 2)}, "no span"),
        ({"terms": -1}, "no span"),
        ({"terms": 1.5}, "no span"),
        ({"depth": (2, 4)}, "has a smallest depth, which is not counted"),
        ({"terms": 2**30}, "is more than any expression can have"),
    ],
)
def test_a_wrong_size_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(SizeError, match=message):
        ExpressionSpace.from_file("mixed", **options)


def test_an_open_bracket_in_another_rule_has_no_depth() -> None:
    with pytest.raises(SizeError, match="depth cannot be told"):
        ExpressionSpace.from_text('start: left N ")"\nleft: "("\nN: /1/', depth=2)


@pytest.mark.parametrize("name", shipped_names())
def test_the_longest_expression_is_as_long_as_said(name: str) -> None:
    space = ExpressionSpace.from_file(name)
    lengths = [len(stratum[stratum.size - 1]) for stratum in space.strata]
    # The last index holds the largest numbers, and in these grammars every skeleton of a stratum is equally long.
    assert space.longest == max(lengths)
    assert all(len(space[space.size * part // 50]) <= space.longest for part in range(50))


def test_the_longest_expression_knows_literals_of_different_length() -> None:
    space = ExpressionSpace.from_text('start: N (SIGN N)~1..2\nSIGN: "+" | "minus"\nN: /[1-9]/')
    assert space.longest == len("1minus2minus3")
