"""The table of grammars/README.md is true."""

import re
from pathlib import Path

import pytest

from exprlearn.grammar import shipped_names
from exprlearn.sampling import ExpressionSpace

README = Path(__file__).parents[2] / "grammars" / "README.md"
ROWS = {row[0]: row for row in re.findall(r"^\| `([\w-]+)` \| ([\d ]+) \| (.*) \|$", README.read_text(), re.MULTILINE)}


def test_every_shipped_grammar_has_a_row() -> None:
    assert sorted(ROWS) == list(shipped_names())


@pytest.mark.parametrize("name", ROWS)
def test_the_count_and_the_samples_of_a_row_are_true(name: str) -> None:
    _, count, samples = ROWS[name]
    space = ExpressionSpace.from_file(name)
    assert space.size == int(count.replace(" ", ""))
    assert all(sample in space for sample in re.findall(r"`([^`]+)`", samples))


@pytest.mark.parametrize("name", shipped_names())
def test_the_first_line_of_a_file_shows_one_of_its_expressions(name: str) -> None:
    space = ExpressionSpace.from_file(name)
    first = space.grammar.text.splitlines()[0]
    assert first.startswith(f"// {name}: ")
    sample = re.search(r"such as ([^ ;]*\d\)*)", first)
    assert sample
    assert sample[1] in space
