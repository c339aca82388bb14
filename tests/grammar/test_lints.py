import pytest

from exprlearn.grammar import grammar_from_text, load_grammar, shipped_names
from exprlearn.grammar.lints import lint_grammar

NUMBER = "\nNUMBER: /[1-9]/\n"


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ('start: NUMBER (("+"|"-"|"*"|"/") NUMBER)~1..4' + NUMBER, "line 1: rule 'start' repeats a choice"),
        ("start: NUMBER\nspare: NUMBER" + NUMBER, "line 2: rule 'spare' is not reached"),
        ("start: NUMBER\nNUMBER: /[1-9][0-9]*/", "line 2: terminal NUMBER has no longest text"),
        ("start.2: NUMBER" + NUMBER, "line 1: the number behind 'start' is a priority"),
        ("start: NUMBER\nNUMBER.3: /[1-9]/", "line 2: the number behind 'NUMBER' is a priority"),
        (
            "start: NUMBER\nNUMBER: /[0-9]{1,3}/",
            "line 2: terminal NUMBER writes numbers with leading zeros, such as '00'",
        ),
        ('start: "a" | "a" | NUMBER' + NUMBER, "line 1: rule 'start' says the same twice"),
        ("start: NUMBER\nNUMBER: /(?<!a)1/", "line 2: terminal NUMBER cannot be counted"),
    ],
)
def test_a_doubtful_grammar_gets_one_remark(text: str, remark: str) -> None:
    remarks = [str(lint) for lint in lint_grammar(grammar_from_text(text))]
    assert len(remarks) == 1
    assert remarks[0].startswith(remark)


def test_a_terminal_with_a_range_gets_no_remark_about_its_numbers() -> None:
    text = "start: NUMBER\n//@ range=1..5\nNUMBER: /[0-9]+/"
    assert lint_grammar(grammar_from_text(text)) == ()
    assert lint_grammar(grammar_from_text(text.replace("//@ range=1..5", "")), narrowed={"NUMBER"}) == ()


@pytest.mark.parametrize("name", shipped_names())
def test_shipped_grammars_get_no_remarks(name: str) -> None:
    assert lint_grammar(load_grammar(name)) == ()
