import re
import subprocess
import sys
from pathlib import Path

import pytest
from lark import Lark
from lark.exceptions import LexError

from exprlearn.errors import GrammarError
from exprlearn.grammar import grammar_from_text, load_grammar, shipped_names, shipped_text

NUMBER = "\nNUMBER: /[1-9]/\n"


def test_a_path_wins_over_a_shipped_name(tmp_path: Path) -> None:
    path = tmp_path / "addition.lark"
    path.write_text('start: NUMBER "-" NUMBER' + NUMBER)
    grammar = load_grammar(path)
    assert (grammar.name, grammar.path) == ("addition", path)
    assert '"-"' in grammar.text


def test_every_shipped_grammar_loads_by_name() -> None:
    assert shipped_names() == (
        "addition",
        "addition-long",
        "decimals",
        "division",
        "flat",
        "mixed",
        "modular",
        "multiplication",
        "nested",
        "signed",
        "subtraction",
        "sums",
    )
    for name in shipped_names():
        grammar = load_grammar(name)
        assert (grammar.name, grammar.path, grammar.text) == (name, None, shipped_text(name))


def test_other_grammars_can_be_offered_by_name() -> None:
    grammar = load_grammar("ours", {"ours": lambda: 'start: NUMBER "+" NUMBER' + NUMBER})
    assert grammar.name == "ours"
    with pytest.raises(GrammarError, match="no grammar is called 'addition': shipped grammars are ours"):
        load_grammar("addition", {"ours": lambda: ""})


def test_the_digest_tells_texts_apart() -> None:
    one, two = grammar_from_text("start: NUMBER" + NUMBER), grammar_from_text("start: NUMBER " + NUMBER)
    assert one.digest != two.digest
    assert len(one.digest) == 64


def test_a_misspelt_name_is_answered_with_the_nearest_and_all() -> None:
    with pytest.raises(GrammarError, match="did you mean 'mixed'\\? shipped grammars are addition, addition-long"):
        load_grammar("mixd")


def test_a_missing_file_is_answered_with_the_shipped_names() -> None:
    with pytest.raises(GrammarError, match=r"there is no file gone/mixed\.lark: did you mean 'mixed'"):
        load_grammar("gone/mixed.lark")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "noise.lark"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(GrammarError, match="cannot be read as text"):
        load_grammar(path)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ('start NUMBER "+" NUMBER', (1, 7), "missing colon"),
        ('start: NUMBER "+"\n   | | ) NUMBER', (2, 8), "unexpected token"),
        ('start: NUMBER "+" foo', (1, 19), "'foo' is used but nowhere defined"),
        ('start: NUMBER "+" FOO', (1, 19), "'FOO' is used but nowhere defined"),
        ('start: NUMBER "+" NUMBER\n%import .gone (OTHER)', (2, 10), "there is no gone.lark to import from"),
        ("start: A" + "\nA: /[1/", (2, 1), "Cannot compile token A"),
    ],
)
def test_a_syntax_error_is_shown_with_line_column_and_caret(text: str, place: tuple[int, int], message: str) -> None:
    with pytest.raises(GrammarError) as caught:
        grammar_from_text(text + NUMBER, name="mine")
    assert (caught.value.line, caught.value.column) == place
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"mine:{place[0]}:{place[1]}: ")
    assert str(caught.value).endswith(" " * (place[1] - 1) + "^")


def test_a_grammar_without_start_names_its_rules() -> None:
    with pytest.raises(GrammarError, match=r"no rule is called 'start'.* there are expression, atom"):
        grammar_from_text("expression: atom\natom: NUMBER" + NUMBER)


def test_a_grammar_that_is_not_lalr_is_refused_in_our_words() -> None:
    with pytest.raises(GrammarError, match=r"not LALR\(1\)(.|\n)*Reduce/Reduce"):
        grammar_from_text("start: a | b\na: NUMBER\nb: NUMBER" + NUMBER)


