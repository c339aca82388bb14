import re
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exprlearn.errors import GrammarError
from exprlearn.grammar import compile_grammar, grammar_from_text
from exprlearn.grammar.automaton import read_pattern
from exprlearn.grammar.languages import IntegerRange, Language, Texts
from exprlearn.grammar.terminals import number_language

LANGUAGES: list[Language] = [
    IntegerRange("NUMBER", 0, 999),
    IntegerRange("NUMBER", 7, 1234),
    Texts("EVEN", ["0", "2", "4", "16"]),
    Texts("ZEROS", ["0", "00", "07", "7"]),
]


@pytest.mark.parametrize("language", LANGUAGES, ids=str)
def test_index_and_text_are_inverse_and_agree_with_the_arrays(language: Language) -> None:
    indices = np.arange(language.size)
    texts = [language.text(index) for index in range(language.size)]
    assert [language.index(text) for text in texts] == list(range(language.size))
    assert language.texts(indices).tolist() == texts
    assert language.values(indices).tolist() == list(map(int, texts))
    assert language.values(indices).dtype == np.int64
    assert language.texts(indices).dtype == np.dtype(f"<U{language.longest}")
    assert (language.lowest, language.highest) == (min(map(int, texts)), max(map(int, texts)))


@pytest.mark.parametrize("language", LANGUAGES, ids=str)
def test_parts_by_length_hold_every_text_once(language: Language) -> None:
    parts = language.by_length()
    texts = [part.text(index) for part in parts for index in range(part.size)]
    assert sorted(texts) == sorted(language.text(index) for index in range(language.size))
    assert all(len({len(part.text(index)) for index in range(part.size)}) == 1 for part in parts)


@given(st.text("0123456789+ ²", max_size=5))
def test_a_range_holds_numbers_without_leading_zeros_only(text: str) -> None:
    expected = text.isascii() and text.isdigit() and str(int(text)) == text and 7 <= int(text) <= 1234
    assert (text in IntegerRange("NUMBER", 7, 1234)) is expected


@given(st.integers(0, 10**40), st.integers(0, 10**40))
def test_a_range_of_any_size_is_numbered(low: int, offset: int) -> None:
    language = IntegerRange("NUMBER", low, low + 10**40)
    assert language.index(language.text(offset)) == offset
    with pytest.raises(GrammarError, match="do not fit into 64 bits"):
        language.values([0])


@pytest.mark.parametrize(
    ("pattern", "language"),
    [
        ("0|[1-9][0-9]{0,2}", IntegerRange("N", 0, 999)),
        ("[1-9][0-9]{0,2}", IntegerRange("N", 1, 999)),
        ("[1-9][0-9]{3}", IntegerRange("N", 1000, 9999)),
        ("[5-9]|1[0-2]", IntegerRange("N", 5, 12)),
        ("(?:[5-9]|1[0-2])|1[0-2]", IntegerRange("N", 5, 12)),
        ("[02468]", Texts("N", ["0", "2", "4", "6", "8"])),
        ("0?[1-2]", Texts("N", ["1", "2", "01", "02"])),
    ],
)
def test_a_pattern_is_a_range_when_it_writes_one(pattern: str, language: Language) -> None:
    assert number_language(read_pattern("N", pattern)) == language


@pytest.mark.parametrize(
    ("pattern", "bounds", "message"),
    [
        ("[1-9][0-9]*", None, "has no longest number"),
        ("[1-9][0-9]?", (0, 50), "range 0..50 of N holds 0, which the terminal does not write"),
        ("[1-9][0-9]?", (1, 100), "holds 100"),
        ("[1-9]|[1-4][0-9]|5[0-46-9]", (1, 59), "holds 55"),
        ("[0-9]{9}", None, "1000000000 texts which are not one range"),
        (r"[0-9](\.[0-9])?", None, "writes decimals, of which a range is drawn"),
        (r"\+10\*|-", None, "terminal N writes no digits without signs beside them: write both apart in a rule"),
        ("-?[0-9]", None, "write signs in a rule"),
        ("(?<=a)[0-9]", None, "cannot be counted"),
        ("(?m:[0-9])", None, "REFlags.MULTILINE"),
        ("[0-9]{3,2}", None, "repeated 3 to 2 times"),
    ],
)
def test_a_terminal_that_cannot_be_drawn_from_says_why(
    pattern: str, bounds: tuple[int, int] | None, message: str
) -> None:
    with pytest.raises(GrammarError, match=message.replace(".", r"\.")):
        number_language(read_pattern("N", pattern), bounds)


@given(st.integers(0, 20_000), st.integers(0, 20_000))
def test_numbers_of_a_pattern_are_counted_as_by_trying(low: int, width: int) -> None:
    automaton = read_pattern("N", "(?:0|[1-9][0-9]{0,2}|[3-5][0-9]{3}|00[0-9])")
    high = low + width % 3000
    expected = sum(number < 1000 or 3000 <= number < 6000 for number in range(low, high + 1))
    assert automaton.numbers_between(low, high) == expected


def test_a_range_may_narrow_a_terminal_without_end() -> None:
    assert number_language(read_pattern("N", "[0-9]+(\\.[0-9]+)?"), (1, 120)) == IntegerRange("N", 1, 120)
    assert number_language(read_pattern("N", "[1-9][0-9]*"), longest=3) == IntegerRange("N", 1, 999)


@pytest.mark.parametrize(
    ("terminal", "message"),
    [
        ("NAME: /[a-z]+/", "letters, which have no value here"),
        ("%import common.CNAME -> NAME", "letters, which have no value here"),
        ("%import common.FLOAT -> NAME", "decimals, of which a range is drawn"),
        (r"NAME: /[0-9]\.[0-9]/", "decimals, of which a range is drawn"),
        ("NAME: /[0-9]{1,300}/", "numbers of up to 300 digits"),
        ("NAME: /[01]*1[01]{26}/", "is too large to be counted"),
    ],
)
def test_what_a_terminal_writes_beside_whole_numbers_is_named(terminal: str, message: str) -> None:
    with pytest.raises(GrammarError, match=message):
        compile_grammar(grammar_from_text(f"start: NAME\n{terminal}"))


PIECES = ["0", "1", "[1-9]", "[0-9]", "[^0]", ".", "(?!0)", "(?=1)", "(0|12)", "(1|)", "(?:[12]0)", r"\d"]
PIECES += ["(1(?!2))", "((?=1)|0)"]


@given(st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(["", "?", "*", "+", "{2}", "{0,3}"])), max_size=4))
def test_an_automaton_accepts_what_the_expression_matches(parts: list[tuple[str, str]]) -> None:
    pattern = "".join(piece if piece.startswith("(?") and piece[2] != ":" else piece + times for piece, times in parts)
    automaton = read_pattern("N", pattern)
    texts = ["".join(text) for length in range(4) for text in product("012x", repeat=length)]
    matched = [text for text in texts if re.fullmatch(pattern, text)]
    assert [text for text in texts if automaton.accepts(text)] == matched