def test_relative_imports_are_found_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "numbers.lark").write_text("DIGIT: /[0-4]/\n")
    path = tmp_path / "mine.lark"
    path.write_text('%import .numbers (DIGIT)\nstart: DIGIT "+" DIGIT\n')
    assert [str(token) for token in load_grammar(path).lark.parse("3+4").children] == ["3", "4"]


def test_a_choice_repeated_in_place_is_refused_before_lark_multiplies_it_out() -> None:
    with pytest.raises(GrammarError, match="349524 rules: give the choice a name"):
        grammar_from_text('start: NUMBER (("+"|"-"|"*"|"/") NUMBER)~1..9' + NUMBER)


def test_a_byte_order_mark_is_no_part_of_a_grammar(tmp_path: Path) -> None:
    text = 'start: NUMBER "+" NUMBER' + NUMBER
    path = tmp_path / "marked.lark"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert load_grammar(path).digest == grammar_from_text("\ufeff" + text).digest == grammar_from_text(text).digest


@pytest.mark.parametrize("files", [["a"], ["a", "b"], ["a", "b", "c"]])
def test_files_that_import_each_other_are_listed(tmp_path: Path, files: list[str]) -> None:
    for name, following in zip(files, [*files[1:], files[0]], strict=True):
        (tmp_path / f"{name}.lark").write_text(f'%import .{following} (X)\nstart: X "+" X\nY: "1"\n')
    listed = " imports ".join(f"{name}.lark" for name in [*files, files[0]])
    with pytest.raises(GrammarError, match=f"import each other: {listed}"):
        load_grammar(tmp_path / "a.lark")


def test_imports_that_multiply_are_refused(tmp_path: Path) -> None:
    for number in range(14):
        imports = "".join(f"%import .f{number + 1}{side} (X{side})\n" for side in "ab")
        for side in "ab":
            text = f'{imports}X{side}: "1"\nstart: NUMBER "+" NUMBER{NUMBER}{"// long" * 30}\n'
            (tmp_path / f"f{number}{side}.lark").write_text(text)
    with pytest.raises(GrammarError, match="50000 characters in all"):
        load_grammar(tmp_path / "f0a.lark")


def test_half_of_a_character_is_refused_with_its_line() -> None:
    with pytest.raises(GrammarError, match=r"mine:2: U\+D800 is no character"):
        grammar_from_text('start: NUMBER\n  | "\ud800"' + NUMBER, name="mine")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("start: " + "(" * 31 + "NUMBER" + ")" * 31, "31 groups inside each other: 30 at most"),
        ("start: NUMBER //" + "x" * 50_000, "50040 characters: 50000 at most"),
        ("start: NUMBER" + ' "+" NUMBER' * 3000, "names and signs: 5000 at most"),
        ("start: t{NUMBER}\nt{x}: x | t{u{x}}\nu{x}: x", "template 't' is used with more and more arguments"),
    ],
)
def test_a_grammar_that_is_too_large_says_how_large_one_may_be(text: str, message: str) -> None:
    with pytest.raises(GrammarError, match=re.escape(message).replace("50040", r"500\d\d")):
        grammar_from_text(text + NUMBER)


def test_the_first_grammar_of_a_process_compares_no_terminals_of_larks_own() -> None:
    code = (
        "import sys\n"
        "from exprlearn.grammar import load_grammar\n"
        "made = []\n"
        "def watch(frame, event, argument):\n"
        "    if event == 'call' and frame.f_globals['__name__'] == 'interegular.comparator':\n"
        "        made.append(frame.f_code.co_name)\n"
        "sys.setprofile(watch)\n"
        "load_grammar('mixed')\n"
        "sys.setprofile(None)\n"
        "print(made)\n"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_lark_compares_the_terminals_of_others_as_before() -> None:
    load_grammar("mixed")
    with pytest.raises(LexError, match="Collision between Terminals"):
        Lark("start: A | B\nA: /[ab]x/\nB: /[bc]x/", parser="lalr", strict=True)
